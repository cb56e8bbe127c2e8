# Faults of the disk under a whole store: each test file says what is promised.
switchback_test(faults_test SOURCES power_loss_test.cc io_error_test.cc flips_test.cc recovery_beside_test.cc workload.cc simulated_disk.cc
                        every_row.cc
                LIBRARIES switchback::store ${ROCKSDB_LIBRARY})
