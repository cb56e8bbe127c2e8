// A routing system in small, built against an installed Switchback: keeps a table in the folder
// that its argument names, breaks a list, and puts it back. Prints what it finds.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "switchback/store.h"
#include "switchback/text.h"

namespace sb = switchback;

namespace {

sb::EndpointList List(const std::string& text) {
  return sb::ParseEndpointList(text, "embedder").value().list;
}

// What an embedder derives from: its type information must agree with the library's.
class TwoIds final : public sb::ChangeReader {
 public:
  sb::Result<void> Rewind() override {
    next_ = 0;
    return {};
  }
  sb::Result<std::optional<sb::IdChange>> Next() override {
    static const std::vector<std::string> kIds = {"394521", "400000"};
    if (next_ == kIds.size()) return std::nullopt;
    return sb::IdChange{sb::BusinessId::Parse(kIds[next_++]).value(),
                        sb::Replace{List("10.20.1.1:8000 weight=100\n10.20.1.2:8000\n")}};
  }

 private:
  size_t next_ = 0;
};

void Run(const std::string& path) {
  const auto id = sb::BusinessId::Parse("394521").value();
  const auto store = sb::Store::Create(path, {.environment = "test"}).value();
  TwoIds both;
  std::cout << "r" << store->Commit(both, {.author = "ann"}).value().revision->value << '\n';
  const sb::Change broken{.ids = {{id, sb::Replace{List("172.16.9.4:8000\n")}}}};
  store->Commit(broken, {.author = "tool"}).value();
  const auto view = store->NewView().value();
  const sb::ListDiff diff = view->Diff({id, sb::Version{1}}, {id, sb::Version{2}}).value();
  std::cout << "+" << diff.added.size() << " -" << diff.removed.size() << '\n';
  const auto back = store->Restore({{id, sb::Version{1}}}, {.author = "ann"}).value();
  std::cout << "@" << back.changes.at(0).version.value << '\n';
  for (const sb::Endpoint endpoint : *store->Read(id).value()->list) {
    std::cout << sb::FormatEndpoint(endpoint) << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    Run(argv[1]);
    // The library throws nothing; value() does, and what it throws can be caught.
    std::cout << sb::Store::Open(std::string(argv[1]) + "/nowhere", {}).value()->identity().uuid;
  } catch (const std::bad_expected_access<sb::Error>& thrown) {
    std::cout << sb::ErrorCodeName(thrown.error().code) << '\n';
  }
}
