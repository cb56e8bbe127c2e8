// What a command that did not do its work hands back, and the exit code that says so. The codes
// and the words for scripts are a contract: doc/cli.md lists them.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "switchback/error.h"
#include "switchback/types.h"

namespace switchback::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitDifference = 1;  // diff --exit-code only
inline constexpr int kExitUsage = 2;
inline constexpr int kExitNotFound = 3;
inline constexpr int kExitConflict = 4;
inline constexpr int kExitRefused = 5;
inline constexpr int kExitDamage = 6;
inline constexpr int kExitHeld = 7;
inline constexpr int kExitIo = 8;

// Whether what the command asked for is in the store, as far as is known.
enum class Committed : uint8_t { kNo, kPartial, kYes, kUnknown };
std::string_view CommittedName(Committed committed);

struct Failure {
  Failure(Error cause);  // NOLINT(google-explicit-constructor): every library error becomes one

  Error error;
  bool usage = false;  // the command line itself is wrong
  Committed committed = Committed::kNo;
  std::optional<Revision> last_revision;

  [[nodiscard]] int ExitCode() const;
  [[nodiscard]] std::string_view Reason() const;
};

template <typename T>
using Outcome = std::expected<T, Failure>;

// A wrong command line; the message says what to type instead.
[[nodiscard]] std::unexpected<Failure> UsageFailure(std::string message);

}  // namespace switchback::cli

// NOLINTBEGIN(bugprone-macro-parentheses): targets may be declarations.
#define SWITCHBACK_CONCAT_(a, b) a##b
#define SWITCHBACK_CONCAT(a, b) SWITCHBACK_CONCAT_(a, b)
#define SWITCHBACK_ASSIGN_(outcome, target, expression) \
  auto outcome = (expression);                          \
  if (!outcome) {                                       \
    return std::unexpected(std::move(outcome).error()); \
  }                                                     \
  target = *std::move(outcome)

// `target = value of expression`, or return its error from the function around it.
#define ASSIGN_OR_FAIL(target, expression) \
  SWITCHBACK_ASSIGN_(SWITCHBACK_CONCAT(outcome_, __LINE__), target, expression)
// Return the error of `expression`, if it has one.
#define FAIL_IF_ERROR(expression)                               \
  if (auto outcome_of_call = (expression); !outcome_of_call) {  \
    return std::unexpected(std::move(outcome_of_call).error()); \
  }
// NOLINTEND(bugprone-macro-parentheses)
