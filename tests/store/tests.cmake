switchback_test(store_model_test SOURCES model_test.cc LIBRARIES switchback::store)
switchback_test(store_commit_test SOURCES commit_test.cc commit_edge_test.cc large_edits_test.cc edit_steps_test.cc table_range_test.cc pinned_view_test.cc
                LIBRARIES switchback::store)
switchback_test(store_sliced_test SOURCES sliced_test.cc interleaving_test.cc change_reader_test.cc
                apply_table_test.cc LIBRARIES switchback::store)
switchback_test(store_provenance_test SOURCES provenance_test.cc revert_test.cc LIBRARIES switchback::store)
switchback_test(store_feed_test SOURCES feed_test.cc LIBRARIES switchback::store)
switchback_test(store_prune_test SOURCES prune_test.cc LIBRARIES switchback::store)
switchback_test(store_refusal_test SOURCES refusal_test.cc LIBRARIES switchback::store)
switchback_test(store_everything_test SOURCES everything_test.cc LIBRARIES switchback::store)
switchback_test(store_encodings_test SOURCES encodings_test.cc LIBRARIES switchback::store)
switchback_test(store_threads_test SOURCES threads_test.cc group_commit_test.cc head_reads_test.cc prune_threads_test.cc feed_threads_test.cc recovery_threads_test.cc refusal_threads_test.cc
                LIBRARIES switchback::store TSAN)

add_executable(committing_process ${CMAKE_CURRENT_LIST_DIR}/committing_process.cc)
target_include_directories(committing_process PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
                                                      ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(committing_process PRIVATE switchback::store GTest::gtest)
switchback_test(store_kill_test SOURCES kill_test.cc LIBRARIES switchback::store)
target_include_directories(store_kill_test PRIVATE ${CMAKE_CURRENT_LIST_DIR})
add_dependencies(store_kill_test committing_process)
target_compile_definitions(store_kill_test
  PRIVATE SWITCHBACK_COMMITTING_PROCESS="$<TARGET_FILE:committing_process>")
switchback_test(store_follow_test SOURCES follow_test.cc LIBRARIES switchback::store)
target_include_directories(store_follow_test PRIVATE ${CMAKE_CURRENT_LIST_DIR})
add_dependencies(store_follow_test committing_process)
target_compile_definitions(store_follow_test
  PRIVATE SWITCHBACK_COMMITTING_PROCESS="$<TARGET_FILE:committing_process>")
switchback_test(store_corruption_test SOURCES corruption_test.cc verify_test.cc LIBRARIES switchback::store)

add_executable(backing_up_process ${CMAKE_CURRENT_LIST_DIR}/backing_up_process.cc)
target_include_directories(backing_up_process PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
                                                      ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(backing_up_process PRIVATE switchback::store GTest::gtest)
switchback_test(store_backup_test SOURCES backup_test.cc backup_about_test.cc LIBRARIES switchback::store)
target_include_directories(store_backup_test PRIVATE ${CMAKE_CURRENT_LIST_DIR})
add_dependencies(store_backup_test backing_up_process)
target_compile_definitions(store_backup_test
  PRIVATE SWITCHBACK_BACKING_UP_PROCESS="$<TARGET_FILE:backing_up_process>")
