# Real histories, where they are there: beside the checkout, or where -DSWITCHBACK_DATA_DIR says.
set(SWITCHBACK_DATA_DIR "${CMAKE_SOURCE_DIR}/../shared/data" CACHE PATH "Folder of real histories, for tests")
if(TARGET switchback)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  foreach(name cloud_ranges large_list)
    add_test(NAME real_data.${name}
             COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/${name}_test.py
                     $<TARGET_FILE:switchback> ${SWITCHBACK_DATA_DIR})
    set_tests_properties(real_data.${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
  endforeach()
endif()
