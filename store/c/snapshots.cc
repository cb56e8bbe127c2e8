// Names for revisions.
#include <memory>
#include <utility>
#include <vector>

#include "c/call.h"
#include "c/handles.h"
#include "c/options.h"

namespace switchback::c {
namespace {

struct HeldSnapshots : switchback_snapshots {
  explicit HeldSnapshots(std::vector<SnapshotInfo> from)
      : switchback_snapshots(), held(std::move(from)) {
    array.Reserve(held.size());
    for (const SnapshotInfo& info : held) {
      array.Add({.name = info.name.c_str(),
                 .revision = info.revision.value,
                 .created = info.created.micros,
                 .author = info.author.c_str(),
                 .message = info.message.c_str()});
    }
    snapshots = array.data();
    count = array.size();
  }

  std::vector<SnapshotInfo> held;
  RecordArray<switchback_snapshot> array;
};

}  // namespace
}  // namespace switchback::c

using switchback::CommitOptions;
using switchback::Result;
namespace c = switchback::c;

switchback_code switchback_snapshot_create(switchback_store* store, const char* name,
                                           uint64_t revision,
                                           const switchback_commit_options* options,
                                           switchback_error** error) {
  return c::Run({{store, "store"}, {name, "name"}}, error, [&]() -> Result<void> {
    const Result<CommitOptions> read = c::ReadOptions(options);
    if (!read) return std::unexpected(read.error());
    const auto made = store->store->CreateSnapshot(name, switchback::Revision{revision}, *read);
    if (!made) return std::unexpected(made.error());
    return {};
  });
}

switchback_code switchback_snapshot_delete(switchback_store* store, const char* name,
                                           const switchback_commit_options* options,
                                           switchback_error** error) {
  return c::Run({{store, "store"}, {name, "name"}}, error, [&]() -> Result<void> {
    const Result<CommitOptions> read = c::ReadOptions(options);
    if (!read) return std::unexpected(read.error());
    return store->store->DeleteSnapshot(name, *read);
  });
}

switchback_code switchback_snapshots_list(const switchback_store* store,
                                          switchback_snapshots** snapshots,
                                          switchback_error** error) {
  using Listed = Result<std::unique_ptr<c::HeldSnapshots>>;
  return c::RunFor(snapshots, {{store, "store"}}, error, [&]() -> Listed {
    auto listed = store->store->ListSnapshots();
    if (!listed) return std::unexpected(std::move(listed.error()));
    return std::make_unique<c::HeldSnapshots>(std::move(*listed));
  });
}

void switchback_snapshots_free(switchback_snapshots* snapshots) {
  delete static_cast<c::HeldSnapshots*>(snapshots);
}
