// Version addresses: parsing and printing.
#include "switchback/selector.h"

#include <fmt/format.h>

#include <algorithm>

#include "types/ascii.h"
#include "types/excerpt.h"
#include "types/selector_shape.h"

namespace switchback {
namespace {

constexpr uint64_t kMaxNumber = uint64_t{1} << 63;
constexpr size_t kMaxSnapshotNameBytes = 64;
constexpr std::string_view kHead = "head";

std::unexpected<Error> BadSelector(std::string_view text) {
  return Fail(
      ErrorCode::kInvalidArgument,
      fmt::format("selector '{}' is malformed: expected head, head~N, N, rN, rN^, a time "
                  "(RFC 3339, HH:MM[:SS], or an age such as 15m, 2h, 3d) or a snapshot name "
                  "([A-Za-z0-9._-], 1 to {} bytes); numbers have no leading zeros and are "
                  "at most 2^63",
                  Excerpt(text), kMaxSnapshotNameBytes));
}

bool IsSnapshotNameByte(char c) {
  return IsLetter(c) || IsDigit(c) || c == '.' || c == '_' || c == '-';
}

bool IsSnapshotNameText(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSnapshotNameBytes &&
         std::ranges::all_of(text, IsSnapshotNameByte);
}

bool LooksLikeRevision(std::string_view text) {
  if (text.ends_with('^')) text.remove_suffix(1);
  return text.starts_with('r') && IsAllDigits(text.substr(1));
}

// REQUIRES: LooksLikeRevision(text).
std::optional<RevisionSelector> ReadRevision(std::string_view text) {
  const bool before = text.ends_with('^');
  if (before) text.remove_suffix(1);
  const auto number = ParseNumber(text.substr(1), kMaxNumber);
  if (!number.has_value()) return std::nullopt;
  return RevisionSelector{Revision{*number}, before};
}

struct SelectorFormatter {
  const Clock& clock;

  std::string operator()(const HeadSelector& head) const {
    return head.back == 0 ? std::string(kHead) : fmt::format("{}~{}", kHead, head.back);
  }
  std::string operator()(Version version) const { return fmt::format("{}", version.value); }
  std::string operator()(const RevisionSelector& selector) const {
    return fmt::format("r{}{}", selector.revision.value, selector.before ? "^" : "");
  }
  std::string operator()(const TimeSelector& selector) const {
    return FormatTime(selector.time, clock.utc_offset_seconds(selector.time));
  }
  std::string operator()(const NameSelector& selector) const { return selector.name; }
};

}  // namespace

Result<Selector> ParseSelector(std::string_view text, const Clock& clock) {
  if (text == kHead) return HeadSelector{};
  if (text.starts_with("head~")) {
    const auto back = ParseNumber(text.substr(std::string_view("head~").size()), kMaxNumber);
    if (back.has_value()) return HeadSelector{*back};
    return BadSelector(text);
  }
  if (IsAllDigits(text)) {
    const auto number = ParseNumber(text, kMaxNumber);
    if (number.has_value()) return Version{*number};
    return BadSelector(text);
  }
  if (LooksLikeRevision(text)) {
    const auto revision = ReadRevision(text);
    if (revision.has_value()) return *revision;
    return BadSelector(text);
  }
  if (LooksLikeTime(text)) {
    auto time = ParseTimeSelector(text, clock);
    if (!time.has_value()) return std::unexpected(std::move(time.error()));
    return TimeSelector{*time};
  }
  if (IsSnapshotNameText(text)) return NameSelector{std::string(text)};
  return BadSelector(text);
}

Result<void> CheckSnapshotName(std::string_view name) {
  if (!IsSnapshotNameText(name)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("snapshot name '{}': expected 1 to {} bytes of [A-Za-z0-9._-]",
                            Excerpt(name), kMaxSnapshotNameBytes));
  }
  if (name == kHead || IsAllDigits(name) || LooksLikeRevision(name) || LooksLikeTime(name)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("snapshot name '{}' reads as another selector (head, N, rN or an age): "
                            "choose another name",
                            Excerpt(name)));
  }
  return {};
}

Result<VersionAddress> ParseVersionAddress(std::string_view text, const Clock& clock) {
  const size_t at = text.find('@');
  auto id = BusinessId::Parse(text.substr(0, at));
  if (!id.has_value()) return std::unexpected(std::move(id.error()));
  VersionAddress address{*std::move(id), std::nullopt};
  if (at == std::string_view::npos) return address;
  auto selector = ParseSelector(text.substr(at + 1), clock);
  if (!selector.has_value()) return std::unexpected(std::move(selector.error()));
  address.selector = *std::move(selector);
  return address;
}

std::string FormatSelector(const Selector& selector, const Clock& clock) {
  return std::visit(SelectorFormatter{clock}, selector);
}

}  // namespace switchback
