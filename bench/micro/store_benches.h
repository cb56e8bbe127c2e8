// The parts of store_bench, one a file. Those of one store stand together: it is built once.
#pragma once

#include <string>

#include "micro/list_store.h"
#include "micro/table_store.h"

namespace switchback::bench {

// A list store's place on the axis that it belongs to: "size:N", "history:N" or "edits:N".
struct ListStorePoint {
  Shape shape;
  std::string name;
};

// What is measured on all three axes, each with its floor: adjacent diff, as-of reads around
// the middle, 100 versions of history, a buffered commit. Commits come last.
void RegisterSweepReads(const ListStorePoint& at);
void RegisterSweepCommits(const ListStorePoint& at);
// On the axis of sizes only.
void RegisterReads(const ListStorePoint& at);
void RegisterDiffs(const ListStorePoint& at);
void RegisterSyncedCommits(const ListStorePoint& at);
void RegisterRestoresOfOne(const ListStorePoint& at);
// On the axis of history lengths only.
void RegisterResolves(const ListStorePoint& at);

void RegisterTableReads(const TableShape& shape);
void RegisterTableOpens(const TableShape& shape);
void RegisterTableRestores(const TableShape& shape);
// One-endpoint commits from several threads at once.
void RegisterCommitThreads();

}  // namespace switchback::bench
