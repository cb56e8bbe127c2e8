#include "cli/completion/candidates.h"

#include <fmt/format.h>

#include <utility>

#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

// From a hundred on, bash and zsh ask before they list.
constexpr size_t kMaxIds = 100;
// The newest ones: who wants an older one knows its number, or its time.
constexpr size_t kMaxNumbers = 20;
// So many rows are looked at for numbers that start as typed.
constexpr size_t kMaxLooks = 200;
constexpr size_t kMessageColumns = 40;

std::string About(const RevisionInfo& info, const std::string& delta, const Clock& clock) {
  const std::string message =
      info.message.empty() ? "" : "  " + Clip(OneLine(info.message), kMessageColumns);
  return fmt::format("{}  {}  {}{}", LocalTime(info.time, clock), OneLine(info.author), delta,
                     message);
}

}  // namespace

const Reading* StoreCandidates::Open() {
  if (!std::exchange(tried_, true)) {
    if (auto opened = StartReading(context_)) reading_ = std::move(*opened);
  }
  return reading_ ? &*reading_ : nullptr;
}

void StoreCandidates::Add(std::string_view before, std::string_view typed, const std::string& text,
                          std::string about) {
  if (!text.starts_with(typed)) return;
  out_.push_back({std::string(before) + text, std::move(about)});
}

void StoreCandidates::AddIds(std::string_view typed, std::string_view suffix) {
  const Reading* const reading = Open();
  if (reading == nullptr) return;
  const auto add = [&](const TableEntry& entry) {
    out_.push_back({entry.id.text() + std::string(suffix), ""});
  };
  const auto first = reading->view->Table({}, {.prefix = std::string(typed)});
  if (!first) return;
  for (size_t count = 1; count < kMaxIds; ++count) {
    const auto entry = (*first)->Next();
    if (!entry || !*entry) return;
    add(**entry);
  }
  const auto last = reading->view->Table({}, {.prefix = std::string(typed), .backward = true});
  if (!last) return;
  const auto entry = (*last)->Next();
  if (entry && *entry && (*entry)->id.text() + std::string(suffix) != out_.back().text)
    add(**entry);
}

void StoreCandidates::AddAddresses(std::string_view typed) {
  const size_t at = typed.find('@');
  const auto id = BusinessId::Parse(typed.substr(0, at));
  const Reading* const reading = id ? Open() : nullptr;
  if (reading == nullptr) return;
  const std::string_view before = typed.substr(0, at + 1);
  const std::string_view selector = typed.substr(at + 1);
  Add(before, selector, "head", "the newest version");
  const auto history = reading->view->History(*id);
  if (!history) return;
  size_t added = 0;
  for (size_t looked = 0; looked < kMaxLooks && added < kMaxNumbers; ++looked) {
    const auto info = (*history)->Next();
    if (!info || !*info) break;
    const std::string delta = Delta((*info)->added, (*info)->removed, (*info)->changed);
    const std::string about = About((*info)->commit, delta, context_.clock);
    const size_t size = out_.size();
    Add(before, selector, fmt::to_string((*info)->version.value), about);
    // Two names for one version: this one only for who asks for it.
    if (selector.starts_with('r')) {
      Add(before, selector, fmt::format("r{}", (*info)->commit.revision.value), about);
    }
    added += out_.size() - size;
  }
  AddSnapshots(selector, before);
}

void StoreCandidates::AddSelectors(std::string_view typed) {
  Add("", typed, "head", "the newest revision");
  AddSnapshots(typed);
  AddRevisions(typed);
}

void StoreCandidates::AddRevisions(std::string_view typed) {
  const Reading* const reading = Open();
  if (reading == nullptr) return;
  const auto log = reading->view->Log();
  if (!log) return;
  size_t added = 0;
  for (size_t looked = 0; looked < kMaxLooks && added < kMaxNumbers; ++looked) {
    const auto info = (*log)->Next();
    if (!info || !*info) return;
    const std::string delta = Delta((*info)->added, (*info)->removed, (*info)->changed);
    const size_t size = out_.size();
    Add("", typed, fmt::format("r{}", (*info)->revision.value),
        About(**info, delta, context_.clock));
    added += out_.size() - size;
  }
}

void StoreCandidates::AddSnapshots(std::string_view typed, std::string_view before) {
  const Reading* const reading = Open();
  if (reading == nullptr) return;
  const auto snapshots = reading->store->ListSnapshots();
  if (!snapshots) return;
  for (const SnapshotInfo& info : *snapshots) {
    // The shell gets it as it is: what no snapshot can be called comes from damaged bytes.
    if (!CheckSnapshotName(info.name)) continue;
    Add(before, typed, info.name,
        fmt::format("r{}  {}", info.revision.value, Clip(OneLine(info.message), kMessageColumns)));
  }
}

}  // namespace switchback::cli
