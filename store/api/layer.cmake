switchback_layer(api
  SOURCES open.cc store_impl.cc view_impl.cc pinned_view.cc change_source.cc streamed_source.cc restore_sources.cc reader_sources.cc
          revert_source.cc validation.cc edit_judge.cc list_edits.cc
          id_preparer.cc prepared_change.cc read_ahead.cc commit_batch.cc commit_queue.cc committer.cc commit_in_queue.cc recovery.cc
          sliced_commit.cc unpublished.cc
          request_hash.cc verifier.cc id_verifier.cc journal_verifier.cc names_verifier.cc prober.cc stats.cc checkpoints.cc snapshots.cc refusals.cc revision_signal.cc subscription.cc feed.cc
          segment_writer.cc pruner.cc prune.cc follow.cc backup_about.cc backups.cc create_backup.cc
  USES history engine list codec types)
