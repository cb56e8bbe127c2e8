// etcd as a child process: one member on Unix sockets in a folder.
#pragma once

#include <string>
#include <vector>

#include "bench/compare/child_process.h"

namespace switchback::compare::etcd {

class Server {
 public:
  [[nodiscard]] static bool Installed();
  [[nodiscard]] static std::string Version(const std::string& folder);

  // Starts it with the data in `folder`, and returns once it answers. `options` go behind those
  // that say where it listens.
  Server(const std::string& folder, const std::vector<std::string>& options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] const std::string& socket() const { return socket_; }

 private:
  void Await();

  const std::string folder_;
  const std::string socket_;
  ChildProcess process_;
};

}  // namespace switchback::compare::etcd
