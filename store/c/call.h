// How every function of the C interface runs: what it needs is checked, its error handed out, and
// no exception let through.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>

#include "switchback/error.h"
#include "switchback/switchback.h"

namespace switchback::c {

// An argument that must not be NULL.
struct Needed {
  const void* argument;
  std::string_view name;
};
using AllNeeded = std::initializer_list<Needed>;

// Errors: kInvalidArgument names the first that is NULL.
[[nodiscard]] Result<void> Check(AllNeeded needed);

// Put where a caller wants the error, if anywhere; returns its code.
switchback_code Report(const Error& error, switchback_error** out) noexcept;
// The same of the exception that is being handled. REQUIRES: there is one.
switchback_code ReportException(switchback_error** out) noexcept;

// `call` returns a Result<void>.
template <typename Call>
switchback_code Run(AllNeeded needed, switchback_error** error, const Call& call) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    Result<void> done = Check(needed);
    if (done) done = call();
    return done ? SWITCHBACK_OK : Report(done.error(), error);
  } catch (...) {
    return ReportException(error);
  }
}

// How a result becomes the caller's.
template <typename T>
T Release(T value) {
  return value;
}
template <typename T>
T* Release(std::unique_ptr<T> value) {
  return value.release();
}

// `call` returns a Result of what goes to `out`, which is 0 or NULL after a failure.
template <typename Out, typename Call>
switchback_code RunFor(Out* out, AllNeeded needed, switchback_error** error,
                       const Call& call) noexcept {
  if (out != nullptr) *out = Out();
  return Run(needed, error, [&]() -> Result<void> {
    Result<void> placed = Check({{static_cast<const void*>(out), "place for the result"}});
    if (!placed) return placed;
    auto made = call();
    if (!made) return std::unexpected(std::move(made.error()));
    *out = Release(std::move(*made));
    return {};
  });
}

}  // namespace switchback::c
