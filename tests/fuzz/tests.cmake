# The corpora of the fuzz targets, replayed. The targets themselves: CMakeLists.txt here.
include(${CMAKE_CURRENT_LIST_DIR}/targets.cmake)
set(sources corpus_test.cc fuzz_target.cc)
set(libraries switchback_api switchback_service switchback_client)
if(TARGET switchback_cli)
  list(APPEND libraries switchback_cli nlohmann_json::nlohmann_json)
endif()
foreach(name ${FUZZ_TARGETS})
  if(TARGET switchback_cli OR NOT name IN_LIST FUZZ_CLI_TARGETS)
    list(APPEND sources targets/${name}.cc)
  endif()
endforeach()
switchback_test(fuzz_corpus_test SOURCES ${sources} LIBRARIES ${libraries})
set_target_properties(fuzz_corpus_test PROPERTIES UNITY_BUILD OFF)  # each has its Try
list(JOIN FUZZ_TARGETS " " all_targets)
target_compile_definitions(fuzz_corpus_test PRIVATE
  SWITCHBACK_FUZZ_CORPUS="${FUZZ_FOLDER}/corpus" SWITCHBACK_FUZZ_TARGETS="${all_targets}")
