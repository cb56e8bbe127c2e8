# What is installed and packaged, as others get it. Both work on what this build has made.
if(SWITCHBACK_INSTALL AND NOT SWITCHBACK_SANITIZE AND SWITCHBACK_PROGRAM)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME package.install
           COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/install_test.py
                   ${PROJECT_BINARY_DIR} ${CMAKE_CXX_COMPILER})
  set_tests_properties(package.install PROPERTIES TIMEOUT 300)
endif()
