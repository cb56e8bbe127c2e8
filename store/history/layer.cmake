switchback_layer(history
  SOURCES row_keys.cc metadata.cc version_row.cc revision_row.cc head_row.cc store_row.cc journal.cc
          origins.cc rows.cc edited_list.cc list_cache.cc head_cache.cc full_list.cc chunk_store.cc
          steady_scan.cc head_recovery.cc head_walker.cc version_walker.cc content.cc content_diff.cc
          read_ahead_view.cc record_walker.cc resolver.cc cursors.cc said_records.cc
          version_changes.cc revision_content.cc journal_segment.cc feed_token.cc prune_plan.cc chunk_marks.cc endpoint_lives.cc blame.cc net_changes.cc who_has.cc
  USES engine list codec types)
switchback_compile_alone(history/head_row.cc history/record_walker.cc history/resolver.cc)
