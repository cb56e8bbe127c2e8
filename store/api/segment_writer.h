// Before versions go: the segments of the journal that will run over their commits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/view_impl.h"
#include "history/journal_segment.h"
#include "history/origins.h"

namespace switchback {

class SegmentWriter {
 public:
  // All borrowed. `gone`: by revision, whether its changes can't be made any more once the prune is
  // done. `took_step`: called for each commit.
  SegmentWriter(Engine& engine, const ViewImpl& view, const Origins& origins,
                const std::vector<bool>& gone, std::function<void()> took_step)
      : engine_(engine),
        view_(view),
        origins_(origins),
        gone_(gone),
        took_step_(std::move(took_step)),
        content_(view.rows(), nullptr, ChunkCheck::kForm) {}

  // Writes the rows of a generation that is not in force yet, and moves the metadata of these
  // commits from versions into their own rows; neither changes an answer. Cost: the journal's
  // records up to the last of these, hashed anew but where an earlier prune's segments stand.
  // Errors: kDataLoss.
  [[nodiscard]] Result<void> Write();
  [[nodiscard]] uint64_t generation() const { return generation_; }
  [[nodiscard]] Sha256 hash() { return all_.Finish(); }  // of all segments; to be called once

 private:
  // The segment under way, as of its last commit, and what was said since.
  struct Open {
    JournalSegment segment;
    SegmentSummary summary;
    std::vector<Sha256> said;
  };

  [[nodiscard]] Result<void> Take(const RecordKeyParts& at, std::string_view value);
  [[nodiscard]] Result<void> TakeCommit(const RecordKeyParts& at, RecordRow& record);
  [[nodiscard]] Result<void> MoveMetadata(Revision revision, RecordRow& record);
  [[nodiscard]] Result<void> Follow(const RecordKeyParts& at, const RecordRow& record);
  [[nodiscard]] Result<void> LoadOld();
  void Close();
  [[nodiscard]] Result<void> FlushAt(size_t bytes);
  [[nodiscard]] bool IsGone(Revision revision) const;

  Engine& engine_;
  const ViewImpl& view_;
  const Origins& origins_;
  const std::vector<bool>& gone_;
  const std::function<void()> took_step_;
  const ContentReader content_;
  uint64_t generation_ = 0;
  std::optional<JournalSegments> old_segments_;
  std::optional<JournalSegment> old_;  // the one under way, or the next
  Sha256 chain_{};
  std::optional<Open> open_;
  SegmentsHasher all_;
  WriteBatch batch_;
};

}  // namespace switchback
