#include "cli/completion/usage_forms.h"

#include <algorithm>
#include <array>
#include <utility>

namespace switchback::cli {
namespace {

// One way to call a command.
struct UsageForm {
  std::vector<std::string> options;    // that it names: "--all"
  std::vector<std::string> arguments;  // as they stand in the text, without those of options
  bool repeats = false;                // the last argument may come again
};

// Splits at each `separator` outside brackets.
std::vector<std::string_view> SplitOutside(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  int depth = 0;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[') ++depth;
    if (text[i] == ']') --depth;
    if (depth == 0 && text.substr(i).starts_with(separator)) {
      parts.push_back(text.substr(start, i - start));
      start = i + separator.size();
      i = start - 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const size_t start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) return words;
    text.remove_prefix(start);
    const size_t length = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
}

// Brackets that enclose more than this word are not its own: "[--at", "SELECTOR]".
std::string WithoutOuterBrackets(std::string word) {
  if (std::ranges::count(word, '[') > std::ranges::count(word, ']')) word.erase(0, 1);
  if (std::ranges::count(word, ']') > std::ranges::count(word, '[')) word.pop_back();
  if (word.starts_with('[') && word.ends_with(']')) word = word.substr(1, word.size() - 2);
  return word;
}

UsageForm ReadForm(std::string_view text, const std::vector<OptionEntry>& table) {
  UsageForm form;
  bool of_option = false;  // whether the next word is the value of an option
  bool after_option = false;
  for (std::string& raw : SplitWords(text)) {
    const std::string word = WithoutOuterBrackets(std::move(raw));
    if (word == "...") {
      form.repeats = form.repeats || !after_option;
    } else if (word == "|") {
      continue;
    } else if (word.starts_with('-') && word != "-") {
      const OptionEntry* option = FindOption(table, word);
      form.options.push_back(option == nullptr ? word : option->name);
      of_option = option != nullptr && option->takes_value();
      after_option = of_option;
    } else if (!std::exchange(of_option, false)) {
      form.arguments.push_back(word);
      after_option = false;
    }
  }
  return form;
}

bool IsPlaceholder(std::string_view word) {
  return std::ranges::any_of(word, [](char byte) { return byte >= 'A' && byte <= 'Z'; });
}

ValueKind ReadPlaceholder(std::string_view raw) {
  static constexpr auto kKinds = std::to_array<std::pair<std::string_view, ValueKind>>(
      {{"FILE", ValueKind::kFile},
       {"TABLE", ValueKind::kFile},
       {"DIR", ValueKind::kFolder},
       {"FOLDER", ValueKind::kFolder},
       {"ID", ValueKind::kId},
       {"SELECTOR", ValueKind::kSelector},
       {"SEL", ValueKind::kSelector},
       {"FROM", ValueKind::kSelector},
       {"TO", ValueKind::kSelector},
       {"SNAPSHOT", ValueKind::kSnapshot},
       {"ID=VERSION", ValueKind::kExpectation}});
  std::string word(raw);
  std::erase_if(word, [](char byte) { return byte == '[' || byte == ']'; });
  if (word.starts_with("ID@")) {
    return raw.find("[@") != std::string_view::npos ? ValueKind::kAddress : ValueKind::kFullAddress;
  }
  if (word.size() > 1 && word[0] == 'r' && IsPlaceholder(word.substr(1, 1))) {
    return ValueKind::kRevision;
  }
  const auto* found =
      std::ranges::find(kKinds, word, &std::pair<std::string_view, ValueKind>::first);
  return found == kKinds.end() ? ValueKind::kUnknown : found->second;
}

size_t CountShared(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return static_cast<size_t>(std::ranges::count_if(some, [&others](const std::string& each) {
    return std::ranges::find(others, each) != others.end();
  }));
}

bool Fits(std::string_view text, const std::string& argument) {
  const std::vector<ValueForm> forms = ReadValueForms(text);
  return std::ranges::any_of(forms, [&argument](const ValueForm& form) {
    return form.kind != ValueKind::kWord || form.word == argument;
  });
}

// The text of the argument behind `arguments`; null where there is none, or they don't fit.
const std::string* ArgumentBehind(const UsageForm& form,
                                  const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < std::min(arguments.size(), form.arguments.size()); ++i) {
    if (!Fits(form.arguments[i], arguments[i])) return nullptr;
  }
  if (arguments.size() < form.arguments.size()) return &form.arguments[arguments.size()];
  return form.repeats && !form.arguments.empty() ? &form.arguments.back() : nullptr;
}

}  // namespace

std::vector<ValueForm> ReadValueForms(std::string_view text) {
  std::vector<ValueForm> forms;
  for (const std::string_view word : SplitOutside(text, "|")) {
    if (IsPlaceholder(word)) {
      forms.push_back({ReadPlaceholder(word), ""});
    } else if (!word.empty()) {
      forms.push_back({ValueKind::kWord, std::string(word)});
    }
  }
  return forms;
}

std::vector<ValueForm> NextArgument(const Command& command, const std::vector<OptionEntry>& table,
                                    const std::vector<std::string>& arguments,
                                    const std::vector<std::string>& options) {
  std::vector<ValueForm> next;
  if (arguments.size() >= command.max_arguments) return next;
  size_t most = 0;
  for (const std::string_view text : SplitOutside(command.usage, " | ")) {
    const UsageForm form = ReadForm(text, table);
    const size_t shared = CountShared(form.options, options);
    if (shared < most) continue;
    if (std::exchange(most, shared) < shared) next.clear();
    const std::string* argument = ArgumentBehind(form, arguments);
    if (argument == nullptr) continue;
    for (ValueForm& value : ReadValueForms(*argument)) {
      if (std::ranges::find(next, value) == next.end()) next.push_back(std::move(value));
    }
  }
  return next;
}

}  // namespace switchback::cli
