# The C interface as programs in C use it: compiled as C99 with warnings as errors, each program one
# test.
enable_language(C)
set(folder ${CMAKE_CURRENT_LIST_DIR})
set(c_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror)

# switchback_c_test(NAME [TSAN]): the program of NAME.c.
function(switchback_c_test name)
  cmake_parse_arguments(TEST "TSAN" "" "" ${ARGN})
  add_executable(c_${name} ${folder}/${name}.c)
  set_target_properties(c_${name} PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  target_compile_options(c_${name} PRIVATE ${c_warnings})
  target_compile_definitions(c_${name} PRIVATE _XOPEN_SOURCE=700)  # threads, mkdtemp, nftw
  target_link_libraries(c_${name} PRIVATE switchback::c)
  add_test(NAME c.${name} COMMAND c_${name})
  set_tests_properties(c.${name} PROPERTIES TIMEOUT 300)
  if(TEST_TSAN)
    set_property(TEST c.${name} PROPERTY LABELS tsan)
    add_dependencies(tsan_tests c_${name})
  endif()
endfunction()

switchback_c_test(store_test)
switchback_c_test(errors_test)
switchback_c_test(model_test)
switchback_c_test(feed_test TSAN)
