add_executable(writer_process ${CMAKE_CURRENT_LIST_DIR}/writer_process.cc)
target_include_directories(writer_process PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(writer_process PRIVATE switchback_engine)

switchback_test(engine_test
  SOURCES engine_test.cc engine_scan_test.cc engine_model_test.cc engine_threads_test.cc
          persistent_map_test.cc rocksdb_engine_test.cc rocksdb_readers_test.cc
          rocksdb_crash_test.cc rocksdb_damage_test.cc rocksdb_fault_test.cc rocksdb_power_loss_test.cc
          rocksdb_follower_test.cc rocksdb_backup_meta_test.cc
          rocksdb_wal_test.cc rocksdb_log_order_test.cc rocksdb_unlisted_tables_test.cc
  LIBRARIES switchback_engine ${ROCKSDB_LIBRARY}
  TSAN)  # its RocksDB cases skip themselves there
add_dependencies(engine_test writer_process)
target_compile_definitions(engine_test
  PRIVATE SWITCHBACK_WRITER_PROCESS="$<TARGET_FILE:writer_process>")
