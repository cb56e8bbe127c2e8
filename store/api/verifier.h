// Re-reading everything: rows decode, scripts follow on one another, digests and counts agree,
// chunks are what their addresses say, the journal's chain leads from its start to its tip.
#pragma once

#include <cstdint>
#include <string>

#include "api/view_impl.h"
#include "history/origins.h"
#include "switchback/store.h"

namespace switchback {

// Damage goes into the report and the walk goes on with what is whole; only I/O errors end it.
[[nodiscard]] Result<VerifyReport> VerifyStore(const ViewImpl& view, const Origins& origins,
                                               const Progress& progress);

// What the parts of the walk share.
class DamageLog {
 public:
  explicit DamageLog(VerifyReport& report) : report_(report) {}
  void Add(std::string what, std::string consequence);
  void Add(const BusinessId& id, Version version, std::string what);

 private:
  void Keep(Damage damage);
  VerifyReport& report_;
};

// Recomputes every record's leaf from the rows and follows the chain (journal_verifier.cc).
[[nodiscard]] Result<void> VerifyJournal(const ViewImpl& view, const Origins& origins,
                                         VerifyReport& report, DamageLog& damage,
                                         const Progress& progress);

}  // namespace switchback
