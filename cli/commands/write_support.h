// What the commands that write have in common after the commit, and in a dry run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/output/write_report.h"
#include "cli/parse/write_options.h"
#include "switchback/change.h"
#include "switchback/store.h"

namespace switchback::cli {

// Completes the report (where it went, what was already so, warnings) and prints it.
// REQUIRES: report.result is the store's answer, already given to MarkLanded.
[[nodiscard]] Outcome<int> FinishWrite(Context& context, const Store& store,
                                       const WriteOptions& write, WriteReport report);

// The diff that a dry run says, from the list as it is to the one that would be.
[[nodiscard]] Outcome<DiffReport> PlannedDiff(const View& view, const ChangedId& change,
                                              ListDiff diff);
// In a dry run, that of each ID that would change; `planned` makes it from the ID's list as it is,
// and is called while the report is printed.
using PlannedChange = std::function<Outcome<ListDiff>(const ChangedId&, const EndpointList&)>;
[[nodiscard]] Outcome<void> PlanDiffs(const Store& store, PlannedChange planned,
                                      WriteReport& report);
// What edits that the store has accepted do to `current`; and what steps do, one after the other.
[[nodiscard]] ListDiff DiffOfEdits(const EndpointList& current,
                                   const std::vector<EndpointEdit>& edits);
[[nodiscard]] ListDiff DiffOfSteps(const EndpointList& current, const std::vector<EditStep>& steps);

}  // namespace switchback::cli
