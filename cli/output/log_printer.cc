#include "cli/output/log_printer.h"

#include <fmt/format.h>

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

bool IsBigLossOf(const VersionInfo& info) {
  return IsBigLoss(info.count + info.removed - info.added, info.removed, info.count);
}

}  // namespace

IdLogPrinter::IdLogPrinter(Context& context)
    : context_(context),
      table_({Align::kRight, Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight,
              Align::kLeft},
             context.terminal, context.out) {}

void IdLogPrinter::Add(const VersionInfo& info) {
  if (context_.json()) {
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
    return;
  }
  table_.Add({{fmt::format("@{}", info.version.value), Ink::kBold},
              {fmt::format("r{}", info.commit.revision.value)},
              {LocalTime(info.commit.time, context_.clock)},
              AuthorCell(info.commit.author),
              DeltaCell(info.added, info.removed, info.changed, IsBigLossOf(info)),
              {"= " + Grouped(info.count)},
              {MessageText(info.commit, VersionRemark(info), context_.clock)}});
}

TableLogPrinter::TableLogPrinter(Context& context)
    : context_(context),
      table_({Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft},
             context.terminal, context.out) {}

void TableLogPrinter::Add(const RevisionInfo& info, const std::optional<VersionInfo>& only) {
  if (context_.json()) {
    JsonWriter json(context_.out.buffer());
    json.BeginObject().Field("revision", info.revision.value);
    WriteCommitFields(info, json);
    json.Field("ids", info.id_count).Field("added", info.added);
    json.Field("removed", info.removed).Field("changed", info.changed).EndObject().EndLine();
    return;
  }
  table_.Add({{fmt::format("r{}", info.revision.value), Ink::kBold},
              {LocalTime(info.time, context_.clock)},
              AuthorCell(info.author),
              {only ? Clip(only->id.text(), 20) : Counted(info.id_count, "ID")},
              DeltaCell(info.added, info.removed, info.changed, only && IsBigLossOf(*only)),
              {MessageText(info, only ? VersionRemark(*only) : "", context_.clock)}});
}

}  // namespace switchback::cli
