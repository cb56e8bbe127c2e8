#include "cli/completion/typed_line.h"

#include <utility>

#include "cli/completion/shell_word.h"

namespace switchback::cli {
namespace {

bool IsOption(const std::string& word) {
  return word.starts_with('-') && word != "-";
}

class LineReader {
 public:
  LineReader() { line_.table = OptionTable(nullptr); }

  void Take(const std::string& word) {
    if (TakesAsValue(word)) {
      GiveValue(word);
    } else if (line_.only_arguments || !IsOption(word)) {
      TakeArgument(word);
    } else if (word == "--") {
      line_.only_arguments = true;
    } else {
      TakeOption(word);
    }
  }

  TypedLine Finish(std::string word) {
    const size_t equals = word.find('=');
    if (TakesAsValue(word)) {
      line_.value_of = std::move(open_);
    } else if (!line_.only_arguments && word.starts_with("--") && equals != std::string::npos) {
      line_.joined = word.substr(0, equals + 1);
      const OptionEntry* option = FindOption(line_.table, word.substr(0, equals));
      line_.value_of = option == nullptr ? OptionEntry{} : *option;
      word.erase(0, equals + 1);
    }
    line_.word = std::move(word);
    return std::move(line_);
  }

 private:
  // Whether the option in front of `word` wants it for a value.
  bool TakesAsValue(const std::string& word) {
    if (open_ && open_has_value_ && IsOption(word)) open_.reset();
    return open_.has_value();
  }

  void GiveValue(const std::string& word) {
    if (open_->name == "--store") line_.store = word;
    open_has_value_ = true;
    if (!open_->takes_many) open_.reset();
  }

  void TakeArgument(const std::string& word) {
    if (line_.command != nullptr || line_.unknown_command) {
      line_.arguments.push_back(word);
    } else if (word != "help") {  // `help COMMAND` goes on with a command
      line_.command = FindCommand(word);
      line_.unknown_command = line_.command == nullptr;
      if (line_.command != nullptr) line_.table = OptionTable(line_.command);
    }
  }

  void TakeOption(const std::string& word) {
    const size_t equals = word.find('=');
    const OptionEntry* option = FindOption(line_.table, word.substr(0, equals));
    if (option == nullptr) return;
    line_.options.push_back(option->name);
    if (!option->takes_value()) return;
    open_ = *option;
    open_has_value_ = false;
    if (equals != std::string::npos) GiveValue(word.substr(equals + 1));
  }

  TypedLine line_;
  std::optional<OptionEntry> open_;
  bool open_has_value_ = false;
};

}  // namespace

TypedLine ReadTypedLine(const std::vector<std::string>& words) {
  LineReader reader;
  for (size_t i = 0; i + 1 < words.size(); ++i) reader.Take(ReadShellWord(words[i]));
  return reader.Finish(words.empty() ? "" : ReadShellWord(words.back()));
}

}  // namespace switchback::cli
