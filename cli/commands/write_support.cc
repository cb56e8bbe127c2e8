#include "cli/commands/write_support.h"

#include <map>
#include <optional>

#include "cli/session.h"

namespace switchback::cli {
namespace {

// The list that `change` starts from; an empty one where there is none.
Outcome<std::shared_ptr<const EndpointList>> ListBefore(const View& view, const ChangedId& change) {
  auto empty = std::make_shared<const EndpointList>();
  if (change.from.value == 0) return empty;
  ASSIGN_OR_FAIL(const VersionInfo info, view.Describe(change.id, change.from));
  if (info.deleted) return empty;
  ASSIGN_OR_FAIL(const ListHandle list, view.Read(change.id, change.from));
  return list->list;
}

// What the keys that edits name have after them. Borrows from the edits.
class ValuesAfter {
 public:
  // A key that is removed and added in one step has what was added, in whatever order they stand.
  void Take(const std::vector<EndpointEdit>& edits) {
    for (const EndpointEdit& edit : edits) {
      if (edit.kind == EditKind::kRemove) after_[edit.endpoint.key].reset();
    }
    for (const EndpointEdit& edit : edits) {
      if (edit.kind != EditKind::kRemove) after_[edit.endpoint.key] = edit.endpoint.view().value;
    }
  }
  [[nodiscard]] ListDiff DiffFrom(const EndpointList& current) const {
    ListDiffBuilder diff;
    for (const auto& [key, value] : after_) {
      const size_t at = current.Find(key);
      diff.Append(key, at == current.size() ? std::nullopt : std::optional(current.Value(at)),
                  value);
    }
    return diff.Finish();
  }

 private:
  std::map<EndpointKey, ListDiffBuilder::Value> after_;
};

}  // namespace

Outcome<int> FinishWrite(Context& context, const Store& store, const WriteOptions& write,
                         WriteReport report) {
  report.identity = store.identity();
  ASSIGN_OR_FAIL(report.store, StoreName(context));
  report.dry_run = write.dry_run;
  ASSIGN_OR_FAIL(const auto view, store.NewView());
  FAIL_IF_ERROR(FillAlready(*view, report));
  FillWarnings(context, report);
  return PrintWriteReport(context, report);
}

Outcome<DiffReport> PlannedDiff(const View& view, const ChangedId& change, ListDiff diff) {
  ASSIGN_OR_FAIL(DiffSide from, LoadSide(view, {change.id, change.from}, true));
  DiffSide to{.id = change.id,
              .version = change.version,
              .revision = {},
              .exists = !change.deleted,
              .count = change.count,
              .digest = from.digest};
  to.digest += diff.DigestChange();
  return DiffReport{std::move(from), std::move(to), std::move(diff), true};
}

Outcome<void> PlanDiffs(const Store& store, PlannedChange planned, WriteReport& report) {
  ASSIGN_OR_FAIL(std::shared_ptr<const View> view, store.NewView());
  report.plan = [view = std::move(view),
                 planned = std::move(planned)](const ChangedId& changed) -> Outcome<DiffReport> {
    ASSIGN_OR_FAIL(const auto before, ListBefore(*view, changed));
    ASSIGN_OR_FAIL(ListDiff diff, planned(changed, *before));
    return PlannedDiff(*view, changed, std::move(diff));
  };
  return {};
}

ListDiff DiffOfEdits(const EndpointList& current, const std::vector<EndpointEdit>& edits) {
  ValuesAfter after;
  after.Take(edits);
  return after.DiffFrom(current);
}

ListDiff DiffOfSteps(const EndpointList& current, const std::vector<EditStep>& steps) {
  ValuesAfter after;
  for (const EditStep& step : steps) after.Take(step.edits);
  return after.DiffFrom(current);
}

}  // namespace switchback::cli
