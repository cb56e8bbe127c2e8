switchback_layer(c
  SOURCES version.cc error.cc options.cc records.cc endpoints.cc store.cc list.cc change.cc commit.cc view.cc diff.cc
          cursors.cc subscription.cc snapshots.cc verify.cc
  USES api)
target_compile_definitions(switchback_c PRIVATE SWITCHBACK_PROJECT_VERSION="${PROJECT_VERSION}")
add_library(switchback::c ALIAS switchback_c)
