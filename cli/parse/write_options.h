// Options of commands that write: who and why, what must still hold, and how.
#pragma once

#include <boost/program_options.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/failure.h"
#include "switchback/options.h"
#include "switchback/types.h"

namespace switchback::cli {

// --expect [ID=]VERSION; without an ID it goes for the only ID of the command.
struct Expectation {
  std::optional<BusinessId> id;
  Version version;  // 0: must not exist
};

struct WriteOptions {
  std::string author;  // --author, else SWITCHBACK_AUTHOR, else user@host
  bool author_given = false;
  std::string message;
  std::string ticket;
  std::string source;
  std::vector<Expectation> expect;
  std::optional<Revision> expect_head;
  std::string request_id;
  bool dry_run = false;
  std::optional<std::string> environment;  // --environment, else SWITCHBACK_ENVIRONMENT
  // How long to wait for another process to let go of the store; absent: not at all.
  std::optional<std::chrono::milliseconds> wait;
};

// All of them, for a command that makes one revision.
void AddWriteOptions(boost::program_options::options_description& options);
// Those of them that are about the revision as a whole, but for its metadata.
void AddCommitOptions(boost::program_options::options_description& options);
// Message, author, ticket, source only.
void AddMetadataOptions(boost::program_options::options_description& options);
// What opening a store for writing takes: --environment and --wait.
void AddOpenOptions(boost::program_options::options_description& options);

// `own`: what stands before author, ticket and source in the names of their options, for a command
// that chooses revisions by these.
[[nodiscard]] Outcome<WriteOptions> ReadWriteOptions(const Context& context,
                                                     const std::string& own = "");
[[nodiscard]] std::optional<std::string> ReadEnvironment(const Context& context);
[[nodiscard]] Outcome<std::optional<std::chrono::milliseconds>> ReadWait(const Context& context);
[[nodiscard]] CommitOptions ToCommitOptions(const WriteOptions& write, Operation operation);

// The expected version of `id`; nothing if none was given.
[[nodiscard]] std::optional<Version> ExpectedVersion(const WriteOptions& write,
                                                     const BusinessId& id);
// Every expectation must be about one of `ids`, and say which where there are several.
[[nodiscard]] Outcome<void> CheckExpectations(const WriteOptions& write,
                                              const std::vector<BusinessId>& ids);
// The same of so many IDs, which `touches` knows.
[[nodiscard]] Outcome<void> CheckExpectations(
    const WriteOptions& write, size_t ids, const std::function<bool(const BusinessId&)>& touches);

}  // namespace switchback::cli
