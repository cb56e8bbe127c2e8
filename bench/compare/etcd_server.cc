#include "bench/compare/etcd_server.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <thread>

#include "bench/compare/etcd_gateway.h"
#include "bench/compare/system.h"

namespace switchback::compare::etcd {
namespace {

std::string SearchPath() {
  const char* path = std::getenv("PATH");
  return path ? path : "/usr/bin:/bin";
}

ChildProcess::Command CommandIn(const std::string& folder) {
  ChildProcess::Command command;
  command.environment = {"PATH=" + SearchPath(), "HOME=" + folder};
  command.folder = folder;
  return command;
}

std::string ReadySocket(const std::string& folder) {
  const std::string socket = folder + "/client:1";
  if (socket.size() > 107) Fail("etcd: too long for the path of a Unix socket: " + socket);
  for (const char* name : {"/client:1", "/peer:1"}) std::filesystem::remove(folder + name);
  return socket;
}

ChildProcess::Command ServerCommand(const std::string& folder,
                                    const std::vector<std::string>& options) {
  ChildProcess::Command command = CommandIn(folder);
  // Ended with this process, however that ends. Sockets are named without a folder, since etcd
  // takes no path there.
  command.arguments = {"setpriv",
                       "--pdeathsig",
                       "KILL",
                       "etcd",
                       "--name=compare",
                       "--data-dir=data",
                       "--listen-client-urls=unix://client:1",
                       "--advertise-client-urls=unix://client:1",
                       "--listen-peer-urls=unix://peer:1",
                       "--initial-advertise-peer-urls=unix://peer:1",
                       "--initial-cluster=compare=unix://peer:1",
                       "--logger=zap",
                       "--log-outputs=stderr",
                       "--log-level=error"};
  command.arguments.insert(command.arguments.end(), options.begin(), options.end());
  command.output_file = folder + "/etcd.log";
  return command;
}

}  // namespace

bool Server::Installed() {
  const std::string path = SearchPath();
  std::string_view folders = path;
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    if (access((std::string(folder) + "/etcd").c_str(), X_OK) == 0) return true;
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
  }
  return false;
}

std::string Server::Version(const std::string& folder) {
  ChildProcess::Command command = CommandIn(folder);
  command.arguments = {"etcd", "--version"};
  return ChildProcess(command).ReadLine();
}

Server::Server(const std::string& folder, const std::vector<std::string>& options)
    : folder_(folder), socket_(ReadySocket(folder)), process_(ServerCommand(folder, options)) {
  Await();
}

// It ends by that signal, so its exit code says nothing.
Server::~Server() {
  process_.Signal(SIGTERM);
  process_.Finish();
}

void Server::Await() {
  Connection connection(socket_);
  // A large store takes its time: the log behind the last snapshot is applied first.
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(10);
  while (!connection.Post("maintenance/status", "{}")) {
    if (!process_.Running() || std::chrono::steady_clock::now() > until) {
      Fail("etcd does not start; its last words are in " + folder_ + "/etcd.log");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace switchback::compare::etcd
