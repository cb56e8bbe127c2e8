// The versions of one ID from the oldest up, with the list carried along. Behind damage the walk
// goes on: which versions can't be read is known exactly, and told with it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/verifier.h"
#include "history/content.h"
#include "history/full_list.h"
#include "history/row_keys.h"
#include "list/script.h"

namespace switchback {

class IdVerifier {
 public:
  IdVerifier(const ViewImpl& view, BusinessId id, VerifyReport& report, DamageLog& damage)
      : view_(view),
        id_(std::move(id)),
        report_(report),
        damage_(damage),
        content_(view.rows(), nullptr, ChunkCheck::kDigest),
        chunks_(view.engine_view()) {}

  // `current`: null where nobody can say what is. Errors: kIoError; damage goes into the log.
  [[nodiscard]] Result<void> Run(const CurrentVersion* current);

 private:
  // What scripts are applied to.
  enum class Base : uint8_t {
    kKnown,    // `list_`
    kGone,     // the version before was dropped
    kAwaited,  // likewise, and the checkpoint of a script must come next
    kLost,     // the version before can't be read
  };

  [[nodiscard]] Result<void> CheckRow(std::string_view key, std::string_view value);
  [[nodiscard]] Result<void> CheckVersion(Version version, std::string_view value);
  void CheckOrder(const VersionRow& row);
  [[nodiscard]] Result<void> Follow(const VersionRow& row);
  [[nodiscard]] Result<void> FollowScript(const VersionRow& row);
  [[nodiscard]] Result<void> PassOver(const VersionRow& row);
  [[nodiscard]] Result<void> CheckCheckpoint(std::string_view value);
  [[nodiscard]] Result<void> CheckHead(const CurrentVersion& current);
  [[nodiscard]] Result<void> TellOfHeadRow();
  // What stands between the last row and this one must be there.
  [[nodiscard]] Result<void> MissUpTo(Version next, const std::optional<Error>& gap);
  void EndAwaiting();
  [[nodiscard]] Result<void> Settle();
  [[nodiscard]] Result<Version> FirstUnreadable() const;
  [[nodiscard]] Result<void> TakeFull(const Result<ListBase>& base, uint64_t count);
  void Take(Version version, std::shared_ptr<const EndpointList> list);
  [[nodiscard]] Result<void> CheckBaseDigest() const;

  // The list of `first` to `last` can't be read, and scripts lead nowhere until one can be.
  void Lose(Version first, Version last, const Error& error);
  void Report(Damage damage);
  void ReportLost();
  void ReportUnused(const Error& error);
  [[nodiscard]] std::string RowName() const { return "version row " + VersionName(id_, at_); }

  const ViewImpl& view_;
  const BusinessId id_;
  VerifyReport& report_;
  DamageLog& damage_;
  const ContentReader content_;  // without the cache: what is on disk counts
  const EngineChunkReader chunks_;

  std::optional<Version> newest_;
  bool newest_has_list_ = false;  // in the head row
  bool above_head_ = false;       // told of
  Version at_;                    // the row under way, or the last one
  Version settled_;               // what `list_` is of
  Version folded_;                // the last one in `folder_`
  std::optional<Error> gap_;      // rows behind at_ that can't be read
  Version first_kept_{1};
  Base base_ = Base::kKnown;
  Digest base_digest_;  // of the list behind the last run that was dropped
  Revision revision_;
  uint64_t count_ = 0;
  bool row_whole_ = false;  // that of at_, by which its checkpoint is read
  std::shared_ptr<const EndpointList> list_ = std::make_shared<const EndpointList>();
  ScriptFolder folder_;
  std::optional<Damage> lost_;  // being made: more versions may come to it
};

}  // namespace switchback
