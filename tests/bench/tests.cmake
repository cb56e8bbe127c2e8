# The driver of the comparison with other systems, and what the benchmarks stand on. Benchmarks are
# added after the tests, so their targets can't be asked for here: a generator expression, or a
# library's name, finds them later.
if(SWITCHBACK_BENCHMARKS)
  switchback_test(scratch_test SOURCES scratch_folder_test.cc folder_files_test.cc
                               LIBRARIES switchback_scratch)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME bench.compare
           COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/compare_test.py
                   $<TARGET_FILE:compare>)
  set_tests_properties(bench.compare PROPERTIES TIMEOUT 300)
endif()
