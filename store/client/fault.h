// Why a connection did not do what it was asked, before that becomes an Error: whether to try again
// and what a broken write means is decided further up (service_calls.h).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace switchback::client {

enum class FaultKind : uint8_t {
  kNobody,       // no such socket, or it refuses connections
  kRefused,      // who we are, or who they are, is not accepted
  kUnreachable,  // any other reason why there is no connection
  kTimedOut,     // nothing for as long as was allowed
  kCut,          // the connection broke
  kMalformed,    // what came is no HTTP, or none that is spoken here
  kTooLarge,     // more than was asked for
  kInterrupted,  // by Interrupt::Raise
};

struct Fault {
  FaultKind kind = FaultKind::kCut;
  std::string what;   // without the URL
  bool sent = false;  // a whole request had been handed to the system, so that it may be acted on
};

template <typename T>
using Attempt = std::expected<T, Fault>;

[[nodiscard]] inline std::unexpected<Fault> Broken(FaultKind kind, std::string what) {
  return std::unexpected<Fault>(Fault{kind, std::move(what)});
}

}  // namespace switchback::client
