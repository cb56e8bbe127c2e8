// Synced commits, alone and from several threads; and what the disk and RocksDB make of the same.
#include <fcntl.h>
#include <unistd.h>

#include "micro/axes.h"
#include "micro/edit_stream.h"
#include "micro/program.h"
#include "micro/store_benches.h"
#include "scratch/scratch_folder.h"

namespace switchback::bench {
namespace {

constexpr TableShape kThreadsTable{.ids = 1'000, .size = 100, .two_versions = true};

// A bare append with fdatasync: nothing that is durable can be quicker.
void AppendAndSync(benchmark::State& state, size_t bytes) {
  const ScratchFolder folder = Must(ScratchFolder::Make("bench"));
  const int file = open((folder / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  if (file < 0) Die("can't make a file in " + folder.path());
  const std::string row(bytes, 'x');
  for (auto _ : state) {
    if (write(file, row.data(), row.size()) < 0 || fdatasync(file) != 0) Die("can't sync a file");
  }
  close(file);
}

void CommitSynced(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  for (auto _ : state) list.CommitToggled(Durability::kSynced);
}

void WriteSynced(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const RawDatabase own;
  for (auto _ : state) own.Write(list.commit_rows().Next(), /*sync=*/true);
}

// Each thread changes the weight of one endpoint of an ID of its own.
void CommitFromThreads(benchmark::State& state, Durability durability) {
  TableStore& table = TableStore::Of(kThreadsTable);
  const auto thread = static_cast<size_t>(state.thread_index());
  const BusinessId& id = table.ids()[thread];
  const CommitOptions options = EditOptions(durability);
  const EndpointKey key{{Family::kIPv4, 0, 0x0a000001}, 32, 9};
  uint32_t weight = 1;
  for (auto _ : state) {
    // Never the weight it had, whatever the call before left.
    weight = weight % 1'000'000'000 + 1 + static_cast<uint32_t>(table.shape().ids);
    Change change;
    change.ids.push_back({id, EditEndpoints{{{EditKind::kSet, {key, weight, {}}, false}}, false}});
    Must(table.store().Commit(change, options));
  }
  CountItems(state, 1);
}

// RocksDB groups the writes of several threads too.
void WriteFromThreads(benchmark::State& state, bool sync) {
  static const RawDatabase own;
  TableStore& table = TableStore::Of(kThreadsTable);
  const BusinessId& id = table.ids()[static_cast<size_t>(state.thread_index())];
  CommitRows rows(table.raw(), id, Version{2}, table.second());
  for (auto _ : state) own.Write(rows.Next(), sync);
  CountItems(state, 1);
}

std::string AtThreads(const std::string& name, int threads) {
  return RealTime(name) + "/" + At("threads", static_cast<size_t>(threads));
}

void RegisterThreads(int threads, Durability durability) {
  const bool sync = durability == Durability::kSynced;
  const std::string floor = sync ? "Floor/RocksDb/SyncedWrite" : "Floor/RocksDb/BufferedWrite";
  Measure(floor, "", [=](benchmark::State& state) { WriteFromThreads(state, sync); })
      ->Threads(threads)
      ->UseRealTime();
  Measure(sync ? "Commit/Synced" : "Commit/Buffered", AtThreads(floor, threads),
          [=](benchmark::State& state) { CommitFromThreads(state, durability); })
      ->Threads(threads)
      ->UseRealTime();
}

}  // namespace

void RegisterSyncedCommits(const ListStorePoint& at) {
  const Shape shape = at.shape;
  const std::string append = "Floor/File/AppendAndSync/" + at.name;
  const std::string raw = "Floor/RocksDb/SyncedWrite/" + at.name;
  Measure(append, "", [=](benchmark::State& state) {
    AppendAndSync(state, ListStore::Of(shape).commit_rows().bytes());
  })->UseRealTime();
  Measure(raw, RealTime(append), [=](benchmark::State& state) {
    WriteSynced(state, shape);
  })->UseRealTime();
  Measure("Commit/Synced/" + at.name, RealTime(raw), [=](benchmark::State& state) {
    CommitSynced(state, shape);
  })->UseRealTime();
}

void RegisterCommitThreads() {
  for (const Durability durability : {Durability::kSynced, Durability::kBuffered}) {
    for (const int threads : {1, 4, 16}) RegisterThreads(threads, durability);
  }
}

}  // namespace switchback::bench
