// Versions and revisions, the table, and the feed.
#include "switchback/feed.h"
#include "wire/revision_forms.h"

namespace switchback::wire {

template <>
struct Form<VersionInfo> : SaidForm<VersionInfo> {
  template <typename See, typename Value>
  static void Members(See& see, Value& info) {
    see("id", info.id);
    see("version", info.version);
    see("count", info.count);
    see("added", info.added);
    see("removed", info.removed);
    see("changed", info.changed);
    see("deleted", info.deleted);
    see("same_as", info.same_as);
    see("pruned", info.pruned);
    see("commit", info.commit);
  }
};

template <>
struct Form<SaidRecord> : SaidForm<SaidRecord> {
  template <typename See, typename Value>
  static void Members(See& see, Value& record) {
    see("sub", record.sub);
    see("subject", record.subject);
    see("target", record.target);
    see("info", record.info);
  }
};

template <>
struct Form<ResolvedVersion> : SaidForm<ResolvedVersion> {
  template <typename See, typename Value>
  static void Members(See& see, Value& resolved) {
    see("id", resolved.id);
    see("version", resolved.version);
    see("revision", resolved.revision);
    see("deleted", resolved.deleted);
  }
};

template <>
struct Form<VersionSummary> : SaidForm<VersionSummary> {
  template <typename See, typename Value>
  static void Members(See& see, Value& summary) {
    see("count", summary.count);
    see("digest", summary.digest);
  }
};

template <>
struct Form<TableEntry> : SaidForm<TableEntry> {
  template <typename See, typename Value>
  static void Members(See& see, Value& entry) {
    see("id", entry.id);
    see("version", entry.version);
    see("revision", entry.revision);
  }
};

template <>
struct Form<TableDifference> : SaidForm<TableDifference> {
  template <typename See, typename Value>
  static void Members(See& see, Value& difference) {
    see("id", difference.id);
    see("from", difference.from);
    see("to", difference.to);
  }
};

template <>
struct Form<FeedChange> : SaidForm<FeedChange> {
  template <typename See, typename Value>
  static void Members(See& see, Value& change) {
    see("id", change.id);
    see("version", change.version);
    see("deleted", change.deleted);
    see("count", change.count);
    see("added", change.added);
    see("removed", change.removed);
    see("changed", change.changed);
  }
};

template <>
struct Form<FeedEvent> : SaidForm<FeedEvent> {
  template <typename See, typename Value>
  static void Members(See& see, Value& event) {
    see("commit", event.commit);
    see("changes", event.changes);
    see("last", event.last);
  }
};

Json ToJson(const RevisionInfo& info) {
  return Form<RevisionInfo>::Write(info);
}
Json ToJson(const SaidRecord& record) {
  return Form<SaidRecord>::Write(record);
}
Json ToJson(const VersionInfo& info) {
  return Form<VersionInfo>::Write(info);
}
Json ToJson(const ResolvedVersion& resolved) {
  return Form<ResolvedVersion>::Write(resolved);
}
Json ToJson(const VersionSummary& summary) {
  return Form<VersionSummary>::Write(summary);
}
Json ToJson(const TableEntry& entry) {
  return Form<TableEntry>::Write(entry);
}
Json ToJson(const TableDifference& difference) {
  return Form<TableDifference>::Write(difference);
}
Json ToJson(const FeedEvent& event) {
  return Form<FeedEvent>::Write(event);
}

template Result<RevisionInfo> FromJson(const Json& json, std::string_view place);
template Result<SaidRecord> FromJson(const Json& json, std::string_view place);
template Result<VersionInfo> FromJson(const Json& json, std::string_view place);
template Result<ResolvedVersion> FromJson(const Json& json, std::string_view place);
template Result<VersionSummary> FromJson(const Json& json, std::string_view place);
template Result<TableEntry> FromJson(const Json& json, std::string_view place);
template Result<TableDifference> FromJson(const Json& json, std::string_view place);
template Result<FeedEvent> FromJson(const Json& json, std::string_view place);

}  // namespace switchback::wire
