// The form of a log: rocksdb_log_format.h. A write is one record, in however many pieces; its
// payload starts with the number of its first entry (8 bytes) and how many entries it has (4), both
// little-endian (RocksDB, db/write_batch.cc).
#include "engine/rocksdb_log_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "engine/rocksdb_log_format.h"

namespace switchback {

namespace {

using namespace log_format;  // NOLINT(google-build-using-namespace): constants of one header

constexpr size_t kWriteHeaderBytes = 12;
constexpr size_t kReadBytes = size_t{1} << 20;

uint64_t LittleEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8U | static_cast<uint8_t>(bytes[i]);
  return value;
}

// Puts the start of each write together, and follows their numbers.
class SequenceWalk {
 public:
  // False: no write of this form.
  bool Piece(uint8_t type, std::string_view payload, size_t end_offset) {
    if (type == kFull || type == kFirst) header_.clear();
    header_ += payload.substr(0, kWriteHeaderBytes - std::min(header_.size(), kWriteHeaderBytes));
    if (type != kFull && type != kLast) return true;
    if (header_.size() < kWriteHeaderBytes) return false;
    const std::string_view header = header_;
    const uint64_t first = LittleEndian(header.substr(0, 8));
    const uint64_t count = LittleEndian(header.substr(8, 4));
    if (!found_) {
      found_ = LogSequences{first, first, std::nullopt};
    } else if (first != found_->end) {
      found_->gap_offset = last_offset_;
      return false;
    }
    found_->end = first + count;
    last_offset_ = end_offset;
    return true;
  }
  [[nodiscard]] const std::optional<LogSequences>& found() const { return found_; }

 private:
  std::string header_;  // of the write whose pieces are being read
  size_t last_offset_ = 0;
  std::optional<LogSequences> found_;
};

rocksdb::IOStatus ReadAll(const std::string& path, rocksdb::FileSystem& files, std::string& bytes) {
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  rocksdb::IOStatus status = files.NewSequentialFile(path, rocksdb::FileOptions(), &file, nullptr);
  std::string buffer(kReadBytes, '\0');
  while (status.ok()) {
    rocksdb::Slice read;
    status = file->Read(buffer.size(), rocksdb::IOOptions(), &read, buffer.data(), nullptr);
    if (!status.ok() || read.empty()) break;
    bytes.append(read.data(), read.size());
  }
  return status;
}

std::optional<LogSequences> SequencesOf(const std::string& path, rocksdb::FileSystem& files) {
  std::string bytes;
  if (!ReadAll(path, files, bytes).ok()) return std::nullopt;
  return ReadSequences(bytes);
}

}  // namespace

std::optional<LogSequences> ReadSequences(std::string_view bytes) {
  SequenceWalk walk;
  for (size_t at = 0; at + kHeaderBytes <= bytes.size();) {
    const size_t left = std::min(kBlockBytes - at % kBlockBytes, bytes.size() - at);
    const std::string_view block = bytes.substr(at, left);
    if (left < kHeaderBytes) {
      at += left;
      continue;
    }
    const size_t length = LittleEndian(block.substr(kLengthOffset, 2));
    const auto type = static_cast<uint8_t>(block[kTypeOffset]);
    if (type == 0 && length == 0) {  // RocksDB passes over it to the next block, and goes on
      at += left;
      continue;
    }
    if (type < kFull || type > kLast || kHeaderBytes + length > left) break;
    at += kHeaderBytes + length;
    if (!walk.Piece(type, block.substr(kHeaderBytes, length), at)) break;
  }
  return walk.found();
}

rocksdb::IOStatus LogOrder::Follow(const std::string& path, uint64_t number,
                                   rocksdb::FileSystem& files) {
  if (number <= number_) return rocksdb::IOStatus::OK();
  number_ = number;
  const std::optional<LogSequences> log = SequencesOf(path, files);
  if (!log) return rocksdb::IOStatus::OK();
  if (end_ && log->first != *end_) {
    // Beside a writer, the one before it may have grown since; or be gone by now, and not needed.
    const std::optional<LogSequences> before = SequencesOf(path_, files);
    if (before && before->end != log->first) {
      return rocksdb::IOStatus::Corruption(
          fmt::format("{} ends before write {}, {} begins with write {}: those in between are "
                      "missing, or some are there twice",
                      path_, before->end, path, log->first));
    }
  }
  if (log->gap_offset) {
    return rocksdb::IOStatus::Corruption(fmt::format(
        "{}: behind byte {} there is not write {}: some are missing, or are there twice", path,
        *log->gap_offset, log->end));
  }
  path_ = path;
  end_ = log->end;
  return rocksdb::IOStatus::OK();
}

}  // namespace switchback
