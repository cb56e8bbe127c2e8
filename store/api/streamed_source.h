// Changes that are made, or read, as they are asked for: only those that were looked at ahead are
// in memory.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "api/change_source.h"

namespace switchback {

class StreamedSource : public ChangeSource {
 public:
  [[nodiscard]] Result<void> Start(const ViewImpl& view) final;
  [[nodiscard]] Result<const IdChange*> Next() final;
  [[nodiscard]] Result<std::span<const IdChange* const>> Ahead(size_t limit) final;

 protected:
  // To the first change; `view` is null for hashing what does not depend on it.
  [[nodiscard]] virtual Result<void> Begin(const ViewImpl* view) = 0;
  // The next one, nothing at the end; not called again after that.
  [[nodiscard]] virtual Result<std::optional<IdChange>> ReadOne() = 0;

  // REQUIRES: !depends_on_view().
  [[nodiscard]] Result<Digest> HashAll();

 private:
  void Forget();
  [[nodiscard]] Result<void> ReadSome(size_t limit);

  std::vector<IdChange> changes_;
  std::vector<const IdChange*> ahead_;  // pointers to them
  size_t at_ = 0;                       // the next one to hand out
  bool ended_ = false;
};

}  // namespace switchback
