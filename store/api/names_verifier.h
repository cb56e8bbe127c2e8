// Small rows that the journal speaks of: snapshot names and request IDs. Fed with each record in
// order, it tells which names there must be, and compares at the end.
#pragma once

#include <map>
#include <string>

#include "api/verifier.h"
#include "api/view_impl.h"
#include "history/metadata.h"
#include "history/revision_row.h"
#include "history/store_row.h"

namespace switchback {

class NamesVerifier {
 public:
  NamesVerifier(const ViewImpl& view, DamageLog& damage) : view_(view), damage_(damage) {}

  // A commit. Errors: kIoError only, here and below; damage goes into the log.
  [[nodiscard]] Result<void> Committed(Revision revision, const Metadata& metadata);
  // A record that is no commit. Malformed payloads are left to the chain.
  void Said(const RecordRow& record);
  [[nodiscard]] Result<void> Finish();

 private:
  void CheckSnapshot(const std::string& name, std::string_view value);

  const ViewImpl& view_;
  DamageLog& damage_;
  // That there must be; the journal does not say to the microsecond when each was made.
  std::map<std::string, SnapshotRow> snapshots_;
};

}  // namespace switchback
