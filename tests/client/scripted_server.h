// A service that says what a test tells it to, byte by byte: one script for each connection that it
// takes, one after another.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "client/socket.h"

namespace switchback::client {

// A folder that goes with the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "client_test.XXXXXX").string();
    path_ = mkdtemp(path.data());
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The server's end of a connection.
class Peer {
 public:
  explicit Peer(int fd) : socket_(fd) {}

  // A whole request, head and body; empty: the client has gone.
  [[nodiscard]] std::string Read() {
    size_t head = std::string::npos;
    while (!IsWhole(head)) {
      char bytes[4096];
      const ssize_t count = recv(socket_.fd(), bytes, sizeof(bytes), 0);
      if (count <= 0) return {};
      text_.append(bytes, static_cast<size_t>(count));
    }
    return std::exchange(text_, {});
  }
  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(count));
    }
  }
  void SendJson(std::string_view body, std::string_view status = "200 OK",
                std::string_view headers = "") {
    std::string answer = "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers);
    answer += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    Send(answer + std::string(body));
  }
  void BeginLines() { Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"); }
  void SendChunk(std::string_view bytes) {
    char size[32];
    snprintf(size, sizeof(size), "%zx\r\n", bytes.size());
    Send(size + std::string(bytes) + "\r\n");
  }
  void EndLines() { Send("0\r\n\r\n"); }
  [[nodiscard]] int fd() const { return socket_.fd(); }

 private:
  [[nodiscard]] bool IsWhole(size_t& head) const {
    head = text_.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    constexpr std::string_view kLength = "Content-Length: ";
    const size_t at = text_.find(kLength);
    const size_t length =
        at < head ? std::strtoul(text_.c_str() + at + kLength.size(), nullptr, 10) : 0;
    return text_.size() >= head + 4 + length;
  }

  Socket socket_;
  std::string text_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;

  explicit ScriptedServer(std::vector<Script> scripts, const std::string& folder = "")
      : path_((folder.empty() ? scratch_.path() : folder) + "/service.sock"),
        listener_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    // From within the folder, however long its path is.
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(std::filesystem::path(path_).parent_path());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    strcpy(address.sun_path, "service.sock");
    const auto* any = reinterpret_cast<const sockaddr*>(&address);
    if (bind(listener_.fd(), any, sizeof(address)) != 0 || listen(listener_.fd(), 8) != 0) {
      perror("scripted server");
      abort();
    }
    std::filesystem::current_path(before);
    thread_ = std::thread([this, moved = std::move(scripts)] { Run(moved); });
  }
  ~ScriptedServer() {
    shutdown(listener_.fd(), SHUT_RDWR);
    thread_.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::string url() const { return "unix:" + path_; }
  // Until so many of its connections have been closed by it.
  void AwaitClosed(int count) const {
    while (closed_ < count) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  // How many connections were taken; once the client is done.
  [[nodiscard]] int taken() const { return taken_; }

 private:
  void Run(const std::vector<Script>& scripts) {
    for (const Script& script : scripts) {
      const int fd = accept(listener_.fd(), nullptr, nullptr);
      if (fd < 0) return;
      ++taken_;
      {
        Peer peer(fd);
        script(peer);
      }
      ++closed_;
    }
  }

  ScratchFolder scratch_;
  const std::string path_;
  Socket listener_;
  std::atomic<int> taken_ = 0;
  std::atomic<int> closed_ = 0;
  std::thread thread_;
};

}  // namespace switchback::client
