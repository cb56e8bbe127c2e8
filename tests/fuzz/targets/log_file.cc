// RocksDB's log files, as they are looked into before RocksDB may: what is torn, and what damaged.
#include "engine/rocksdb_wal.h"

#include "engine/rocksdb_log_order.h"
#include "fuzz/fuzz_target.h"

namespace switchback {
namespace {

void Try(std::string_view bytes) {
  const std::optional<LogSequences> sequences = ReadSequences(bytes);
  Require(!sequences || !sequences->gap_offset || *sequences->gap_offset <= bytes.size(),
          "a gap in a log lies behind its end");
  const LogFinding finding = ExamineLog(bytes);
  Require(finding.fault_offset <= bytes.size() && finding.good_bytes <= bytes.size(),
          "a place in a log lies behind its end");
  if (finding.state == LogState::kDamaged) return;
  const LogFinding kept = ExamineLog(bytes.substr(0, finding.good_bytes));
  Require(kept.state == LogState::kWhole && kept.good_bytes == finding.good_bytes,
          "a log cut after its last whole record is not whole");
  // A power loss may cut anywhere: never more than torn.
  const LogFinding half = ExamineLog(bytes.substr(0, finding.good_bytes / 2));
  Require(half.state != LogState::kDamaged && half.good_bytes <= finding.good_bytes / 2,
          "the first half of good records is taken for damage");
}

const RegisterFuzzTarget kTarget("log_file", Try);

}  // namespace
}  // namespace switchback
