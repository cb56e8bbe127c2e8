# Promises about who includes what, and that each public header stands alone. A test a header, so
# that a failure names it; the compiler is asked directly, nothing of it is linked anywhere.
set(folder ${CMAKE_CURRENT_LIST_DIR})
set(headers ${PROJECT_SOURCE_DIR}/store/include)
file(GLOB public_headers CONFIGURE_DEPENDS RELATIVE ${headers} ${headers}/switchback/*.h)

foreach(header ${public_headers})
  add_test(NAME headers.stands_alone.${header}
           COMMAND ${CMAKE_CXX_COMPILER} -std=c++23 -fsyntax-only -x c++
                   -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor
                   -Werror -I${headers} ${folder}/stands_alone.cc.in -DHEADER="${header}")
  set_tests_properties(headers.stands_alone.${header} PROPERTIES TIMEOUT 60)
endforeach()

# The C header in C too, in the oldest that it promises and in what most compilers take by default.
enable_language(C)
foreach(standard c99 c11)
  set(test headers.stands_alone.switchback/switchback.h.${standard})
  add_test(NAME ${test}
           COMMAND ${CMAKE_C_COMPILER} -std=${standard} -fsyntax-only -x c
                   -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wc++-compat
                   -Werror -I${headers} ${folder}/stands_alone.cc.in
                   -DHEADER="switchback/switchback.h")
  set_tests_properties(${test} PROPERTIES TIMEOUT 60)
endforeach()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME headers.layers COMMAND ${Python3_EXECUTABLE} ${folder}/layers_test.py
                                     ${PROJECT_SOURCE_DIR})
add_test(NAME headers.readme COMMAND ${Python3_EXECUTABLE} ${folder}/readme_test.py
                                     ${PROJECT_SOURCE_DIR} ${CMAKE_CXX_COMPILER} ${CMAKE_C_COMPILER})
add_test(NAME tools.asn_history
         COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/tools/asn_history_test.py)
add_test(NAME tools.generators
         COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/tools/generators_test.py)
add_test(NAME tools.bench_report
         COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/tools/bench_report_test.py)
set_tests_properties(tools.bench_report headers.layers headers.readme tools.asn_history tools.generators PROPERTIES TIMEOUT 120)
