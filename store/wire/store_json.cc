// The store itself, and its care.
#include "switchback/store.h"

#include "switchback/backup.h"
#include "wire/object_form.h"
#include "wire/scalars.h"

namespace switchback::wire {

template <>
struct Form<StoreIdentity> : SaidForm<StoreIdentity> {
  template <typename See, typename Value>
  static void Members(See& see, Value& identity) {
    see("environment", identity.environment);
    see("uuid", identity.uuid);
    see("created", identity.created);
    see("format", identity.format);
    see("pruned", identity.pruned);
  }
};

template <>
struct Form<SnapshotInfo> : SaidForm<SnapshotInfo> {
  template <typename See, typename Value>
  static void Members(See& see, Value& info) {
    see("name", info.name);
    see("revision", info.revision);
    see("created", info.created);
    see("author", info.author);
    see("message", info.message);
  }
};

template <>
struct Form<StoreStats> : SaidForm<StoreStats> {
  template <typename See, typename Value>
  static void Members(See& see, Value& stats) {
    see("ids", stats.ids);
    see("deleted_ids", stats.deleted_ids);
    see("versions", stats.versions);
    see("pruned_versions", stats.pruned_versions);
    see("revisions", stats.revisions);
    see("endpoints", stats.endpoints);
    see("script_versions", stats.script_versions);
    see("full_versions", stats.full_versions);
    see("same_as_versions", stats.same_as_versions);
    see("deletions", stats.deletions);
    see("checkpoints", stats.checkpoints);
    see("chunks", stats.chunks);
    see("version_row_bytes", stats.version_row_bytes);
    see("checkpoint_bytes", stats.checkpoint_bytes);
    see("revision_row_bytes", stats.revision_row_bytes);
    see("head_row_bytes", stats.head_row_bytes);
    see("chunk_bytes", stats.chunk_bytes);
    see("disk_bytes", stats.disk_bytes);
    see("files", stats.files);
  }
};

template <>
struct Form<Damage> : SaidForm<Damage> {
  template <typename See, typename Value>
  static void Members(See& see, Value& damage) {
    see("what", damage.what);
    see("where", damage.where);
    see("id", damage.id);
    see("version", damage.version);
    see("last_version", damage.last_version);
    see("consequence", damage.consequence);
  }
};

template <>
struct Form<VerifyReport> : SaidForm<VerifyReport> {
  template <typename See, typename Value>
  static void Members(See& see, Value& report) {
    see("ids", report.ids);
    see("versions", report.versions);
    see("revisions", report.revisions);
    see("chunks", report.chunks);
    see("endpoints", report.endpoints);
    see("damage", report.damage);
    see("damage_count", report.damage_count);
  }
};

template <>
struct Form<PrunedId> : SaidForm<PrunedId> {
  template <typename See, typename Value>
  static void Members(See& see, Value& pruned) {
    see("id", pruned.id);
    see("dropped", pruned.dropped);
    see("kept", pruned.kept);
    see("oldest_kept", pruned.oldest_kept);
  }
};

template <>
struct Form<PruneReport> : SaidForm<PruneReport> {
  template <typename See, typename Value>
  static void Members(See& see, Value& report) {
    see("ids", report.ids);
    see("dropped", report.dropped);
    see("kept", report.kept);
    see("pins", report.pins);
    see("row_bytes", report.row_bytes);
    see("chunks", report.chunks);
    see("revisions", report.revisions);
  }
};

template <>
struct Form<BackupInfo> : SaidForm<BackupInfo> {
  template <typename See, typename Value>
  static void Members(See& see, Value& info) {
    see("number", info.number);
    see("time", info.time);
    see("revision", info.revision);
    see("store_uuid", info.store_uuid);
    see("environment", info.environment);
    see("bytes", info.bytes);
    see("new_bytes", info.new_bytes);
    see("files", info.files);
    see("damage", info.damage);
  }
};

Json ToJson(const StoreIdentity& identity) {
  return Form<StoreIdentity>::Write(identity);
}
Json ToJson(const SnapshotInfo& info) {
  return Form<SnapshotInfo>::Write(info);
}
Json ToJson(const StoreStats& stats) {
  return Form<StoreStats>::Write(stats);
}
Json ToJson(const VerifyReport& report) {
  return Form<VerifyReport>::Write(report);
}
Json ToJson(const PrunedId& pruned) {
  return Form<PrunedId>::Write(pruned);
}
Json ToJson(const PruneReport& report) {
  return Form<PruneReport>::Write(report);
}
Json ToJson(const BackupInfo& info) {
  return Form<BackupInfo>::Write(info);
}

template Result<StoreIdentity> FromJson(const Json& json, std::string_view place);
template Result<SnapshotInfo> FromJson(const Json& json, std::string_view place);
template Result<StoreStats> FromJson(const Json& json, std::string_view place);
template Result<VerifyReport> FromJson(const Json& json, std::string_view place);
template Result<PrunedId> FromJson(const Json& json, std::string_view place);
template Result<PruneReport> FromJson(const Json& json, std::string_view place);
template Result<BackupInfo> FromJson(const Json& json, std::string_view place);

}  // namespace switchback::wire
