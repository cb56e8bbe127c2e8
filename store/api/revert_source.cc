#include "api/revert_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "codec/bytes.h"
#include "codec/hash.h"
#include "history/blame.h"
#include "history/net_changes.h"
#include "list/edit_cursor.h"

namespace switchback {
namespace {

using Value = std::optional<EndpointValue>;  // nothing: not in the list

std::optional<std::string> TextOf(const Value& value) {
  if (!value) return std::nullopt;
  std::string text;
  AppendEndpointValue(*value, text);
  return text;
}

std::string Describe(const std::optional<std::string>& value) {
  if (!value) return "absent";
  return value->empty() ? "present without a value" : *value;
}

std::string Describe(const RevertConflict& conflict) {
  const std::string by =
      conflict.version.value == 0
          ? "by a version that was pruned"
          : fmt::format("by @{} (r{})", conflict.version.value, conflict.revision.value);
  if (!conflict.key) return fmt::format("{}: deleted since, {}", conflict.id.text(), by);
  return fmt::format("{} {}: {} then, {} now; touched {}", conflict.id.text(),
                     FormatEndpointKey(*conflict.key), Describe(conflict.then),
                     Describe(conflict.now), by);
}

// How one ID is taken back.
class IdRevert {
 public:
  IdRevert(const ViewImpl& view, const NetChange& net) : view_(view), net_(net) {}

  // Nothing: there is nothing to do.
  Result<std::optional<IdChange>> Plan(std::vector<RevertConflict>& conflicts) {
    const Result<bool> known = view_.rows().Current(net_.id, current_);
    if (!known) return std::unexpected(known.error());
    exists_ = *known && !current_.deleted;
    if (IsUntouched()) return PlanUntouched();
    if (Result<void> sorted = SortEdits(); !sorted) return std::unexpected(sorted.error());
    if (!exists_ && current_.version != net_.to() && (!edits_.empty() || ComesBack())) {
      conflicts.push_back(
          {net_.id, std::nullopt, std::nullopt, std::nullopt, current_.version, current_.revision});
      return std::nullopt;
    }
    if (Result<void> told = TellConflicts(conflicts); !told) return std::unexpected(told.error());
    return PlanEdits();
  }

 private:
  // Whether the chosen versions are one run up to the newest: then it is as they left it.
  [[nodiscard]] bool IsUntouched() const {
    return current_.version == net_.to() &&
           net_.to().value - net_.from().value == net_.versions.size();
  }

  // The version before says what there is to be; as a copy it costs next to nothing.
  std::optional<IdChange> PlanUntouched() const {
    if (net_.existed == exists_ && net_.diff.empty()) return std::nullopt;
    if (net_.existed) return IdChange{net_.id, CopyVersion{net_.from()}};
    return exists_ ? std::optional(IdChange{net_.id, DeleteId{}}) : std::nullopt;
  }

  // The edits that undo, and the places in the diff of the conflicts.
  Result<void> SortEdits() {
    std::vector<EndpointKey> keys;
    for (EditCursor edit(net_.diff); !edit.done(); edit.Next()) keys.push_back(edit.key());
    const Result<EndpointList> now = CurrentOf(keys);
    if (!now) return std::unexpected(now.error());
    for (EditCursor edit(net_.diff); !edit.done(); edit.Next()) {
      const size_t at = now->Find(edit.key());
      const Value current = at == now->size() ? Value() : Value(now->Value(at));
      if (current == edit.before()) continue;  // undone already
      if (current == edit.after() && !ChangedBetween(edit.key())) {
        Undo(edit.key(), edit.before());
      } else {
        conflict_keys_.push_back(edit.key());
        conflicts_.push_back({net_.id, edit.key(), TextOf(edit.after()), TextOf(current), {}, {}});
      }
    }
    return {};
  }

  // Whether they deleted it and it is so still.
  [[nodiscard]] bool ComesBack() const { return net_.existed && !net_.exists && !exists_; }
  [[nodiscard]] bool ChangedBetween(const EndpointKey& key) const {
    return std::ranges::binary_search(net_.changed_between, key);
  }

  void Undo(const EndpointKey& key, const Value& before) {
    EndpointEdit edit{before ? EditKind::kSet : EditKind::kRemove, {key, {}, {}}};
    if (before) edit.endpoint = {key, before->weight, std::string(before->attributes)};
    edits_.push_back(std::move(edit));
  }

  // The endpoints with these keys, as far as the current list has them.
  Result<EndpointList> CurrentOf(const std::vector<EndpointKey>& keys) const {
    if (!exists_) return EndpointList();
    if (current_.has_head && current_.head.has_block) {
      const auto list = DecodeHeadList(current_.head);
      if (!list) return std::unexpected(list.error());
      return **list;
    }
    const auto list = view_.content().ReadEdited(net_.id, current_.version);
    if (!list) return std::unexpected(list.error());
    return view_.content().Pick(**list, keys);
  }

  // Who touched them: the newest version that is none of those being taken back.
  Result<void> TellConflicts(std::vector<RevertConflict>& conflicts) {
    const auto is_chosen = [this](Version version) {
      return std::ranges::binary_search(net_.versions, version, {}, &VersionOfRevision::version);
    };
    const auto touches = LastTouchesOf(view_.rows(), view_.content(), net_.id, current_.version,
                                       net_.versions.front().version, is_chosen, conflict_keys_);
    if (!touches) return std::unexpected(touches.error());
    for (size_t i = 0; i < conflicts_.size(); ++i) {
      conflicts_[i].version = (*touches)[i].version;
      conflicts_[i].revision = (*touches)[i].revision;
      conflicts.push_back(std::move(conflicts_[i]));
    }
    return {};
  }

  std::optional<IdChange> PlanEdits() {
    const bool made_by_them = !net_.existed && net_.exists && exists_;
    // Not so where they also took out what another had put in: that comes back.
    const bool only_removes = std::ranges::all_of(
        edits_, [](const EndpointEdit& edit) { return edit.kind == EditKind::kRemove; });
    if (made_by_them && conflict_keys_.empty() && only_removes && edits_.size() == current_.count) {
      return IdChange{net_.id, DeleteId{}};
    }
    if (edits_.empty() && !ComesBack()) return std::nullopt;
    return IdChange{net_.id, EditEndpoints{std::move(edits_)}};
  }

  const ViewImpl& view_;
  const NetChange& net_;
  CurrentVersion current_;
  bool exists_ = false;
  std::vector<EndpointEdit> edits_;
  std::vector<EndpointKey> conflict_keys_;
  std::vector<RevertConflict> conflicts_;
};

}  // namespace

RevertSource::RevertSource(RevisionChoice choice, bool skip_conflicts)
    : choice_(std::move(choice)), skip_conflicts_(skip_conflicts) {}

Result<Digest> RevertSource::RequestHash() {
  std::vector<Revision> revisions = choice_.revisions;
  std::ranges::sort(revisions);
  std::string bytes = skip_conflicts_ ? "revert skipping" : "revert";
  for (const Revision revision : revisions) AppendVarint(revision.value, bytes);
  AppendVarint(0, bytes);
  AppendLengthPrefixed(choice_.glob, bytes);
  for (const BusinessId& id : choice_.ids.value_or(std::vector<BusinessId>())) {
    AppendLengthPrefixed(id.text(), bytes);
  }
  return HashBytes(bytes);
}

Result<void> RevertSource::Begin(const ViewImpl* view) {
  view_ = view;
  conflicts_.clear();
  auto net_changes = view->NetChanges(choice_);
  if (!net_changes) return std::unexpected(net_changes.error());
  net_changes_ = std::move(*net_changes);
  return {};
}

Result<std::optional<IdChange>> RevertSource::ReadOne() {
  while (true) {
    const Result<std::optional<NetChange>> net = net_changes_->Next();
    if (!net) return std::unexpected(net.error());
    if (!*net) break;
    Result<std::optional<IdChange>> change = IdRevert(*view_, **net).Plan(conflicts_);
    if (!change || *change) return change;
  }
  if (conflicts_.empty() || skip_conflicts_) return std::nullopt;
  return std::unexpected(AllConflicts());
}

Error RevertSource::AllConflicts() const {
  Error error{ErrorCode::kConflict,
              fmt::format("{} conflict{}: others changed what these revisions changed; nothing was "
                          "written",
                          conflicts_.size(), conflicts_.size() == 1 ? "" : "s"),
              {},
              conflicts_.size()};
  error.items.reserve(conflicts_.size());
  for (const RevertConflict& conflict : conflicts_) error.items.push_back(Describe(conflict));
  return error;
}

}  // namespace switchback
