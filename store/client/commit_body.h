// A change as the one message that a service takes.
#pragma once

#include <string>
#include <string_view>

#include "client/service_calls.h"
#include "switchback/change.h"
#include "switchback/options.h"

namespace switchback::client {

// What a service takes of a message, unless it says otherwise.
inline constexpr size_t kMaxBodyBytes = size_t{64} << 20;

// Collects {"ids":[...],...}, ID by ID, and refuses to grow past what a service takes.
class ChangeBody {
 public:
  // Errors: kLimitExceeded.
  [[nodiscard]] Result<void> Add(const IdChange& change);
  // Every change of `changes`. Errors: as Add; kInvalidArgument, their order; its own.
  [[nodiscard]] Result<void> AddAll(ChangeReader& changes);
  // The message: with the members of `rest` beside "ids".
  [[nodiscard]] Result<std::string> Finish(const wire::Json& rest) &&;

 private:
  std::string text_ = R"({"ids":[)";
  bool is_first_ = true;
};

// {"options":...,"planned":...} to which a call adds what it is about.
[[nodiscard]] wire::Json WithOptions(const CommitOptions& options);
// `options.on_planned` is wanted.
[[nodiscard]] bool WantsPlan(const CommitOptions& options);
// How a write with these options is to be sent.
[[nodiscard]] CallKind KindOf(const CommitOptions& options);

// Hands the "planned" of an answer to `options.on_planned`, where it was asked for.
[[nodiscard]] Result<void> TellPlan(const ServiceCalls& calls, const wire::Json& answer,
                                    const CommitOptions& options);

}  // namespace switchback::client
