// How far an import came, as the store keeps it for the next run.
#include "cli/input/import_bookmark.h"

#include "fuzz/fuzz_target.h"

namespace switchback::cli {
namespace {

void Try(std::string_view text) {
  const Outcome<ImportBookmark> bookmark = ImportBookmark::Decode(text);
  if (!bookmark) return;
  const Outcome<ImportBookmark> again = ImportBookmark::Decode(bookmark->Encode());
  Require(again && again->Encode() == bookmark->Encode(), "a bookmark is read as another one");
  Require(again->lines == bookmark->lines && again->hash == bookmark->hash,
          "a bookmark is read as another place");
}

const RegisterFuzzTarget kTarget("import_bookmark", Try);

}  // namespace
}  // namespace switchback::cli
