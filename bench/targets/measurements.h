// What is measured: each function makes the rows named for it in `kMeasurements` (main.cc).
#pragma once

#include <string>
#include <vector>

#include "report.h"
#include "scenes.h"
#include "scratch/scratch_folder.h"

namespace switchback::targets {

struct Context {
  bool quick = false;  // smaller stores and fewer rounds: to see that it works, not to quote
  bench::ScratchFolder& scratch;
  std::string program;       // the `switchback` program
  std::string cloud_ranges;  // a history as JSON lines under zstd; empty: none at hand
};

using Rows = std::vector<Row>;

Rows BytesPerCommit(const Context& context);
Rows BytesPerLargeVersion(const Context& context);
Rows BytesOfRealHistory(const Context& context);
Rows CommitsSynced(const Context& context);
Rows CommitsTogether(const Context& context);
Rows CommitsUnsynced(const Context& context);
Rows ReadById(const Context& context);
Rows ReadUnderCommits(const Context& context);
Rows MillionRevisions(const Context& context);
Rows SubscriberInProcess(const Context& context);
Rows WhoHasAnAddress(const Context& context);
Rows ShortProcesses(const Context& context);
Rows LargeListDiffs(const Context& context);
Rows RestoreOne(const Context& context);
Rows RestoreMany(const Context& context);
Rows DecodeLarge(const Context& context);
Rows SetFromText(const Context& context);
Rows MemoryOfImport(const Context& context);
Rows SubscriberInAnotherProcess(const Context& context);
Rows ServiceCalls(const Context& context);
Rows ServiceWatchers(const Context& context);
Rows ServiceBesideEtcd(const Context& context);  // none where it is not installed
Rows RestoreBesideHolder(const Context& context);

}  // namespace switchback::targets
