#include "cli/completion/completion.h"

#include <algorithm>
#include <utility>

#include "cli/completion/typed_line.h"
#include "cli/completion/usage_forms.h"

namespace switchback::cli {
namespace {

class Completer {
 public:
  Completer(const Context& context, const TypedLine& line)
      : line_(line), store_(context, completion_.candidates) {}

  Completion Run() {
    if (line_.unknown_command) return std::move(completion_);
    const bool at_option = !line_.only_arguments && line_.word.starts_with('-');
    if (line_.value_of) {
      Offer(ReadValueForms(line_.value_of->value));
      for (Candidate& each : completion_.candidates) each.text.insert(0, line_.joined);
    } else if (at_option) {
      OfferOptions();
    } else if (line_.command == nullptr) {
      OfferCommands();
    } else {
      OfferArguments();
    }
    return std::move(completion_);
  }

 private:
  void OfferWord(std::string_view word, std::string_view about) {
    if (!word.starts_with(line_.word)) return;
    completion_.candidates.push_back({std::string(word), std::string(about)});
  }

  void OfferCommands() {
    for (const Command& command : Commands()) {
      if (!command.hidden) OfferWord(command.name, command.summary);
    }
  }

  void OfferOptions() {
    const auto table = line_.command == nullptr ? GlobalOptionTable() : line_.table;
    for (const OptionEntry& option : table) {
      const bool given = std::ranges::find(line_.options, option.name) != line_.options.end();
      if (!given || option.repeatable) OfferWord(option.name, option.description);
    }
  }

  void OfferArguments() {
    const std::vector<ValueForm> forms =
        NextArgument(*line_.command, line_.table, line_.arguments, line_.options);
    if (forms.empty() && line_.word.empty() && !line_.only_arguments) {
      OfferOptions();
    } else {
      Offer(forms);
    }
  }

  void Offer(const std::vector<ValueForm>& forms) {
    for (const ValueForm& form : forms) Offer(form);
  }

  void Offer(const ValueForm& form) {
    const std::string& typed = line_.word;
    switch (form.kind) {
      case ValueKind::kUnknown:
        break;
      case ValueKind::kWord:
        return OfferWord(form.word, "");
      case ValueKind::kFile:
        completion_.files = true;
        break;
      case ValueKind::kFolder:
        completion_.folders = true;
        break;
      case ValueKind::kId:
        return store_.AddIds(typed);
      case ValueKind::kAddress:
      case ValueKind::kFullAddress:
        return OfferAddresses(form.kind == ValueKind::kFullAddress);
      case ValueKind::kSelector:
        return store_.AddSelectors(typed);
      case ValueKind::kRevision:
        return store_.AddRevisions(typed);
      case ValueKind::kSnapshot:
        return store_.AddSnapshots(typed);
      case ValueKind::kExpectation:
        return OfferExpectations();
    }
  }

  void OfferAddresses(bool selector_needed) {
    if (line_.word.find('@') != std::string::npos) return store_.AddAddresses(line_.word);
    store_.AddIds(line_.word, selector_needed ? "@" : "");
    completion_.open = selector_needed;
  }

  // Only IDs that the command is about can be expected; which version, people must know.
  void OfferExpectations() {
    for (const std::string& argument : line_.arguments) {
      OfferWord(argument.substr(0, argument.find('@')) + "=", "");
    }
    completion_.open = true;
  }

  const TypedLine& line_;
  Completion completion_;
  StoreCandidates store_;
};

}  // namespace

Completion Complete(Context& context, const std::vector<std::string>& words) {
  const TypedLine line = ReadTypedLine(words);
  if (line.store) context.global.store = line.store;
  return Completer(context, line).Run();
}

}  // namespace switchback::cli
