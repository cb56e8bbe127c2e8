#include "cli/input/import_bookmark.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace switchback::cli {
namespace {

constexpr std::string_view kForm = "1";  // of the text; another one is another form

}  // namespace

std::string ImportBookmark::NameFor(uint64_t first_hash) {
  return fmt::format("import {:016x}", first_hash);
}

std::string ImportBookmark::Encode() const {
  return fmt::format("{} {} {} {} {} {} {}", kForm, lines, first_hash, hash, began_empty ? 1 : 0,
                     first_revision.value, last_revision.value);
}

Outcome<ImportBookmark> ImportBookmark::Decode(std::string_view text) {
  std::array<uint64_t, 7> fields{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (uint64_t& field : fields) {
    const auto [stop, error] = std::from_chars(at, end, field);
    const bool last = &field == &fields.back();
    if (error != std::errc() || (last ? stop != end : stop == end || *stop != ' ')) {
      return Fail(ErrorCode::kDataLoss,
                  fmt::format("the store's note of the last import is unreadable: '{}'", text));
    }
    at = last ? stop : stop + 1;
  }
  if (std::to_string(fields[0]) != kForm || fields[4] > 1) {
    return Fail(ErrorCode::kDataLoss,
                fmt::format("the store's note of the last import has an unknown form: '{}'", text));
  }
  return ImportBookmark{fields[1],      fields[2],           fields[3],
                        fields[4] == 1, Revision{fields[5]}, Revision{fields[6]}};
}

}  // namespace switchback::cli
