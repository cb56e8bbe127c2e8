switchback_layer(engine
  SOURCES write_batch.cc persistent_map.cc memory_engine.cc rocksdb_options.cc rocksdb_error.cc
          rocksdb_holder.cc rocksdb_lock.cc rocksdb_log_order.cc rocksdb_torn_files.cc rocksdb_unlisted_tables.cc rocksdb_wal.cc rocksdb_folder.cc rocksdb_tables.cc rocksdb_database.cc rocksdb_view.cc rocksdb_engine.cc
          read_gate.cc rocksdb_follower.cc engine.cc backup_lock.cc rocksdb_backup.cc
          rocksdb_backup_folder.cc rocksdb_backup_meta.cc restore_place.cc
  USES types
  LIBRARIES ${ROCKSDB_LIBRARY})
switchback_compile_alone(engine/rocksdb_follower.cc)
