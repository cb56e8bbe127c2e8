#include "client/commit_body.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace switchback::client {
namespace {

std::unexpected<Error> TooLarge() {
  return Fail(ErrorCode::kLimitExceeded,
              fmt::format("the change takes more than {} MiB as one message to a service: make it "
                          "in parts, or where the store is, without the service",
                          kMaxBodyBytes >> 20));
}

}  // namespace

Result<void> ChangeBody::Add(const IdChange& change) {
  if (!is_first_) text_ += ',';
  is_first_ = false;
  const Result<std::string> text = wire::DumpExactly(wire::ToJson(change));
  if (!text) return std::unexpected(text.error());
  text_ += *text;
  if (text_.size() > kMaxBodyBytes) return TooLarge();
  return {};
}

Result<void> ChangeBody::AddAll(ChangeReader& changes) {
  if (Result<void> rewound = changes.Rewind(); !rewound) return rewound;
  std::optional<BusinessId> last;
  while (true) {
    Result<std::optional<IdChange>> next = changes.Next();
    if (!next) return std::unexpected(std::move(next.error()));
    if (!*next) return {};
    const BusinessId& id = (*next)->id;
    if (last && id <= *last) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("changes must come in rising order of IDs: '{}' comes after '{}'",
                              id.text(), last->text()));
    }
    if (Result<void> added = Add(**next); !added) return added;
    last = id;
  }
}

Result<std::string> ChangeBody::Finish(const wire::Json& rest) && {
  const Result<std::string> others = wire::DumpExactly(rest);
  if (!others) return others;
  text_ += "],";
  text_.append(*others, 1);  // it is an object that is not empty
  if (text_.size() > kMaxBodyBytes) return TooLarge();
  return std::move(text_);
}

wire::Json WithOptions(const CommitOptions& options) {
  wire::Json body = wire::Json::object();
  body["options"] = wire::ToJson(options);
  body["planned"] = WantsPlan(options);
  return body;
}

bool WantsPlan(const CommitOptions& options) {
  return options.dry_run && options.on_planned != nullptr;
}

CallKind KindOf(const CommitOptions& options) {
  if (options.dry_run) return CallKind::kReads;
  return options.request_id.empty() ? CallKind::kWritesWithoutId : CallKind::kWritesWithId;
}

Result<void> TellPlan(const ServiceCalls& calls, const wire::Json& answer,
                      const CommitOptions& options) {
  if (!WantsPlan(options)) return {};
  const auto planned = answer.find("planned");
  if (planned == answer.end() || !planned->is_array()) return {};
  for (const wire::Json& one : *planned) {
    if (!one.is_object() || !one.contains("change") || !one.contains("diff")) {
      return std::unexpected(
          calls.NotUnderstood("planned: expected a change and its diff", CallKind::kReads));
    }
    const auto change = calls.Decode<ChangedId>(*one.find("change"), "change", CallKind::kReads);
    if (!change) return std::unexpected(change.error());
    const auto diff = calls.Decode<ListDiff>(*one.find("diff"), "diff", CallKind::kReads);
    if (!diff) return std::unexpected(diff.error());
    options.on_planned(*change, *diff);
  }
  return {};
}

}  // namespace switchback::client
