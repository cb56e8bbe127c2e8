// JSON text to values and back. The parser hands over one event at a time; what is made of them
// here is bounded in depth, and has no key twice, which readers would take for either of the two.
#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "types/excerpt.h"
#include "wire/json_forms.h"

namespace switchback::wire {
namespace {

// The deepest form has 8 levels. Printing and comparing values go down by calls, one a level.
constexpr size_t kMaxDepth = 32;

// What nlohmann::json calls for each thing it reads; false stops it.
class TreeBuilder {
 public:
  bool null() { return Put(nullptr); }
  bool boolean(bool value) { return Put(value); }
  bool number_integer(Json::number_integer_t value) { return Put(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return Put(value); }
  bool number_float(Json::number_float_t value, const std::string& /*text*/) { return Put(value); }
  bool string(std::string& text) { return Put(std::move(text)); }
  bool binary(Json::binary_t& /*bytes*/) { return Stop("binary data"); }  // never in a text

  bool start_object(size_t /*size*/) { return Open(Json::object()); }
  bool start_array(size_t /*size*/) { return Open(Json::array()); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }

  bool key(std::string& name) {
    const auto [at, is_new] = open_.back()->emplace(std::move(name), nullptr);
    if (!is_new) return Stop(fmt::format("the key '{}' stands twice", Excerpt(at.key())));
    next_ = &at.value();
    return true;
  }

  bool parse_error(size_t byte, const std::string& token, const Json::exception& /*why*/) {
    return Stop(fmt::format("no JSON at byte {}, near '{}'", byte, Excerpt(token)));
  }

  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] Json Take() { return std::move(root_); }

 private:
  // Where the next value goes: the root, behind the last one of a list, or under the last key.
  Json& Slot() {
    if (open_.empty()) return root_;
    if (open_.back()->is_array()) return open_.back()->emplace_back();
    return *next_;
  }
  template <typename T>
  bool Put(T&& value) {
    Slot() = std::forward<T>(value);
    return true;
  }
  bool Open(Json empty) {
    if (open_.size() == kMaxDepth) return Stop(fmt::format("nested deeper than {}", kMaxDepth));
    Json& slot = Slot();
    slot = std::move(empty);
    open_.push_back(&slot);
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }
  bool Stop(std::string fault) {
    fault_ = std::move(fault);
    return false;
  }

  Json root_;
  // From the root down. What one points to stays in place: only the last grows.
  std::vector<Json*> open_;
  Json* next_ = nullptr;
  std::string fault_;
};

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  TreeBuilder builder;
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) {
    return Fail(ErrorCode::kInvalidArgument, builder.fault());
  }
  return builder.Take();
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::string> DumpExactly(const Json& json) {
  try {
    return json.dump();
  } catch (const Json::type_error& error) {
    return Fail(ErrorCode::kInvalidArgument,
                std::string("a text is not UTF-8 and can't be sent: ") + error.what());
  }
}

}  // namespace switchback::wire
