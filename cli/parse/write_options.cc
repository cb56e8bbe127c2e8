#include "cli/parse/write_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <unordered_set>

#include "cli/identity.h"
#include "cli/output/text_format.h"
#include "cli/parse/duration.h"
#include "cli/parse/environment.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

std::optional<uint64_t> ParseWhole(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Outcome<Expectation> ParseExpectation(const std::string& text) {
  Expectation expectation;
  std::string_view number = text;
  if (const size_t equals = text.find('='); equals != std::string::npos) {
    ASSIGN_OR_FAIL(expectation.id, BusinessId::Parse(text.substr(0, equals)));
    number.remove_prefix(equals + 1);
  }
  const auto version = ParseWhole(number);
  if (!version) {
    return UsageFailure(fmt::format(
        "--expect takes [ID=]VERSION with a version number such as 41 (0: must not exist), not "
        "'{}'",
        text));
  }
  expectation.version = Version{*version};
  return expectation;
}

Outcome<Revision> ParseExpectedHead(const std::string& text) {
  const auto revision =
      text.starts_with('r') ? ParseWhole(std::string_view(text).substr(1)) : std::nullopt;
  if (!revision) {
    return UsageFailure(fmt::format("--expect-head takes a revision such as r57, not '{}'", text));
  }
  return Revision{*revision};
}

// JSON output and export could not give back what is no UTF-8.
Outcome<std::string> ReadText(const Context& context, const std::string& option) {
  std::string text = context.Text(option).value_or("");
  if (!IsUtf8(text)) return UsageFailure(fmt::format("--{} is not valid UTF-8", option));
  return text;
}

}  // namespace

void AddMetadataOptions(po::options_description& options) {
  auto add = options.add_options();
  add("message,m", po::value<std::string>()->value_name("TEXT"), "why");
  add("author", po::value<std::string>()->value_name("NAME"),
      "who (default: SWITCHBACK_AUTHOR, else user@host)");
  add("ticket", po::value<std::string>()->value_name("TEXT"), "the ticket it belongs to");
  add("source", po::value<std::string>()->value_name("TEXT"), "the tool it comes from");
}

void AddOpenOptions(po::options_description& options) {
  auto add = options.add_options();
  add("environment", po::value<std::string>()->value_name("NAME"),
      "refuse unless it is the store's (default: SWITCHBACK_ENVIRONMENT)");
  add("wait", po::value<std::string>()->value_name("DURATION"),
      "while another process writes, wait so long for it (500ms, 10s, 2m)");
}

void AddWriteOptions(po::options_description& options) {
  AddMetadataOptions(options);
  options.add_options()("expect", po::value<std::vector<std::string>>()->value_name("[ID=]VERSION"),
                        "only if the newest version is this one; 0: must not exist; repeatable");
  AddCommitOptions(options);
}

void AddCommitOptions(po::options_description& options) {
  auto add = options.add_options();
  add("expect-head", po::value<std::string>()->value_name("rN"),
      "only if this is the newest revision");
  add("request-id", po::value<std::string>()->value_name("KEY"),
      "a repeat with the same key returns the first result");
  add("dry-run", po::bool_switch(), "print the diff, write nothing, take no lock");
  AddOpenOptions(options);
}

std::optional<std::string> ReadEnvironment(const Context& context) {
  if (auto given = context.Text("environment")) return given;
  return FromEnvironment("SWITCHBACK_ENVIRONMENT");
}

Outcome<std::optional<std::chrono::milliseconds>> ReadWait(const Context& context) {
  const auto text = context.Text("wait");
  if (!text) return std::nullopt;
  return ParseDuration("--wait", *text);
}

Outcome<WriteOptions> ReadWriteOptions(const Context& context, const std::string& own) {
  WriteOptions write;
  ASSIGN_OR_FAIL(write.author, ReadText(context, own + "author"));
  write.author_given = context.Has(own + "author");
  if (!write.author_given) {
    write.author = FromEnvironment("SWITCHBACK_AUTHOR").value_or(UserAtHost());
  }
  ASSIGN_OR_FAIL(write.message, ReadText(context, "message"));
  ASSIGN_OR_FAIL(write.ticket, ReadText(context, own + "ticket"));
  ASSIGN_OR_FAIL(write.source, ReadText(context, own + "source"));
  ASSIGN_OR_FAIL(write.request_id, ReadText(context, "request-id"));
  for (const std::string& text : context.Texts("expect")) {
    ASSIGN_OR_FAIL(Expectation expectation, ParseExpectation(text));
    write.expect.push_back(std::move(expectation));
  }
  if (const auto head = context.Text("expect-head")) {
    ASSIGN_OR_FAIL(write.expect_head, ParseExpectedHead(*head));
  }
  write.dry_run = context.Flag("dry-run");
  write.environment = ReadEnvironment(context);
  ASSIGN_OR_FAIL(write.wait, ReadWait(context));
  return write;
}

CommitOptions ToCommitOptions(const WriteOptions& write, Operation operation) {
  CommitOptions options;
  options.operation = operation;
  options.author = write.author;
  options.message = write.message;
  options.ticket = write.ticket;
  options.source = write.source;
  options.request_id = write.request_id;
  options.expect_head = write.expect_head;
  options.dry_run = write.dry_run;
  return options;
}

std::optional<Version> ExpectedVersion(const WriteOptions& write, const BusinessId& id) {
  for (const Expectation& expectation : write.expect) {
    if (!expectation.id || *expectation.id == id) return expectation.version;
  }
  return std::nullopt;
}

Outcome<void> CheckExpectations(const WriteOptions& write, const std::vector<BusinessId>& ids) {
  return CheckExpectations(write, ids.size(), [&ids](const BusinessId& id) {
    return std::ranges::find(ids, id) != ids.end();
  });
}

Outcome<void> CheckExpectations(const WriteOptions& write, size_t ids,
                                const std::function<bool(const BusinessId&)>& touches) {
  std::unordered_set<std::string> seen;
  for (const Expectation& expectation : write.expect) {
    if (!expectation.id && ids > 1) {
      return UsageFailure(
          fmt::format("--expect {} does not say for which of the {} IDs; write --expect ID=VERSION",
                      expectation.version.value, ids));
    }
    if (expectation.id && !touches(*expectation.id)) {
      return UsageFailure(fmt::format("--expect names {}, which this command does not touch",
                                      expectation.id->text()));
    }
    // Of a single ID, with its name or without.
    if (!seen.insert(ids > 1 ? expectation.id->text() : "").second) {
      return UsageFailure("--expect is given twice" +
                          (expectation.id ? " for " + expectation.id->text() : ""));
    }
  }
  return {};
}

}  // namespace switchback::cli
