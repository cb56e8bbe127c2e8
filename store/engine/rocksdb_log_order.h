// Whether the logs of a database follow on one another. RocksDB numbers every write; it checks each
// record of a log by itself, but not that none is missing between two logs, and would serve what is
// left. An embedder, and every run of the program, begins a log of its own, so a store has several.
// What stands before the first of them can't be told: tables forget the numbers of what they hold.
#pragma once

#include <rocksdb/file_system.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchback {

struct LogSequences {
  uint64_t first = 0;  // of its first write
  uint64_t end = 0;    // one more than the last of its last write
  // The end of the first write that the next one does not follow on, if any: then `end` is of that.
  std::optional<size_t> gap_offset;
};
// Of the writes in a log, up to the first that is not whole; nothing where there is none. Any bytes
// at all are fine. Checks no checksum: RocksDB does.
[[nodiscard]] std::optional<LogSequences> ReadSequences(std::string_view bytes);

// Of the logs that one open reads, in their order. Not safe to share between threads.
class LogOrder {
 public:
  // The next log, of `number`. Corruption: writes are missing between the one before it and it, or
  // are there twice. What can't be read is RocksDB's to tell. Cost: the log is read.
  [[nodiscard]] rocksdb::IOStatus Follow(const std::string& path, uint64_t number,
                                         rocksdb::FileSystem& files);

 private:
  uint64_t number_ = 0;
  std::string path_;             // of the last one with writes in it
  std::optional<uint64_t> end_;  // of these
};

}  // namespace switchback
