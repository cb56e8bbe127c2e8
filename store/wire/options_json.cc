// What a client asks beside changes: options, choices and policies. What has a default may be left
// out, so that a request that was typed in names only what it means.
#include "switchback/options.h"

#include <fmt/format.h>

#include "switchback/provenance.h"
#include "switchback/prune.h"
#include "switchback/store.h"
#include "types/excerpt.h"
#include "wire/object_form.h"
#include "wire/scalars.h"

namespace switchback::wire {

template <>
struct Form<Durability> {
  static Json Write(Durability durability) {
    return durability == Durability::kBuffered ? "buffered" : "synced";
  }
  static Result<void> Read(const Json& json, const Place& place, Durability& durability) {
    const auto text = ReadText(json, place, "synced or buffered");
    if (!text) return std::unexpected(text.error());
    if (*text != "synced" && *text != "buffered") {
      return place.Refuse(fmt::format("expected synced or buffered, found '{}'", Excerpt(*text)));
    }
    durability = *text == "buffered" ? Durability::kBuffered : Durability::kSynced;
    return {};
  }
};

template <>
struct Form<Bookmark> : AskedForm<Bookmark> {
  template <typename See, typename Value>
  static void Members(See& see, Value& bookmark) {
    see("name", bookmark.name);
    see("value", bookmark.value);
  }
};

template <>
struct Form<CommitOptions> : AskedForm<CommitOptions> {
  template <typename See, typename Value>
  static void Members(See& see, Value& options) {
    see.OrDefault("operation", options.operation);
    see.OrDefault("author", options.author);
    see.OrDefault("message", options.message);
    see.OrDefault("ticket", options.ticket);
    see.OrDefault("source", options.source);
    see.OrDefault("request_id", options.request_id);
    see("expect_head", options.expect_head);
    see.OrDefault("durability", options.durability);
    see.OrDefault("dry_run", options.dry_run);
    see("time", options.time);
    see("original_time", options.original_time);
    see("bookmark", options.bookmark);
  }
  static Result<void> Check(const Place& place, const CommitOptions& options) {
    if (options.operation != kUnknownOperation) return {};
    return place.Key("operation").Refuse("expected the name of an operation, such as edit");
  }
};

template <>
struct Form<RestoreTarget> : AskedForm<RestoreTarget> {
  template <typename See, typename Value>
  static void Members(See& see, Value& target) {
    see("id", target.id);
    see("version", target.version);
    see("expect", target.expect);
  }
};

template <>
struct Form<RevisionChoice> : AskedForm<RevisionChoice> {
  template <typename See, typename Value>
  static void Members(See& see, Value& choice) {
    see("revisions", choice.revisions);
    see.OrDefault("glob", choice.glob);
    see("ids", choice.ids);
  }
};

template <>
struct Form<PrunePolicy> : AskedForm<PrunePolicy> {
  template <typename See, typename Value>
  static void Members(See& see, Value& policy) {
    see("keep_last", policy.keep_last);
    see("keep_since", policy.keep_since);
    see.OrDefault("glob", policy.glob);
  }
};

Json ToJson(const CommitOptions& options) {
  return Form<CommitOptions>::Write(options);
}
Json ToJson(const RestoreTarget& target) {
  return Form<RestoreTarget>::Write(target);
}
Json ToJson(const RevisionChoice& choice) {
  return Form<RevisionChoice>::Write(choice);
}
Json ToJson(const PrunePolicy& policy) {
  return Form<PrunePolicy>::Write(policy);
}

template Result<CommitOptions> FromJson(const Json& json, std::string_view place);
template Result<RestoreTarget> FromJson(const Json& json, std::string_view place);
template Result<RevisionChoice> FromJson(const Json& json, std::string_view place);
template Result<PrunePolicy> FromJson(const Json& json, std::string_view place);

}  // namespace switchback::wire
