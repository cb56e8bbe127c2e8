// What writes hand back.
#include "switchback/change.h"
#include "wire/endpoint_forms.h"
#include "wire/object_form.h"
#include "wire/scalars.h"

namespace switchback::wire {

template <>
struct Form<ChangedId> : SaidForm<ChangedId> {
  template <typename See, typename Value>
  static void Members(See& see, Value& changed) {
    see("id", changed.id);
    see("version", changed.version);
    see("from", changed.from);
    see("deleted", changed.deleted);
    see("count_before", changed.count_before);
    see("count", changed.count);
    see("added", changed.added);
    see("removed", changed.removed);
    see("changed", changed.changed);
  }
};

template <>
struct Form<CommitResult::Unchanged> : SaidForm<CommitResult::Unchanged> {
  template <typename See, typename Value>
  static void Members(See& see, Value& unchanged) {
    see("id", unchanged.id);
    see("version", unchanged.version);
  }
};

template <>
struct Form<CommitResult> : SaidForm<CommitResult> {
  template <typename See, typename Value>
  static void Members(See& see, Value& result) {
    see("revision", result.revision);
    see("time", result.time);
    see("changes", result.changes);
    see("unchanged", result.unchanged);
    see("replayed", result.replayed);
  }
};

template <>
struct Form<RevertConflict> : SaidForm<RevertConflict> {
  template <typename See, typename Value>
  static void Members(See& see, Value& conflict) {
    see("id", conflict.id);
    see("key", conflict.key);
    see("then", conflict.then);
    see("now", conflict.now);
    see("version", conflict.version);
    see("revision", conflict.revision);
  }
};

template <>
struct Form<RevertResult> : SaidForm<RevertResult> {
  template <typename See, typename Value>
  static void Members(See& see, Value& result) {
    see("commit", result.commit);
    see("skipped", result.skipped);
  }
};

Json ToJson(const ChangedId& changed) {
  return Form<ChangedId>::Write(changed);
}
Json ToJson(const CommitResult& result) {
  return Form<CommitResult>::Write(result);
}
Json ToJson(const RevertResult& result) {
  return Form<RevertResult>::Write(result);
}

template Result<ChangedId> FromJson(const Json& json, std::string_view place);
template Result<CommitResult> FromJson(const Json& json, std::string_view place);
template Result<RevertResult> FromJson(const Json& json, std::string_view place);

}  // namespace switchback::wire
