// A service in the hands of a test that knows some lists, answers as it is told to, and goes away.
#pragma once

#include <fmt/format.h>
#include <sys/socket.h>

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "client/scripted_server.h"
#include "switchback/endpoint.h"
#include "switchback/store.h"
#include "wire/binary_list.h"
#include "wire/json_forms.h"

namespace switchback::client {

inline BusinessId Id(std::string_view text) {
  return *BusinessId::Parse(text);
}

inline StoreIdentity ServedIdentity(std::string_view uuid = "7f0c",
                                    std::string_view environment = "production") {
  StoreIdentity identity;
  identity.uuid = uuid;
  identity.environment = environment;
  identity.created = Timestamp{1'700'000'000'000'000};
  identity.format = 2;
  return identity;
}

inline EndpointList OneEndpoint(std::string_view endpoint) {
  EndpointListBuilder builder;
  const OwnedEndpoint parsed = *ParseEndpoint(endpoint);
  builder.Append(parsed.view());
  return builder.Finish();
}

inline std::string HttpAnswer(std::string_view status, std::string_view headers,
                              std::string_view body) {
  return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status, headers, body.size(),
                     body);
}
inline std::string ErrorAnswer(std::string_view status, std::string_view reason) {
  return HttpAnswer(status, "",
                    fmt::format(R"({{"error":{{"reason":"{}","message":"it says so"}}}})", reason));
}
// Headers of a list: what goes with it when all is well.
inline std::string ListHeaders(const EndpointList& list, uint64_t version) {
  return fmt::format(
      "Content-Type: {}\r\nETag: \"{}\"\r\nSwitchback-Version: {}\r\n"
      "Switchback-List-Revision: {}\r\n",
      wire::kBinaryListType, list.digest().ToHex(), version, version + 1);
}
inline std::string ListAnswer(const EndpointList& list, uint64_t version) {
  return HttpAnswer("200 OK", ListHeaders(list, version), wire::EncodeBinaryList(list));
}

// One connection at a time. The client must be gone before it, or it be stopped.
class ListServer {
 public:
  // Serves in `folder`, whose service.sock it replaces.
  explicit ListServer(std::string folder, const StoreIdentity& identity = ServedIdentity())
      : folder_(std::move(folder)) {
    Say("/v1/store", HttpAnswer("200 OK", "",
                                wire::Dump({{"identity", wire::ToJson(identity)},
                                            {"revision", 100},
                                            {"durable", 100},
                                            {"version", "0.1.0"}})));
    std::filesystem::remove(folder_ + "/service.sock");
    const std::vector<ScriptedServer::Script> scripts(100, [this](Peer& peer) { Answer(peer); });
    server_ = std::make_unique<ScriptedServer>(scripts, folder_);
  }
  ~ListServer() { Stop(); }
  ListServer(const ListServer&) = delete;
  ListServer& operator=(const ListServer&) = delete;

  // What requests whose target begins so are answered; the longest counts. Empty: it hangs up.
  void Say(std::string_view target, std::string answer) {
    const std::scoped_lock lock(mutex_);
    answers_.insert_or_assign(std::string(target), std::move(answer));
  }
  void SayList(std::string_view id, const EndpointList& list, uint64_t version) {
    Say(fmt::format("/v1/lists/{}", id), ListAnswer(list, version));
  }
  // It hangs up behind the answer.
  void HangUpAfterAnswers(bool hangs_up) {
    const std::scoped_lock lock(mutex_);
    hangs_up_ = hangs_up;
  }
  [[nodiscard]] int asked(std::string_view target) {
    const std::scoped_lock lock(mutex_);
    return asked_[std::string(target)];
  }
  // Nobody serves there any more.
  void Stop() {
    {
      const std::scoped_lock lock(mutex_);
      is_stopped_ = true;
      if (fd_ >= 0) shutdown(fd_, SHUT_RDWR);
    }
    server_.reset();
  }

 private:
  void Answer(Peer& peer) {
    {
      const std::scoped_lock lock(mutex_);
      if (is_stopped_) return;
      fd_ = peer.fd();
    }
    while (AnswerOne(peer)) {
    }
    const std::scoped_lock lock(mutex_);
    fd_ = -1;
  }
  bool AnswerOne(Peer& peer) {
    const std::string request = peer.Read();
    if (!request.starts_with("GET ")) return false;
    const std::string target = request.substr(4, request.find(' ', 4) - 4);
    std::string answer;
    bool hangs_up = false;
    {
      const std::scoped_lock lock(mutex_);
      ++asked_[target];
      answer = Find(target);
      hangs_up = hangs_up_ || answer.empty();
    }
    peer.Send(answer);
    return !hangs_up;
  }
  [[nodiscard]] std::string Find(std::string_view target) const {
    std::string found = ErrorAnswer("404 Not Found", "not_found");
    for (const auto& [begin, answer] : answers_) {
      if (target.starts_with(begin)) found = answer;
    }
    return found;
  }

  const std::string folder_;
  std::mutex mutex_;
  std::map<std::string, std::string> answers_;
  std::map<std::string, int> asked_;
  bool hangs_up_ = false;
  bool is_stopped_ = false;
  int fd_ = -1;
  std::unique_ptr<ScriptedServer> server_;
};

}  // namespace switchback::client
