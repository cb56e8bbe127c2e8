#include "c/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace switchback::c {
namespace {

// How long the structs were in the first release: up to the members that were their last.
constexpr size_t kFirstOpenOptions =
    offsetof(switchback_open_options, program_version) + sizeof(const char*);
constexpr size_t kFirstCommitOptions =
    offsetof(switchback_commit_options, dry_run) + sizeof(int32_t);
constexpr size_t kFirstSubscribeOptions =
    offsetof(switchback_subscribe_options, after) + sizeof(uint64_t);
// A size past this was never set.
constexpr size_t kMaxStructBytes = 4096;

// What the caller's release does not know of is 0; what this one does not know of must be.
template <typename Struct>
Result<Struct> ReadStruct(const Struct* given, size_t first_size, std::string_view name) {
  Struct read{};
  if (given == nullptr) return read;
  if (given->size < first_size || given->size > kMaxStructBytes) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{}.size is {}; expected {} or more: set it to sizeof({}), or initialise the "
                    "struct with its macro",
                    name, given->size, first_size, name));
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(given);
  const size_t known = std::min(given->size, sizeof(Struct));
  if (std::any_of(bytes + known, bytes + given->size,
                  [](std::byte byte) { return byte != std::byte{0}; })) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} asks for something that release {} of the library does not know",
                            name, SWITCHBACK_VERSION));
  }
  std::memcpy(&read, given, known);
  return read;
}

std::string Text(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

size_t CacheBytes(uint64_t given, size_t by_default) {
  if (given == 0) return by_default;
  return given == SWITCHBACK_NO_CACHE ? 0 : static_cast<size_t>(given);
}

Result<Durability> ReadDurability(switchback_durability given) {
  if (given == SWITCHBACK_SYNCED) return Durability::kSynced;
  if (given == SWITCHBACK_BUFFERED) return Durability::kBuffered;
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("the durability is {}; expected 0 (synced) or 1 (buffered)", given));
}

Result<std::vector<BusinessId>> ReadIds(const char* const* ids, size_t count) {
  std::vector<BusinessId> read;
  for (size_t i = 0; i < count; ++i) {
    if (ids[i] == nullptr) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("ids[{}] is NULL; it is needed", i));
    }
    Result<BusinessId> id = BusinessId::Parse(ids[i]);
    if (!id) return std::unexpected(std::move(id.error()));
    read.push_back(std::move(*id));
  }
  return read;
}

}  // namespace

Result<bool> ReadFlag(int32_t flag, std::string_view name) {
  if (flag == 0 || flag == 1) return flag == 1;
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("the flag {} is {}; expected 0 or 1", name, flag));
}

Result<OpenOptions> ReadOptions(const switchback_open_options* given) {
  const auto read = ReadStruct(given, kFirstOpenOptions, "switchback_open_options");
  if (!read) return std::unexpected(read.error());
  const Result<bool> read_only = ReadFlag(read->read_only, "read_only");
  if (!read_only) return std::unexpected(read_only.error());
  const Result<bool> follow = ReadFlag(read->follow, "follow");
  if (!follow) return std::unexpected(follow.error());
  OpenOptions options;
  if (read->environment != nullptr) options.environment = read->environment;
  options.read_only = *read_only;
  options.follow = *follow;
  options.origin = {.user = Text(read->user),
                    .host = Text(read->host),
                    .program = Text(read->program),
                    .program_version = Text(read->program_version)};
  options.head_cache_bytes = CacheBytes(read->head_cache_bytes, options.head_cache_bytes);
  options.list_cache_bytes = CacheBytes(read->list_cache_bytes, options.list_cache_bytes);
  options.block_cache_bytes = CacheBytes(read->block_cache_bytes, options.block_cache_bytes);
  return options;
}

Result<CommitOptions> ReadOptions(const switchback_commit_options* given) {
  const auto read = ReadStruct(given, kFirstCommitOptions, "switchback_commit_options");
  if (!read) return std::unexpected(read.error());
  const Result<bool> has_expect_head = ReadFlag(read->has_expect_head, "has_expect_head");
  if (!has_expect_head) return std::unexpected(has_expect_head.error());
  const Result<bool> dry_run = ReadFlag(read->dry_run, "dry_run");
  if (!dry_run) return std::unexpected(dry_run.error());
  const Result<Durability> durability = ReadDurability(read->durability);
  if (!durability) return std::unexpected(durability.error());
  CommitOptions options;
  options.author = Text(read->author);
  options.message = Text(read->message);
  options.ticket = Text(read->ticket);
  options.source = Text(read->source);
  options.request_id = Text(read->request_id);
  if (*has_expect_head) options.expect_head = Revision{read->expect_head};
  options.durability = *durability;
  options.dry_run = *dry_run;
  return options;
}

Result<SubscribeOptions> ReadOptions(const switchback_subscribe_options* given) {
  const auto read = ReadStruct(given, kFirstSubscribeOptions, "switchback_subscribe_options");
  if (!read) return std::unexpected(read.error());
  const Result<bool> has_after = ReadFlag(read->has_after, "has_after");
  if (!has_after) return std::unexpected(has_after.error());
  SubscribeOptions options;
  options.glob = Text(read->glob);
  options.token = Text(read->token);
  if (*has_after) options.after = Revision{read->after};
  if (read->ids != nullptr) {
    Result<std::vector<BusinessId>> ids = ReadIds(read->ids, read->id_count);
    if (!ids) return std::unexpected(std::move(ids.error()));
    options.ids = std::move(*ids);
  } else if (read->id_count != 0) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("ids is NULL, but id_count is {}", read->id_count));
  }
  return options;
}

}  // namespace switchback::c
