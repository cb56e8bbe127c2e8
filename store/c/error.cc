// Errors as C sees them: codes with fixed numbers, their words, and the error itself.
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "c/call.h"

namespace switchback::c {
namespace {

constexpr switchback_code CodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return SWITCHBACK_INVALID_ARGUMENT;
    case ErrorCode::kLimitExceeded:
      return SWITCHBACK_LIMIT_EXCEEDED;
    case ErrorCode::kNotFound:
      return SWITCHBACK_NOT_FOUND;
    case ErrorCode::kPruned:
      return SWITCHBACK_PRUNED;
    case ErrorCode::kAlreadyExists:
      return SWITCHBACK_ALREADY_EXISTS;
    case ErrorCode::kConflict:
      return SWITCHBACK_CONFLICT;
    case ErrorCode::kWrongEnvironment:
      return SWITCHBACK_WRONG_ENVIRONMENT;
    case ErrorCode::kRefused:
      return SWITCHBACK_REFUSED;
    case ErrorCode::kDataLoss:
      return SWITCHBACK_DATA_LOSS;
    case ErrorCode::kHeld:
      return SWITCHBACK_HELD;
    case ErrorCode::kIoError:
      return SWITCHBACK_IO_ERROR;
    case ErrorCode::kUnknownOutcome:
      return SWITCHBACK_UNKNOWN_OUTCOME;
  }
  return SWITCHBACK_INTERNAL;
}

// What switchback_error points into.
struct HeldError : switchback_error {
  HeldError(switchback_code as, Error from) : switchback_error(), held(std::move(from)) {
    code = as;
    reason = switchback_reason(as);
    message = held.message.c_str();
    texts.reserve(held.items.size());
    for (const std::string& item : held.items) texts.push_back(item.c_str());
    items = texts.data();
    item_count = texts.size();
    fault_count = held.item_count;
  }

  Error held;
  std::vector<const char*> texts;
};

// There from the start, since nothing can be made by then. Nobody writes to it.
constinit switchback_error out_of_memory = {
    .code = SWITCHBACK_NO_MEMORY,
    .reason = "no_memory",
    .message = "memory ran out; where the call was to write, ask by request ID whether it did",
    .items = nullptr,
    .item_count = 0,
    .fault_count = 0};

switchback_code ReportOutOfMemory(switchback_error** out) noexcept {
  if (out != nullptr) *out = &out_of_memory;
  return SWITCHBACK_NO_MEMORY;
}

switchback_code ReportAs(switchback_code code, const Error& error,
                         switchback_error** out) noexcept {
  if (out == nullptr) return code;
  try {
    *out = std::make_unique<HeldError>(code, error).release();
    return code;
  } catch (...) {
    // What happened is known all the same.
    ReportOutOfMemory(out);
    return code;
  }
}

switchback_code ReportInternal(const char* what, switchback_error** out) noexcept {
  try {
    return ReportAs(SWITCHBACK_INTERNAL, Error{ErrorCode(), what, {}, 0}, out);
  } catch (...) {
    return ReportOutOfMemory(out);
  }
}

}  // namespace

Result<void> Check(AllNeeded needed) {
  for (const auto& [argument, name] : needed) {
    if (argument != nullptr) continue;
    return Fail(ErrorCode::kInvalidArgument, "the " + std::string(name) + " is NULL; it is needed");
  }
  return {};
}

switchback_code Report(const Error& error, switchback_error** out) noexcept {
  return ReportAs(CodeOf(error.code), error, out);
}

switchback_code ReportException(switchback_error** out) noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return ReportOutOfMemory(out);
  } catch (const std::exception& thrown) {
    return ReportInternal(thrown.what(), out);
  } catch (...) {
    return ReportInternal("something was thrown that is no std::exception", out);
  }
}

}  // namespace switchback::c

const char* switchback_reason(switchback_code code) {
  using switchback::ErrorCode;
  if (code == SWITCHBACK_OK) return "ok";
  if (code == SWITCHBACK_NO_MEMORY) return "no_memory";
  if (code == SWITCHBACK_INTERNAL) return "internal";
  for (int number = 0; number <= std::numeric_limits<uint8_t>::max(); ++number) {
    const auto known = static_cast<ErrorCode>(number);
    // A literal, and so it ends in a NUL.
    if (switchback::c::CodeOf(known) == code) return switchback::ErrorCodeName(known).data();
  }
  return "unknown";
}

void switchback_error_free(switchback_error* error) {
  if (error == &switchback::c::out_of_memory) return;
  delete static_cast<switchback::c::HeldError*>(error);
}
