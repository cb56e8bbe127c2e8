#include "api/request_hash.h"

#include "codec/bytes.h"

namespace switchback {
namespace {

void AppendEdits(const std::vector<EndpointEdit>& edits, std::string& out) {
  AppendVarint(edits.size(), out);
  std::string text;
  for (const EndpointEdit& edit : edits) {
    out += static_cast<char>(edit.kind);
    out += edit.match_value ? '\1' : '\0';
    text.clear();
    AppendEndpoint(edit.endpoint.view(), text);
    AppendLengthPrefixed(text, out);
  }
}

struct ActionAppender {
  std::string& out;
  void operator()(const Replace& replace) const {
    out += 'R';
    AppendVarint(replace.list.size(), out);
    AppendFixed64(replace.list.digest().high, out);
    AppendFixed64(replace.list.digest().low, out);
  }
  void operator()(const EditEndpoints& edit) const {
    out += edit.if_needed ? 'e' : 'E';
    AppendEdits(edit.edits, out);
  }
  void operator()(const DeleteId& removal) const {
    out += removal.removes ? 'd' : 'D';
    if (removal.removes) AppendEdits(*removal.removes, out);
  }
  void operator()(const EditSteps& edit) const {
    out += 'S';
    AppendVarint(edit.steps.size(), out);
    for (const EditStep& step : edit.steps) {
      out += step.deletes ? '\1' : '\0';
      AppendEdits(step.edits, out);
    }
  }
  void operator()(const CopyVersion& copy) const {
    out += 'C';
    AppendVarint(copy.version.value, out);
  }
};

}  // namespace

void RequestHasher::Add(const IdChange& change) {
  bytes_.clear();
  AppendLengthPrefixed(change.id.text(), bytes_);
  std::visit(ActionAppender{bytes_}, change.action);
  bytes_ += change.expect ? '\1' : '\0';
  AppendVarint(change.expect ? change.expect->value : 0, bytes_);
  hasher_.Update(bytes_);
}

Digest HashOfRequest(const Digest& changes, const CommitOptions& options) {
  std::string bytes;
  AppendFixed64(changes.high, bytes);
  AppendFixed64(changes.low, bytes);
  bytes += static_cast<char>(options.operation);
  for (const std::string* text :
       {&options.author, &options.message, &options.ticket, &options.source}) {
    AppendLengthPrefixed(*text, bytes);
  }
  return HashBytes(bytes);
}

}  // namespace switchback
