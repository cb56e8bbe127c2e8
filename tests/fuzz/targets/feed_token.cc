// Tokens of the feed against a store of two revisions: one is taken only if it is the one that the
// store itself gives.
#include "history/feed_token.h"

#include "fuzz/fuzz_target.h"
#include "history/row_keys.h"
#include "history/row_samples.h"

namespace switchback {
namespace {

constexpr std::string_view kUuid = "123e4567-e89b-42d3-a456-426614174000";

class SmallStore {
 public:
  SmallStore() : engine_(NewMemoryEngine()) {
    WriteBatch batch;
    std::string origin;
    EncodeOrigin(SampleOrigin(), origin);
    batch.Put(Space::kState, OriginKey(1), origin);
    for (uint64_t revision = 1; revision <= kRevisions; ++revision) {
      RecordRow record;
      record.kind = RecordKind::kManyIds;
      record.ids = SampleTouchedIds();
      record.id_count = record.ids.size();
      record.metadata = SampleMetadata(0);
      record.metadata.origin = 1;
      record.metadata.time.micros += static_cast<int64_t>(revision);
      std::string row;
      EncodeRecordRow(record, row);
      batch.Put(Space::kHistory, RecordKey(Revision{revision}, 0), row);
    }
    Require(engine_->Write(batch, /*sync=*/false).has_value(), "the store can't be written");
    view_ = *engine_->NewView();
    Require(origins_.Load(*view_, 1).has_value(), "the origins can't be read");
  }

  void Try(std::string_view token) const {
    const Rows rows(*view_, origins_, Revision{kRevisions});
    const Result<Revision> revision = CheckFeedToken(rows, origins_, kUuid, token);
    if (revision) {
      const Result<std::string> own = FormatFeedToken(rows, origins_, kUuid, *revision);
      return Require(own && *own == token, "a token is taken that the store does not give");
    }
    const ErrorCode code = revision.error().code;
    Require(code == ErrorCode::kInvalidArgument || code == ErrorCode::kConflict,
            "a token is refused with another code: " + revision.error().message);
  }

 private:
  static constexpr uint64_t kRevisions = 2;

  std::unique_ptr<Engine> engine_;
  std::unique_ptr<EngineView> view_;
  Origins origins_;
};

void Try(std::string_view bytes) {
  static const SmallStore store;
  store.Try(bytes);
}

const RegisterFuzzTarget kTarget("feed_token", Try);

}  // namespace
}  // namespace switchback
