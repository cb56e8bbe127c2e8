switchback_layer(wire SOURCES status.cc binary_list.cc json_text.cc place.cc scalars.cc object_form.cc
                              endpoint_forms.cc diff_form.cc error_json.cc history_json.cc list_json.cc
                              commit_json.cc provenance_json.cc store_json.cc options_json.cc
                              change_json.cc
                 USES list codec types)
# In a header (json_forms.h), so that who uses the layer needs it too.
target_link_libraries(switchback_wire PUBLIC nlohmann_json::nlohmann_json)
