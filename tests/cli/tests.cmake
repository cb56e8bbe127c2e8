# End to end: each file drives the built program. One CTest test a file.
if(TARGET switchback)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  file(GLOB CLI_TESTS CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*_test.py)
  foreach(file ${CLI_TESTS})
    get_filename_component(name ${file} NAME_WE)
    add_test(NAME cli.${name} COMMAND ${Python3_EXECUTABLE} -B ${file})
    set_tests_properties(cli.${name} PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77
                         ENVIRONMENT "SWITCHBACK_PROGRAM=$<TARGET_FILE:switchback>")
  endforeach()
endif()

if(TARGET switchback_cli)
  switchback_test(cli_packed_changes_test SOURCES packed_changes_test.cc LIBRARIES switchback_cli)
  switchback_test(cli_completion_test SOURCES completion_test.cc LIBRARIES switchback_cli)
  switchback_test(cli_table_file_test SOURCES table_file_test.cc LIBRARIES switchback_cli)
  switchback_test(cli_line_log_test SOURCES line_log_test.cc LIBRARIES switchback_cli)
endif()
