#include "cli/output/log_printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cli/output/json_writer.h"
#include "cli/output/revision_text.h"
#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

// What an author may take of a row of 80 columns.
constexpr size_t kAuthorWidth = 16;

Cell AuthorCell(const std::string& author) {
  return {Clip(OneLine(author), kAuthorWidth)};
}

// What the other columns can't say goes before the message.
std::string MessageText(const RevisionInfo& commit, std::string_view remark, const Clock& clock) {
  std::string text;
  if (!remark.empty()) text += fmt::format("[{}] ", remark);
  if (commit.effective_time != commit.time) {
    text += fmt::format("[in effect {}] ", LocalTime(commit.effective_time, clock));
  }
  text += OneLine(commit.message);
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string VersionRemark(const VersionInfo& info) {
  if (info.deleted) return "deleted";
  if (info.same_as) return fmt::format("as @{}", info.same_as->value);
  return "";
}

// What changed, with a mark on the loss of most of a list.
Cell DeltaCell(uint64_t added, uint64_t removed, uint64_t changed, bool big_loss) {
  std::string text = Delta(added, removed, changed);
  if (!big_loss) return {std::move(text)};
  return {text + " !", Ink::kRed};
}

// `count` as a bar of kBarWidth columns for `longest`, in eighths of a column.
std::string Bar(uint64_t count, uint64_t longest) {
  constexpr uint64_t kBarWidth = 8;
  constexpr uint64_t kEighths = 8;
  static constexpr std::array<std::string_view, kEighths> kPart = {"",  "▏", "▎", "▍",
                                                                   "▌", "▋", "▊", "▉"};
  if (count == 0) return "";
  // What is there at all is seen.
  const uint64_t length = std::max<uint64_t>(kBarWidth * kEighths * count / longest, 1);
  std::string bar;
  for (uint64_t i = 0; i < length / kEighths; ++i) bar += "█";
  return bar.append(kPart[length % kEighths]);
}

}  // namespace

bool IsBigLossOf(const VersionInfo& info) {
  return IsBigLoss(info.count + info.removed - info.added, info.removed, info.count);
}

IdLogPrinter::IdLogPrinter(Context& context)
    : context_(context),
      table_({Align::kRight, Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight,
              Align::kLeft, Align::kLeft},
             context.terminal, context.out) {}

void IdLogPrinter::Add(const VersionInfo& info) {
  if (!context_.json()) {
    block_.push_back(info);
    if (block_.size() == kBlockRows) Finish();
    return;
  }
  JsonWriter json(context_.out.buffer());
  json.BeginObject().Field("id", info.id.text()).Field("version", info.version.value);
  json.Field("revision", info.commit.revision.value);
  WriteCommitFields(info.commit, json);
  json.Field("count", info.count).Field("added", info.added);
  json.Field("removed", info.removed).Field("changed", info.changed);
  json.Flag("deleted", info.deleted).Key("same_as");
  if (info.same_as) {
    json.Number(info.same_as->value);
  } else {
    json.Null();
  }
  json.EndObject().EndLine();
}

void IdLogPrinter::AddPruned(Version first, Version last) {
  if (context_.json()) return;
  Finish();
  context_.out.Append(first == last
                          ? fmt::format("(@{} was pruned)\n", first.value)
                          : fmt::format("(@{} to @{} were pruned)\n", first.value, last.value));
}

void IdLogPrinter::Finish() {
  for (const VersionInfo& info : block_) longest_ = std::max(longest_, info.count);
  for (const VersionInfo& info : block_) AddRow(info);
  block_.clear();
  table_.Flush();
}

void IdLogPrinter::AddRow(const VersionInfo& info) {
  const bool loss = IsBigLossOf(info);
  table_.Add({{fmt::format("@{}", info.version.value), Ink::kBold},
              {fmt::format("r{}", info.commit.revision.value)},
              {LocalTime(info.commit.time, context_.clock)},
              AuthorCell(info.commit.author),
              DeltaCell(info.added, info.removed, info.changed, loss),
              {"= " + Grouped(info.count)},
              {Bar(info.count, longest_), loss ? Ink::kRed : Ink::kDim},
              {MessageText(info.commit, VersionRemark(info), context_.clock)}});
}

TableLogPrinter::TableLogPrinter(Context& context)
    : context_(context),
      table_({Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft},
             context.terminal, context.out) {}

void TableLogPrinter::AddJson(const RevisionInfo& info) {
  JsonWriter json(context_.out.buffer());
  json.BeginObject().Field("revision", info.revision.value);
  WriteCommitFields(info, json);
  json.Field("ids", info.id_count).Field("added", info.added);
  json.Field("removed", info.removed).Field("changed", info.changed).EndObject().EndLine();
}

void TableLogPrinter::Add(const RevisionInfo& info, const std::optional<VersionInfo>& only) {
  if (!only) return AddMany(info, /*big_loss=*/false);
  AddRow(info, Clip(only->id.text(), 20), IsBigLossOf(*only), VersionRemark(*only));
}

void TableLogPrinter::AddMany(const RevisionInfo& info, bool big_loss) {
  AddRow(info, Counted(info.id_count, "ID"), big_loss, "");
}

void TableLogPrinter::AddRow(const RevisionInfo& info, std::string what, bool big_loss,
                             std::string_view remark) {
  table_.Add({{fmt::format("r{}", info.revision.value), Ink::kBold},
              {LocalTime(info.time, context_.clock)},
              AuthorCell(info.author),
              {std::move(what)},
              DeltaCell(info.added, info.removed, info.changed, big_loss),
              {MessageText(info, remark, context_.clock)}});
}

}  // namespace switchback::cli
