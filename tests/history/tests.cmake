switchback_test(history_test SOURCES rows_golden_test.cc rows_damage_test.cc
                LIBRARIES switchback_history)
