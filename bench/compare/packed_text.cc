#include "bench/compare/packed_text.h"

#include <optional>

namespace switchback::compare {

Delta DeltaOf(const IdChange& change, ValueTable& values) {
  Delta delta;
  for (const std::string& text : change.remove) {
    const Entry entry = values.Parse(text);
    delta.push_back({entry.key, entry.value, std::nullopt});
  }
  for (const std::string& text : change.add) {
    const Entry entry = values.Parse(text);
    delta.push_back({entry.key, std::nullopt, entry.value});
  }
  Fold(delta);
  return delta;
}

std::vector<std::string> TextsOf(const EntryList& list, const ValueTable& values) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (const Entry& entry : list) texts.push_back(values.Format(entry));
  return texts;
}

Difference DifferenceOf(const Delta& delta, const ValueTable& values) {
  Difference difference;
  for (const Edit& edit : delta) {
    if (edit.from) difference.removed.push_back(values.Format({edit.key, *edit.from}));
    if (edit.to) difference.added.push_back(values.Format({edit.key, *edit.to}));
  }
  return difference;
}

}  // namespace switchback::compare
