// Keeps a table in the folder that its argument names, serves it on a socket there, and commits and
// reads as a client of that. Prints what it finds.
#include <iostream>
#include <string>

#include "switchback/client.h"
#include "switchback/service.h"
#include "switchback/store.h"
#include "switchback/text.h"

namespace sb = switchback;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    const std::string path = argv[1];
    const auto store = sb::Store::Create(path, {.environment = "production"}).value();
    const auto service = sb::Service::Start(*store, {.socket = path + "/service.sock"}).value();
    const auto client = sb::Connect({.url = "unix:" + path}).value();
    const sb::Change change{
        .ids = {{sb::BusinessId::Parse("394521").value(),
                 sb::Replace{sb::ParseEndpointList("10.20.1.1:8000\n", "serving").value().list}}}};
    std::cout << "r" << client->Commit(change, {.author = "ann"}).value().revision->value << '\n';
    const auto view = client->NewView().value();
    std::cout << client->identity().environment << " r" << view->revision().value << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
