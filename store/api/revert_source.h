// The changes that take the net effect of chosen revisions back, made as a commit asks for them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "api/streamed_source.h"
#include "switchback/provenance.h"

namespace switchback {

// With conflicts, unless they are skipped, it ends in kConflict naming all of them.
class RevertSource final : public StreamedSource {
 public:
  RevertSource(RevisionChoice choice, bool skip_conflicts);

  [[nodiscard]] size_t known_size() const override { return 0; }
  [[nodiscard]] bool depends_on_view() const override { return true; }
  [[nodiscard]] Result<Digest> RequestHash() override;

  // After a pass to the end: what was left as it is.
  [[nodiscard]] std::vector<RevertConflict> TakeConflicts() { return std::move(conflicts_); }

 private:
  [[nodiscard]] Result<void> Begin(const ViewImpl* view) override;
  [[nodiscard]] Result<std::optional<IdChange>> ReadOne() override;
  [[nodiscard]] Error AllConflicts() const;

  const RevisionChoice choice_;
  const bool skip_conflicts_;
  const ViewImpl* view_ = nullptr;
  std::unique_ptr<Cursor<NetChange>> net_changes_;
  std::vector<RevertConflict> conflicts_;
};

}  // namespace switchback
