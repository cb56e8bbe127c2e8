# What is installed and packaged, as others get it. Both work on what this build has made.
if(SWITCHBACK_INSTALL AND NOT SWITCHBACK_SANITIZE AND SWITCHBACK_PROGRAM)
  enable_language(C)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME package.install
           COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/install_test.py
                   ${PROJECT_BINARY_DIR} ${CMAKE_CXX_COMPILER} ${CMAKE_C_COMPILER})
  add_test(NAME package.deb
           COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/deb_test.py
                   ${PROJECT_BINARY_DIR} ${PROJECT_VERSION})
  # Two installations at once would write one manifest in the build folder.
  set_tests_properties(package.install package.deb PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77
                       RESOURCE_LOCK installed_files)
endif()
