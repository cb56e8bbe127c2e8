switchback_test(history_test SOURCES rows_golden_test.cc rows_damage_test.cc edited_list_test.cc steady_scan_test.cc
                LIBRARIES switchback_history)
switchback_test(head_cache_test SOURCES head_cache_test.cc LIBRARIES switchback_history TSAN)
