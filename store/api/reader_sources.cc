// Changes that the caller's reader hands out.
#include <fmt/format.h>

#include <utility>

#include "api/streamed_source.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

class CallerReader final : public StreamedSource {
 public:
  explicit CallerReader(ChangeReader& reader) : reader_(reader) {}

  [[nodiscard]] size_t known_size() const override { return reader_.size_hint(); }
  [[nodiscard]] bool depends_on_view() const override { return false; }
  [[nodiscard]] Result<Digest> RequestHash() override { return HashAll(); }

 private:
  Result<void> Begin(const ViewImpl* /*view*/) override {
    read_ = 0;
    previous_.clear();
    if (failed_) return std::unexpected(*failed_);
    return Kept(reader_.Rewind());
  }
  Result<std::optional<IdChange>> ReadOne() override {
    Result<std::optional<IdChange>> next = Kept(reader_.Next());
    if (!next || !*next) return next;
    if (Result<void> checked = Check((*next)->id.text()); !checked) {
      return std::unexpected(checked.error());
    }
    return next;
  }

  // An error of the reader's own ends the commit, whatever landed meanwhile.
  template <typename T>
  Result<T> Kept(Result<T> result) {
    if (!result) failed_ = result.error();
    return result;
  }

  Result<void> Check(const std::string& id) {
    if (id.empty()) {
      return Fail(ErrorCode::kInvalidArgument, "a business ID of the change was moved from");
    }
    if (++read_ > kMaxIdsPerRevision) {
      return Fail(ErrorCode::kLimitExceeded,
                  fmt::format("more than {} business IDs in one revision", kMaxIdsPerRevision));
    }
    if (id == previous_) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("business ID {} stands twice in one change", id));
    }
    if (id < previous_) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("business ID {} was read after {}: a change is read in order of IDs",
                              id, previous_));
    }
    previous_ = id;
    return {};
  }

  ChangeReader& reader_;
  size_t read_ = 0;
  std::string previous_;  // ID
  std::optional<Error> failed_;
};

}  // namespace

std::unique_ptr<ChangeSource> NewReaderSource(ChangeReader& reader) {
  return std::make_unique<CallerReader>(reader);
}

}  // namespace switchback
