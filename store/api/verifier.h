// Re-reading everything: rows decode, scripts follow on one another, digests and counts agree,
// chunks are what their addresses say, the journal's chain leads from its start to its tip.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/view_impl.h"
#include "history/origins.h"
#include "switchback/store.h"

namespace switchback {

// Damage goes into the report and the walk goes on with what is whole; only I/O errors end it.
[[nodiscard]] Result<VerifyReport> VerifyStore(const ViewImpl& view, const Origins& origins,
                                               const Progress& progress);

// As Store::Probe (prober.cc).
[[nodiscard]] Result<VerifyReport> ProbeStore(const ViewImpl& view, const Origins& origins);

// Whether the walk can go on behind it.
[[nodiscard]] inline bool IsDamage(const Error& error) {
  return error.code != ErrorCode::kIoError && error.code != ErrorCode::kUnknownOutcome;
}

// What is wrong with `row`; where bytes of a file are, the place says the rest. Errors of rows may
// name the row already.
[[nodiscard]] std::string DamageText(std::string_view row, const Error& error);

// What the parts of the walk share.
class DamageLog {
 public:
  explicit DamageLog(VerifyReport& report) : report_(report) {}
  void Add(std::string what, std::string consequence);
  // Of the row, unless the error knows the place in a file.
  void Add(const Error& error, const std::string& row, std::string consequence);
  void Add(Damage damage);

 private:
  VerifyReport& report_;
};

// Recomputes every record's leaf from the rows and follows the chain (journal_verifier.cc).
[[nodiscard]] Result<void> VerifyJournal(const ViewImpl& view, const Origins& origins,
                                         VerifyReport& report, DamageLog& damage,
                                         const Progress& progress);

}  // namespace switchback
