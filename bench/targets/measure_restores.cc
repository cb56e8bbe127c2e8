// Restores: of one large list, near and far, and of 10,000 small ones in one revision.
#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <string>
#include <vector>

#include "history/row_keys.h"
#include "measurements.h"
#include "raw_rocksdb.h"
#include "timing.h"

namespace switchback::targets {
namespace {

constexpr int kVersions = 1'200;
constexpr uint64_t kNear = 10;  // versions of ten edits
constexpr uint64_t kFar = 1'000;
constexpr size_t kPutBytes = 600;  // about what the rows of a restore take
constexpr size_t kSameAsBytes = 16;

// Goes back `steps` versions and forth again, in turn; each step is a new version.
class BackAndForth {
 public:
  BackAndForth(Store& store, BusinessId id, Version newest, uint64_t steps)
      : store_(store), id_(std::move(id)), newest_(newest), back_{newest.value - steps} {}
  void Restore() {
    CommitOptions options = CommitAs(0, Durability::kSynced);
    options.operation = Operation::kRestore;
    const Version target = there_ ? newest_ : back_;
    there_ = !there_;
    Must(store_.Restore({{id_, target, std::nullopt}}, options));
  }
  // What such a restore has to find out, back and forth in turn too.
  void DiffOnly(const View& view) {
    diffed_there_ = !diffed_there_;
    Must(view.Diff({id_, diffed_there_ ? newest_ : back_}, {id_, diffed_there_ ? back_ : newest_}));
  }

 private:
  Store& store_;
  BusinessId id_;
  Version newest_;
  Version back_;
  bool there_ = false;
  bool diffed_there_ = false;
};

struct ManyRows {
  std::vector<std::string> heads;    // keys
  std::vector<std::string> targets;  // of the versions to go back to
  std::vector<std::string> newest;
  std::vector<std::string> next;  // of the versions that the restore makes
};

ManyRows RowsOfRestore(const std::vector<RestoreTarget>& targets) {
  ManyRows rows;
  for (const RestoreTarget& target : targets) {
    const Version newest = target.version.Next();
    rows.heads.push_back(HeadKey(target.id));
    rows.targets.push_back(VersionKey(target.id, target.version));
    rows.newest.push_back(VersionKey(target.id, newest));
    rows.next.push_back(VersionKey(target.id, newest.Next()));
  }
  return rows;
}

// Reads the rows that a restore to the version before must read: the head, the version asked for,
// and the newest one, whose script says how they differ; writes as many as it writes, at once.
void RestoreRaw(RawRocksDb& raw, const ManyRows& rows) {
  rocksdb::WriteBatch batch;
  std::string value;
  for (size_t i = 0; i < rows.heads.size(); ++i) {
    raw.Get(Space::kHistory, rows.targets[i], value);
    raw.Get(Space::kHistory, rows.newest[i], value);
    batch.Put(raw.family(Space::kHistory), rows.next[i], std::string(kSameAsBytes, 's'));
    raw.Get(Space::kState, rows.heads[i], value);
    batch.Put(raw.family(Space::kState), rows.heads[i], value);
  }
  raw.Write(batch, true);
}

}  // namespace

Rows RestoreOne(const Context& context) {
  LargeList large(context.quick ? 100'000 : 1'000'000);
  const auto store = CreateStore(context.scratch.Fresh("restore"));
  RawRocksDb raw(context.scratch.Fresh("restore-raw"), true);
  Must(store->Commit(large.First(), CommitAs(0, Durability::kBuffered)));
  const int versions = kVersions;
  for (int i = 1; i <= versions; ++i) {
    Must(store->Commit(large.Edit(10), CommitAs(static_cast<uint64_t>(i), Durability::kBuffered)));
  }
  Must(store->Compact());
  const std::string value(kPutBytes, 'x');
  uint64_t puts = 0;
  const auto put = [&] { raw.Put(Space::kHistory, RecordKey(Revision{++puts}, 0), value, true); };

  const Version newest = Must(store->Read(large.id()))->version;
  BackAndForth near(*store, large.id(), newest, kNear);
  const Pair near_times = Interleave(
      context.quick ? 50 : 600, [&] { near.Restore(); }, put);
  Row near_row = MakeRow("restore-near", "restore within 100 edits of head, list of a million",
                         "<= 1.2 x one synced put", near_times.ours * 1e6, "us",
                         Floor{"one synced put of 600 bytes", near_times.floor * 1e6});
  near_row.met = near_row.ratio <= 1.2;

  BackAndForth far(*store, large.id(), newest, kFar);
  const auto view = Must(store->NewView());
  // There and back at a time: the two differ in what they cost.
  const Pair far_times = Interleave(
      context.quick ? 10 : 60,
      [&] {
        far.Restore();
        far.Restore();
      },
      [&] {
        for (int there = 0; there < 2; ++there) {
          far.DiffOnly(*view);
          put();
        }
      });
  Row far_row = MakeRow("restore-far", "restore 10,000 edits back, same list",
                        "<= one put + one diff", far_times.ours * 0.5e6, "us",
                        Floor{"one synced put and one diff", far_times.floor * 0.5e6});
  // Equal, within what two runs of the same thing differ by.
  far_row.met = far_row.ratio <= 1.1;
  far_row.note = "met up to 1.1: the two are equal within noise";
  return {near_row, far_row};
}

Rows RestoreMany(const Context& context) {
  const uint32_t ids = context.quick ? 2'000 : 10'000;
  SmallLists lists(ids, 20);
  const std::string path = context.scratch.Fresh("restore-many");
  {
    const auto store = CreateStore(path);
    Must(store->Commit(lists.First(), CommitAs(0, Durability::kBuffered)));
    for (int version = 2; version <= 4; ++version) {
      Change change;
      for (uint32_t id = 0; id < ids; ++id) change.ids.push_back(lists.Edit(id).ids.front());
      Must(store->Commit(change, CommitAs(0, Durability::kBuffered)));
    }
    Must(store->Compact());
  }
  std::vector<RestoreTarget> targets;
  targets.reserve(ids);
  for (uint32_t id = 0; id < ids; ++id) targets.push_back({IdOf(id), Version{3}, std::nullopt});
  const ManyRows rows = RowsOfRestore(targets);
  std::vector<double> ours;
  std::vector<double> floor;
  // Each round begins with the same store: a restore changes it.
  for (int round = 0; round < (context.quick ? 3 : 11); ++round) {
    const std::string copy = context.scratch.Fresh("many");
    const std::string raw_copy = context.scratch.Fresh("many-raw");
    std::filesystem::copy(path, copy, std::filesystem::copy_options::recursive);
    std::filesystem::copy(path, raw_copy, std::filesystem::copy_options::recursive);
    {
      const auto store = OpenStore(copy);
      CommitOptions options = CommitAs(0, Durability::kSynced);
      options.operation = Operation::kRestore;
      // Warm: the rows have been read once.
      const auto view = Must(store->NewView());
      for (const RestoreTarget& target : targets) {
        Must(view->Read(target.id));
        Must(view->Describe(target.id, target.version));
      }
      ours.push_back(SecondsOfWork([&] { Must(store->Restore(targets, options)); }));
    }
    {
      RawRocksDb raw(raw_copy, false);
      std::string value;
      for (size_t i = 0; i < rows.heads.size(); ++i) {
        raw.Get(Space::kState, rows.heads[i], value);
        raw.Get(Space::kHistory, rows.targets[i], value);
      }
      floor.push_back(SecondsOfWork([&] { RestoreRaw(raw, rows); }));
    }
    std::filesystem::remove_all(copy);
    std::filesystem::remove_all(raw_copy);
  }
  Row row =
      MakeRow("restore-10000-ids", fmt::format("restore of {} IDs in one revision, synced", ids),
              "<= 1.5 x the same row reads and one write batch", Median(ours) * 1e3, "ms",
              Floor{"raw gets of the same rows and one write batch, synced", Median(floor) * 1e3});
  row.met = row.ratio <= 1.5;
  return {row};
}

}  // namespace switchback::targets
