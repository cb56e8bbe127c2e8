#include "api/list_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "api/validation.h"

namespace switchback {
namespace {

constexpr size_t kMaxItems = 20;

std::string ValueText(const EndpointValue& value) {
  std::string text;
  AppendEndpointValue(value, text);
  return text.empty() ? "no weight or attributes" : text;
}

class EditResolver {
 public:
  EditResolver(const BusinessId& id, const EndpointList& list, bool if_needed)
      : id_(id), list_(list), if_needed_(if_needed) {}

  // All edits of one key: one, or a remove and an add.
  Result<void> Resolve(std::span<const EndpointEdit* const> edits) {
    for (const EndpointEdit* edit : edits) {
      if (Result<void> checked = CheckEndpoint(edit->endpoint.view()); !checked) return checked;
    }
    const EndpointKey& key = edits.front()->endpoint.key;
    const size_t at = list_.Find(key);
    current_.reset();
    if (at != list_.size()) current_ = list_.Value(at);
    if (edits.size() == 1) {
      ResolveOne(*edits.front());
      return {};
    }
    const EndpointEdit* remove = edits[0]->kind == EditKind::kRemove ? edits[0] : edits[1];
    const EndpointEdit* add = edits[0]->kind == EditKind::kRemove ? edits[1] : edits[0];
    if (edits.size() > 2 || remove->kind != EditKind::kRemove || add->kind != EditKind::kAdd) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format(
              "{} {}: stands {} times among the edits; once, or once as a remove and once as "
              "an add, is what is taken",
              id_.text(), FormatEndpointKey(key), edits.size()));
    }
    ResolveReplacement(*remove, *add);
    return {};
  }

  Result<ListDiff> Finish() {
    if (conflict_count_ != 0) {
      Error error{
          ErrorCode::kConflict,
          fmt::format("{}: {} edit{} do{} not fit the current list; nothing was written. First: {}",
                      id_.text(), conflict_count_, conflict_count_ == 1 ? "" : "s",
                      conflict_count_ == 1 ? "es" : "", conflicts_.front()),
          std::move(conflicts_), conflict_count_};
      return std::unexpected(std::move(error));
    }
    return ListDiff{removed_.Finish(), changed_from_.Finish(), changed_to_.Finish(),
                    added_.Finish()};
  }

 private:
  void ResolveOne(const EndpointEdit& edit) {
    const Endpoint wanted = edit.endpoint.view();
    switch (edit.kind) {
      case EditKind::kAdd:
        if (!current_) {
          added_.Append(wanted);
        } else if (!if_needed_ || *current_ != wanted.value) {
          Conflict(wanted.key,
                   fmt::format("to be added, is there already with {}", ValueText(*current_)));
        }
        return;
      case EditKind::kRemove:
        if (!current_) {
          if (!if_needed_) Conflict(wanted.key, "to be removed, is not there");
        } else if (CheckValue(edit)) {
          removed_.Append({wanted.key, *current_});
        }
        return;
      case EditKind::kSet:
        if (!current_) {
          added_.Append(wanted);
        } else {
          Change(wanted);
        }
        return;
    }
  }

  void ResolveReplacement(const EndpointEdit& remove, const EndpointEdit& add) {
    const Endpoint wanted = add.endpoint.view();
    if (current_ && if_needed_ && *current_ == wanted.value) return;
    if (!current_) {
      Conflict(wanted.key, "to be changed, is not there");
    } else if (CheckValue(remove)) {
      Change(wanted);
    }
  }

  void Change(const Endpoint& wanted) {
    if (*current_ == wanted.value) return;
    changed_from_.Append({wanted.key, *current_});
    changed_to_.Append(wanted);
  }

  bool CheckValue(const EndpointEdit& remove) {
    const EndpointValue expected = remove.endpoint.view().value;
    if (!remove.match_value || *current_ == expected) return true;
    Conflict(remove.endpoint.key, fmt::format("to be removed with {}, is there with {}",
                                              ValueText(expected), ValueText(*current_)));
    return false;
  }

  void Conflict(const EndpointKey& key, const std::string& what) {
    ++conflict_count_;
    if (conflicts_.size() < kMaxItems) {
      conflicts_.push_back(fmt::format("{} {}: {}", id_.text(), FormatEndpointKey(key), what));
    }
  }

  const BusinessId& id_;
  const EndpointList& list_;
  const bool if_needed_;
  std::optional<EndpointValue> current_;
  EndpointListBuilder removed_;
  EndpointListBuilder changed_from_;
  EndpointListBuilder changed_to_;
  EndpointListBuilder added_;
  std::vector<std::string> conflicts_;
  uint64_t conflict_count_ = 0;
};

}  // namespace

std::vector<EndpointKey> KeysOf(const std::vector<EndpointEdit>& edits) {
  std::vector<EndpointKey> keys;
  keys.reserve(edits.size());
  for (const EndpointEdit& edit : edits) keys.push_back(edit.endpoint.key);
  std::ranges::sort(keys);
  const auto twice = std::ranges::unique(keys);
  keys.erase(twice.begin(), twice.end());
  return keys;
}

Result<ListDiff> DiffOfEdits(const BusinessId& id, const EndpointList& list,
                             const std::vector<EndpointEdit>& edits, bool if_needed) {
  std::vector<const EndpointEdit*> sorted;
  sorted.reserve(edits.size());
  for (const EndpointEdit& edit : edits) sorted.push_back(&edit);
  std::stable_sort(sorted.begin(), sorted.end(), [](const EndpointEdit* a, const EndpointEdit* b) {
    return a->endpoint.key < b->endpoint.key;
  });
  EditResolver resolver(id, list, if_needed);
  for (auto at = sorted.begin(); at != sorted.end();) {
    auto end = at;
    while (end != sorted.end() && (*end)->endpoint.key == (*at)->endpoint.key) ++end;
    if (Result<void> resolved = resolver.Resolve({at, end}); !resolved) {
      return std::unexpected(resolved.error());
    }
    at = end;
  }
  return resolver.Finish();
}

}  // namespace switchback
