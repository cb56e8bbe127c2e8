#include "client/cache_format.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "codec/bytes.h"
#include "codec/hash.h"
#include "switchback/limits.h"

namespace switchback::client {
namespace {

constexpr std::string_view kCacheMagic = "SWBCACHE";
constexpr uint32_t kCacheFormat = 1;
constexpr uint8_t kNotThere = 1;
constexpr uint8_t kList = 2;
constexpr size_t kChecksumBytes = 16;
// Kind, length of the ID, four varints, and the time.
constexpr size_t kMostOfFields = 1 + 2 + 3 * 10 + 8;

std::unexpected<Error> NoCache(std::string_view why) {
  return Fail(ErrorCode::kDataLoss, fmt::format("it is no cache of lists, whole: {}", why));
}

// Over all from `begin` on.
void AppendChecksum(size_t begin, std::string& out) {
  const Digest checksum = HashBytes(std::string_view(out).substr(begin));
  AppendBigEndian64(checksum.high, out);
  AppendBigEndian64(checksum.low, out);
}

// Of the bytes between `begin`, what was left to read before, and what `in` has yet to read.
bool ReadChecksum(std::string_view begin, ByteReader& in) {
  const Digest found = HashBytes(begin.substr(0, begin.size() - in.rest().size()));
  Digest expected;
  return in.ReadBigEndian64(expected.high) && in.ReadBigEndian64(expected.low) && found == expected;
}

void AppendAnswer(const KeptAnswer& answer, std::string& out) {
  const size_t begin = out.size();
  out += static_cast<char>(answer.list != nullptr ? kList : kNotThere);
  AppendLengthPrefixed(answer.id.text(), out);
  AppendVarint(answer.version.value, out);
  AppendFixed64(static_cast<uint64_t>(answer.heard.micros), out);
  if (answer.list != nullptr) {
    AppendVarint(answer.revision.value, out);
    AppendLengthPrefixed(*answer.list, out);
  }
  AppendChecksum(begin, out);
}

bool ReadTime(ByteReader& in, Timestamp& time) {
  uint64_t micros = 0;
  if (!in.ReadFixed64(micros)) return false;
  time.micros = static_cast<int64_t>(micros);
  return time.micros >= 0;
}

struct AnswerFields {
  uint8_t kind = 0;
  std::string_view id;
  Version version;
  Revision revision;
  Timestamp heard;
  std::string_view list;
};

bool ReadAnswerFields(ByteReader& in, AnswerFields& to) {
  if (!in.ReadByte(to.kind) || (to.kind != kList && to.kind != kNotThere)) return false;
  if (!in.ReadLengthPrefixed(to.id) || !in.ReadVarint(to.version.value)) return false;
  if (!ReadTime(in, to.heard)) return false;
  if (to.kind == kNotThere) return true;
  if (!in.ReadVarint(to.revision.value) || !in.ReadLengthPrefixed(to.list)) return false;
  return to.version.value != 0 && to.revision.value != 0;
}

Result<KeptAnswer> ReadAnswer(ByteReader& in) {
  const std::string_view begin = in.rest();
  AnswerFields fields;
  if (!ReadAnswerFields(in, fields) || !ReadChecksum(begin, in)) {
    return NoCache("an answer is cut off or fails its checksum");
  }
  Result<BusinessId> id = BusinessId::Parse(fields.id);
  if (!id) return NoCache(id.error().message);
  KeptAnswer answer{*std::move(id), fields.version, fields.revision, fields.heard, nullptr};
  if (fields.kind == kList) answer.list = std::make_shared<const std::string>(fields.list);
  return answer;
}

struct CacheHead {
  StoreIdentity identity;
  Timestamp contact;
  uint64_t count = 0;
};

bool ReadHeadFields(ByteReader& in, CacheHead& to) {
  std::string_view uuid;
  std::string_view environment;
  uint8_t pruned = 0;
  if (!in.ReadLengthPrefixed(uuid) || !in.ReadLengthPrefixed(environment)) return false;
  if (!ReadTime(in, to.identity.created) || !in.ReadFixed32(to.identity.format)) return false;
  if (!in.ReadByte(pruned) || pruned > 1) return false;
  if (!ReadTime(in, to.contact) || !in.ReadVarint(to.count)) return false;
  to.identity.uuid = uuid;
  to.identity.environment = environment;
  to.identity.pruned = pruned != 0;
  return !uuid.empty();
}

Result<CacheHead> ReadHead(ByteReader& in) {
  const std::string_view begin = in.rest();
  std::string_view magic;
  uint32_t format = 0;
  if (!in.ReadBytes(kCacheMagic.size(), magic) || magic != kCacheMagic) {
    return NoCache("it does not begin like one");
  }
  if (!in.ReadFixed32(format)) return NoCache("it is cut off");
  if (format != kCacheFormat) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("it is a cache of lists of format {}, expected {}", format, kCacheFormat));
  }
  CacheHead head;
  if (!ReadHeadFields(in, head) || !ReadChecksum(begin, in)) {
    return NoCache("its head is cut off or fails its checksum");
  }
  return head;
}

}  // namespace

size_t CacheBytesOf(const KeptAnswer& answer) {
  const size_t list = answer.list == nullptr ? 0 : answer.list->size();
  return kMostOfFields + answer.id.text().size() + list + kChecksumBytes;
}

std::string EncodeCache(const StoreIdentity& identity, Timestamp contact,
                        const std::vector<KeptAnswerHandle>& answers) {
  std::string out(kCacheMagic);
  AppendFixed32(kCacheFormat, out);
  AppendLengthPrefixed(identity.uuid, out);
  AppendLengthPrefixed(identity.environment, out);
  AppendFixed64(static_cast<uint64_t>(identity.created.micros), out);
  AppendFixed32(identity.format, out);
  out += static_cast<char>(identity.pruned ? 1 : 0);
  AppendFixed64(static_cast<uint64_t>(contact.micros), out);
  AppendVarint(answers.size(), out);
  AppendChecksum(0, out);
  for (const KeptAnswerHandle& answer : answers) AppendAnswer(*answer, out);
  return out;
}

Result<CacheContent> DecodeCache(std::string_view bytes) {
  ByteReader in(bytes);
  Result<CacheHead> head = ReadHead(in);
  if (!head) return std::unexpected(std::move(head.error()));
  CacheContent content{std::move(head->identity), head->contact, {}};
  // Room is made answer by answer, never for what is only claimed.
  while (content.answers.size() < head->count) {
    Result<KeptAnswer> answer = ReadAnswer(in);
    if (!answer) return std::unexpected(std::move(answer.error()));
    if (!content.answers.empty() && answer->id <= content.answers.back().id) {
      return NoCache("its IDs are not in order");
    }
    content.answers.push_back(*std::move(answer));
  }
  if (!in.empty()) return NoCache(fmt::format("{} bytes follow on it", in.rest().size()));
  return content;
}

}  // namespace switchback::client
