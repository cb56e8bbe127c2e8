#include "engine/rocksdb_wal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "engine/rocksdb_log_format.h"

namespace switchback {

namespace {

using namespace log_format;  // NOLINT(google-build-using-namespace): constants of one header

constexpr size_t kSectorBytes = 512;
constexpr uint32_t kMaskDelta = 0xa282ead8U;

// Castagnoli's polynomial, bits reversed.
constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82f63b78U : 0U);
    table[i] = crc;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = MakeCrcTable();

uint8_t ByteAt(std::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

// Of all bytes of both.
uint32_t MaskedCrc(std::string_view bytes, std::string_view more = {}) {
  uint32_t crc = ~0U;
  for (const std::string_view piece : {bytes, more}) {
    for (size_t i = 0; i < piece.size(); ++i) {
      crc = kCrcTable[(crc ^ ByteAt(piece, i)) & 0xffU] ^ (crc >> 8U);
    }
  }
  crc = ~crc;
  return ((crc >> 15U) | (crc << 17U)) + kMaskDelta;
}

uint32_t StoredCrc(std::string_view record) {
  return ByteAt(record, 0) | (uint32_t{ByteAt(record, 1)} << 8U) |
         (uint32_t{ByteAt(record, 2)} << 16U) | (uint32_t{ByteAt(record, 3)} << 24U);
}

struct Record {
  size_t size;   // header and payload
  uint8_t type;  // 1..4 with the recycled forms folded in
  bool good;     // its CRC holds
};

// The record at the start of `block`, the rest of one block; nothing if there is no room for it.
std::optional<Record> RecordAt(std::string_view block) {
  if (block.size() < kHeaderBytes) return std::nullopt;
  uint8_t type = ByteAt(block, kTypeOffset);
  if (type == 0 || type > kLastKnown) return std::nullopt;  // spares the CRC of most wrong places
  const size_t length = ByteAt(block, 4) | (size_t{ByteAt(block, 5)} << 8U);
  const bool recycled = type >= kFirstRecycled && type <= kLastRecycled;
  const size_t header = kHeaderBytes + (recycled ? sizeof(uint32_t) : 0);
  if (header + length > block.size()) return std::nullopt;
  if (recycled) type = static_cast<uint8_t>(type - (kFirstRecycled - kFull));
  const std::string_view covered = block.substr(kTypeOffset, header - kTypeOffset + length);
  return Record{header + length, type, MaskedCrc(covered) == StoredCrc(block)};
}

bool AllZero(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return c == '\0'; });
}

// Whether what is behind `fault`, where the last good record ends, can be a record of which a power
// loss has taken a part: its end is not there, or sectors of it are as they were before it, zeros.
// Where it is all there and its checksum fails, it was written whole, perhaps synced, and changed
// since. A device writes a sector whole or not at all.
bool PowerLossLeaves(std::string_view bytes, size_t fault) {
  for (size_t start = fault; start < bytes.size();) {
    const size_t end = std::min(bytes.size(), (start / kSectorBytes + 1) * kSectorBytes);
    if (AllZero(bytes.substr(start, end - start))) return true;
    start = end;
  }
  const std::string_view rest =
      bytes.substr(fault, std::min(kBlockBytes - fault % kBlockBytes, bytes.size() - fault));
  if (fault + rest.size() < bytes.size()) return false;  // it does not reach the file's end
  if (rest.size() < kHeaderBytes) return true;
  const size_t length = ByteAt(rest, 4) | (size_t{ByteAt(rest, 5)} << 8U);
  if (kHeaderBytes + length <= rest.size()) return false;
  // The header is all there, so it must be one: of a type that is written, and within its block.
  const uint8_t type = ByteAt(rest, kTypeOffset);
  if (type < kFull || type > kLast || fault % kBlockBytes + kHeaderBytes + length > kBlockBytes) {
    return false;
  }
  // It says that it is longer than what is there: unless it says so wrongly.
  return MaskedCrc(rest.substr(kTypeOffset, 1), rest.substr(kHeaderBytes)) != StoredCrc(rest);
}

// Walks over one file; the state it keeps is what ExamineLog returns.
class LogWalk {
 public:
  void Block(std::string_view block, size_t offset) {
    for (size_t at = 0; at < block.size();) {
      const std::optional<Record> record = RecordAt(block.substr(at));
      if (record && record->good) {
        Good(*record, offset + at);
        at += record->size;
        continue;
      }
      // Zeros to the end of the block fill it up, or were set aside and never written.
      if (AllZero(block.substr(at))) return;
      // The fault may be in the length: the next good record can start at any byte from here.
      Fault(offset + at);
      ++at;
    }
  }

  LogFinding Finish(std::string_view bytes) {
    if (finding_.state == LogState::kTorn && !PowerLossLeaves(bytes, finding_.fault_offset)) {
      finding_.state = LogState::kDamaged;
    }
    if (inside_ && finding_.state == LogState::kWhole) {
      finding_.state = LogState::kTorn;
      finding_.fault_offset = std::min(started_, bytes.size());
    }
    if (finding_.state == LogState::kTorn) {
      finding_.good_bytes = inside_ ? started_ : finding_.fault_offset;
    }
    return finding_;
  }

 private:
  void Fault(size_t offset) {
    if (finding_.state != LogState::kWhole) return;
    finding_.state = LogState::kTorn;
    finding_.fault_offset = offset;
  }

  void Good(const Record& record, size_t offset) {
    ++finding_.records;
    finding_.good_bytes = offset + record.size;
    if (finding_.state == LogState::kTorn) finding_.state = LogState::kDamaged;
    const bool continues = record.type == kMiddle || record.type == kLast;
    if (record.type <= kLast && continues != inside_) {
      // A piece is missing before this good one.
      Fault(inside_ ? started_ : offset);
      finding_.state = LogState::kDamaged;
    }
    if (record.type == kFirst) started_ = offset;
    if (record.type <= kLast) inside_ = record.type == kFirst || record.type == kMiddle;
  }

  LogFinding finding_;
  bool inside_ = false;  // of a record in several pieces
  size_t started_ = 0;   // where that one starts
};

Result<void> SyncLog(const std::string& path, rocksdb::FileSystem& files) {
  std::unique_ptr<rocksdb::FSRandomRWFile> file;  // of all ways to open, it makes none anew
  rocksdb::IOStatus status = files.NewRandomRWFile(path, rocksdb::FileOptions(), &file, nullptr);
  if (status.ok()) status = file->Sync(rocksdb::IOOptions(), nullptr);
  if (status.ok()) return {};
  return Fail(ErrorCode::kIoError,
              fmt::format("{}: the log can't be synced to disk: {}; what is to be written would "
                          "not be safe behind it: see to the disk and open the store again",
                          path, status.ToString()));
}

}  // namespace

LogFinding ExamineLog(std::string_view bytes) {
  LogWalk walk;
  for (size_t offset = 0; offset < bytes.size(); offset += kBlockBytes) {
    walk.Block(bytes.substr(offset, kBlockBytes), offset);
  }
  return walk.Finish(bytes);
}

std::optional<uint64_t> FileNumber(const std::filesystem::path& path, std::string_view ending) {
  if (path.extension() != ending) return std::nullopt;
  const std::string stem = path.stem().string();
  uint64_t number = 0;
  const auto [stop, bad] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  if (bad != std::errc() || stop != stem.data() + stem.size()) return std::nullopt;
  return number;
}

std::vector<LogFile> ListLogFiles(const std::string& folder) {
  std::vector<LogFile> logs;
  std::error_code fault;
  for (std::filesystem::directory_iterator it(folder, fault), end; !fault && it != end;
       it.increment(fault)) {
    if (const auto number = FileNumber(it->path(), ".log")) logs.push_back({*number, *it});
  }
  std::ranges::sort(logs, {}, &LogFile::number);
  return logs;
}

LogFiles CountLogFiles(const std::string& folder) {
  LogFiles count;
  for (const LogFile& log : ListLogFiles(folder)) {
    std::error_code fault;
    const uint64_t bytes = std::filesystem::file_size(log.path, fault);
    ++count.files;
    if (!fault) count.bytes += bytes;
  }
  return count;
}

Result<void> SyncLogFiles(const std::string& folder, rocksdb::FileSystem& files) {
  // All at once: the device then flushes its cache once for all of them, not once a file.
  std::vector<std::future<Result<void>>> syncs;
  for (const LogFile& log : ListLogFiles(folder)) {
    std::error_code fault;
    const uint64_t bytes = std::filesystem::file_size(log.path, fault);
    if (fault || bytes == 0) continue;  // this process's own, or obsolete and deleted meanwhile
    syncs.push_back(std::async(SyncLog, log.path.string(), std::ref(files)));
  }
  Result<void> all;
  for (std::future<Result<void>>& sync : syncs) {
    if (Result<void> synced = sync.get(); !synced) all = std::move(synced);
  }
  return all;
}

std::optional<ManifestFinding> ExamineManifest(const std::string& folder) {
  std::ifstream current(folder + "/CURRENT");
  std::string name;
  std::getline(current, name);
  std::string path = folder + "/" + name;
  std::error_code fault;
  // CURRENT may say anything, a folder too; that RocksDB can't go by it is what it then says.
  if (!std::filesystem::is_regular_file(path, fault)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  return ManifestFinding{std::move(path), bytes.size(), ExamineLog(bytes)};
}

Result<void> CheckManifest(const std::string& folder) {
  const std::optional<ManifestFinding> manifest = ExamineManifest(folder);
  if (!manifest || manifest->finding.state != LogState::kDamaged) return {};
  return Fail(ErrorCode::kDataLoss,
              fmt::format("{}: the list of tables is damaged at byte {}: expected a record with a "
                          "good checksum, found one that is not, and that no power loss leaves so: "
                          "restore a backup",
                          manifest->path, manifest->finding.fault_offset));
}

}  // namespace switchback
