// Errors as answers have them.
#include "wire/object_form.h"
#include "wire/scalars.h"
#include "wire/status.h"

namespace switchback::wire {

template <>
struct Form<Error> : SaidForm<Error> {
  template <typename See, typename Value>
  static void Members(See& see, Value& error) {
    see("reason", error.code);
    see("message", error.message);
    see.OrDefault("items", error.items);
    see.OrDefault("item_count", error.item_count);
    see.OrDefault("where", error.where);
  }
  // With what follows from the code, for those who have no table of codes.
  static Json Write(const Error& error) {
    Json out = SaidForm<Error>::Write(error);
    out.emplace("exit", ExitCode(error.code));
    out.emplace("committed", error.code == ErrorCode::kUnknownOutcome ? "unknown" : "no");
    return out;
  }
};

Json ToJson(const Error& error) {
  return Form<Error>::Write(error);
}
template Result<Error> FromJson(const Json& json, std::string_view place);

}  // namespace switchback::wire
