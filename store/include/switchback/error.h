// What every fallible call returns: a value, or an Error that names the thing, what was expected,
// what was found and what to do.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchback {

// A closed list; the program maps each to an exit code and a `reason` word (doc/cli.md).
// "Retry" says whether the same call can succeed later without changing its arguments.
enum class ErrorCode : uint8_t {
  kInvalidArgument,   // malformed input or a call that makes no sense; never retry
  kLimitExceeded,     // past a documented limit (limits.h); never retry
  kNotFound,          // unknown ID, version, revision, name or store
  kPruned,            // existed, but was dropped by a prune
  kAlreadyExists,     // a store or name is there already
  kConflict,          // an expectation did not hold: read again, decide, then retry
  kWrongEnvironment,  // the store belongs to another environment than the caller named
  kRefused,           // a guard or permission says no
  kDataLoss,          // stored bytes are missing or fail their check; run verify
  kHeld,              // another process holds the store for writing; retry later
  kIoError,           // the file system failed; nothing was committed by this call
  kUnknownOutcome,    // a sync failed: the commit may or may not be there; ask by request ID
};

// The word for a code in JSON errors, such as "not_found". Static storage.
std::string_view ErrorCodeName(ErrorCode code);
// What the program exits with, and a service names beside the word: 2 to 8 (doc/cli.md).
[[nodiscard]] int ExitCode(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInvalidArgument;
  std::string message;
  // Where one call finds several faults (bad lines, conflicts): the first 20, one text each; of the
  // conflicts of a revert all.
  std::vector<std::string> items;
  // How many there were in all; 0 where `items` does not apply.
  uint64_t item_count = 0;
  // kDataLoss: the bytes that fail their check, where the engine can tell: "000012.sst at byte 4096
  // (8115 bytes)", the file being one of the store's folder.
  std::string where = {};
};

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(message), {}, 0});
}

}  // namespace switchback
