#include "api/backup_about.h"

#include <fmt/format.h>

#include "codec/bytes.h"
#include "codec/hash.h"

namespace switchback {
namespace {

// Of what stands before it. The list of files that this is kept in has no checksum of its own.
uint64_t SumOf(std::string_view bytes) {
  return HashBytes(bytes).low;
}

}  // namespace

void EncodeBackupAbout(const BackupAbout& about, std::string& out) {
  std::string bytes;
  AppendFixed32(kBackupFormat, bytes);
  AppendLengthPrefixed(about.store_uuid, bytes);
  AppendLengthPrefixed(about.environment, bytes);
  AppendVarint(about.revision.value, bytes);
  AppendVarint(static_cast<uint64_t>(about.time.micros), bytes);
  AppendFixed64(SumOf(bytes), bytes);
  out += bytes;
}

Result<BackupAbout> DecodeBackupAbout(std::string_view bytes) {
  ByteReader in(bytes);
  BackupAbout about;
  uint32_t format = 0;
  std::string_view uuid;
  std::string_view environment;
  uint64_t micros = 0;
  uint64_t sum = 0;
  if (in.ReadFixed32(format) && format > kBackupFormat) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("the backup has format {}, this program reads {}: use a newer one",
                            format, kBackupFormat));
  }
  const bool read = format == kBackupFormat && in.ReadLengthPrefixed(uuid) &&
                    in.ReadLengthPrefixed(environment) && in.ReadVarint(about.revision.value) &&
                    in.ReadVarint(micros);
  const std::string_view summed = bytes.substr(0, bytes.size() - in.rest().size());
  if (!read || !in.ReadFixed64(sum) || !in.empty() || sum != SumOf(summed)) {
    return Fail(ErrorCode::kDataLoss, "what the backup says of itself is damaged");
  }
  about.store_uuid = uuid;
  about.environment = environment;
  about.time = Timestamp{static_cast<int64_t>(micros)};
  return about;
}

}  // namespace switchback
