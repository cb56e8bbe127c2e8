// Runs the store's tests over a service: SWITCHBACK_SERVED says by what its client comes.
#include <cstdlib>
#include <iostream>
#include <string>

#include "service/served_store.h"

int main(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  const char* text = std::getenv("SWITCHBACK_SERVED");
  const std::string word = text == nullptr ? "socket" : text;
  const auto line = word == "tls"        ? switchback::Line::kTls
                    : word == "loopback" ? switchback::Line::kLoopback
                                         : switchback::Line::kSocket;
  switchback::ShowStore() = [line](std::unique_ptr<switchback::Store> store) {
    return switchback::Serve(std::move(store), line);
  };
  return RUN_ALL_TESTS();
}
