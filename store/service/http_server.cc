// The one file that listens: sockets, TLS, threads. What a connection does is in http_session.h.
#include "service/http_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <thread>
#include <unordered_map>
#include <vector>

#include "files/socket_place.h"
#include "service/connection.h"
#include "service/error_response.h"
#include "service/http_session.h"
#include "service/service_config.h"
#include "service/socket_path.h"
#include "service/tls_context.h"
#include "service/worker_pool.h"

// Calls of asio that are given an error to set return it as well.
// NOLINTBEGIN(bugprone-unused-return-value)

namespace switchback {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using std::chrono::milliseconds;

constexpr int kIoThreads = 2;
constexpr milliseconds kIdleTimeout{60'000};
constexpr milliseconds kAcceptPause{50};  // where there are no file descriptors left
constexpr size_t kPushBytes = size_t{1} << 20;
constexpr unsigned kFailed = 500;

Error SocketError(const std::string& what, const SystemError& error) {
  const bool taken = error == asio::error::address_in_use;
  return {taken ? ErrorCode::kHeld : ErrorCode::kIoError,
          fmt::format("can't listen on {}: {}", what, error.message()),
          {},
          0};
}

Result<tcp::endpoint> EndpointOf(const std::string& text) {
  const Result<ListenAddress> parsed = ParseListenAddress(text);
  if (!parsed) return std::unexpected(parsed.error());
  SystemError error;
  const auto address = asio::ip::make_address(parsed->host, error);
  if (!error) return tcp::endpoint(address, parsed->port);
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("can't listen on '{}': expected an address, found a name", text));
}

// Each takes a file descriptor, and the store needs some too.
uint64_t MostConnections(uint64_t wanted) {
  constexpr uint64_t kLeftForTheStore = 256;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  const uint64_t most = files.rlim_cur;
  return std::min(wanted, most > 2 * kLeftForTheStore ? most - kLeftForTheStore : most / 2);
}

// Of what all may take together, what those may who come by TCP: who is on this machine, an
// operator say, finds room whatever they do.
uint64_t ForOthers(uint64_t most) {
  return most - most / 4;
}

// Whose requests a request waits behind: cheap, and before it is known who asks.
std::string KeyOf(const HttpRequest& request) {
  const Peer& peer = request.peer;
  if (peer.transport == Transport::kUnix) return fmt::format("uid {}", peer.uid);
  const std::string_view authorization = request.Header("authorization");
  // The scheme may be written in many ways.
  if (!authorization.empty()) {
    return fmt::format("token {}", authorization.substr(authorization.find(' ') + 1));
  }
  return peer.common_name.empty() ? peer.address : "certificate " + peer.common_name;
}

class Server final : public HttpServer {
 public:
  Server(const ServiceOptions& options, HttpCalls calls, HttpCounts& counts)
      : options_(options),
        calls_(std::move(calls)),
        counts_(counts),
        io_(kIoThreads),
        pool_({options.limits.max_requests, options.limits.max_requests_per_caller,
               options.limits.max_queued_requests}) {
    const ServiceLimits& limits = options.limits;
    host_.limits = {static_cast<uint32_t>(limits.max_header_bytes),
                    limits.max_body_bytes,
                    limits.header_timeout,
                    kIdleTimeout,
                    limits.request_timeout,
                    kPushBytes};
    host_.admit = [this](HttpRequest head, SessionHost::Admitted done) {
      return Admit(std::move(head), std::move(done));
    };
    host_.reserve = [this](const Peer& peer, uint64_t bytes) { return Reserve(peer, bytes); };
    host_.refused = [this](const Peer& peer, const Error& error, unsigned status) {
      calls_.note_refused(peer, error, status);
    };
    host_.release = [this](uint64_t bytes) { counts_.body_bytes -= bytes; };
    host_.dispatch = [this](const std::shared_ptr<HttpSession>& session, HttpRequest request) {
      return Dispatch(session, std::move(request));
    };
    host_.stopping = [this] { return stopping_.load(); };
    host_.malformed = [this] { ++counts_.malformed_requests; };
    host_.timed_out = [this] { ++counts_.timeouts; };
    host_.ended = [this](HttpSession* session) { Ended(session); };
  }
  ~Server() override { Stop(milliseconds(0)); }

  Result<void> Listen() {
    if (!options_.socket.empty()) {
      if (Result<void> listens = ListenUnix(); !listens) return listens;
    }
    if (!options_.loopback_http.empty()) {
      Result<tcp::endpoint> at = EndpointOf(options_.loopback_http);
      if (!at) return std::unexpected(at.error());
      if (!at->address().is_loopback()) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("plain HTTP is for loopback only, not for {}: use TLS",
                                options_.loopback_http));
      }
      if (Result<void> listens = ListenTcp(*at, loopback_, loopback_port_); !listens) {
        return listens;
      }
    }
    if (!options_.tls) return {};
    Result<std::unique_ptr<TlsContext>> context = TlsContext::Load(*options_.tls);
    if (!context) return std::unexpected(context.error());
    tls_context_ = *std::move(context);
    Result<tcp::endpoint> at = EndpointOf(options_.tls->listen);
    if (!at) return std::unexpected(at.error());
    return ListenTcp(*at, tls_, tls_port_);
  }

  void Run() {
    if (unix_) AcceptUnix();
    if (loopback_) AcceptLoopback();
    if (tls_) AcceptTls();
    for (int i = 0; i < kIoThreads; ++i) threads_.emplace_back([this] { RunIo(); });
  }

  void Stop(milliseconds patience) override {
    if (stopped_.exchange(true)) return;
    stopping_ = true;
    CloseAcceptor(unix_);
    CloseAcceptor(loopback_);
    CloseAcceptor(tls_);
    CloseSessions(/*at_once=*/false);
    const auto until = std::chrono::steady_clock::now() + patience;
    {
      std::unique_lock lock(mutex_);
      none_left_.wait_until(lock, until, [this] { return sessions_.empty(); });
    }
    CloseSessions(/*at_once=*/true);
    pool_.Join();  // a handler is never cut off, only not heard
    {
      std::unique_lock lock(mutex_);
      none_left_.wait_for(lock, std::chrono::seconds(1), [this] { return sessions_.empty(); });
    }
    work_.reset();
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
    // Where io_ was stopped before it came to them.
    SystemError ignored;
    if (unix_) unix_->close(ignored);
    if (loopback_) loopback_->close(ignored);
    if (tls_) tls_->close(ignored);
    if (unix_) RemoveSocket(options_.socket, socket_file_);
  }

  [[nodiscard]] uint16_t tls_port() const override { return tls_port_; }
  [[nodiscard]] uint16_t loopback_port() const override { return loopback_port_; }

 private:
  Result<void> ListenUnix() {
    if (Result<void> free = ClearSocket(options_.socket); !free) return free;
    const files::SocketPlace place(options_.socket);
    SystemError error(place.error(), boost::system::system_category());
    unix_.emplace(asio::make_strand(io_));
    if (!error) unix_->open(stream_protocol(), error);
    if (!error) unix_->bind(stream_protocol::endpoint(place.short_path()), error);
    if (!error && ::chmod(options_.socket.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) != 0) {
      error = SystemError(errno, boost::system::system_category());
    }
    if (!error) unix_->listen(asio::socket_base::max_listen_connections, error);
    if (error) return std::unexpected(SocketError(options_.socket, error));
    socket_file_ = IdentityOf(options_.socket);
    return {};
  }

  Result<void> ListenTcp(const tcp::endpoint& at, std::optional<tcp::acceptor>& acceptor,
                         uint16_t& port) {
    SystemError error;
    acceptor.emplace(asio::make_strand(io_));
    acceptor->open(at.protocol(), error);
    if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor->bind(at, error);
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (!error) port = acceptor->local_endpoint(error).port();
    if (!error) return {};
    return std::unexpected(
        SocketError(fmt::format("{}:{}", at.address().to_string(), at.port()), error));
  }

  // Where memory runs out the connection goes for which it did, and no other.
  void RunIo() {
    while (true) {
      try {
        io_.run();
        return;
      } catch (const std::exception& error) {
        NoteFailed({}, error);
      }
    }
  }

  // On its strand, on which its connections are accepted too.
  template <typename Acceptor>
  static void CloseAcceptor(std::optional<Acceptor>& acceptor) {
    if (!acceptor) return;
    asio::post(acceptor->get_executor(), [&acceptor] {
      SystemError ignored;
      acceptor->close(ignored);
    });
  }

  // Accepts one connection after another; `accepted` is given each.
  template <typename Acceptor, typename Accepted>
  void AcceptNext(Acceptor& acceptor, uint64_t most, Accepted accepted) {
    acceptor.async_accept(
        asio::make_strand(io_), [this, &acceptor, most, accepted](SystemError error, auto socket) {
          if (stopping_ || error == asio::error::operation_aborted) return;
          if (error) return AcceptLater(acceptor, most, accepted);  // no file descriptors, say
          ++counts_.accepted;
          if (counts_.connections >= most) {
            ++counts_.refused_connections;  // closed as `socket` goes
          } else {
            Take(accepted, std::move(socket));
          }
          AcceptAgain(acceptor, most, accepted);
        });
  }

  template <typename Acceptor, typename Accepted>
  void AcceptLater(Acceptor& acceptor, uint64_t most, const Accepted& accepted) {
    try {
      auto timer = std::make_shared<asio::steady_timer>(acceptor.get_executor(), kAcceptPause);
      timer->async_wait([this, timer, &acceptor, most, accepted](SystemError) {
        if (!stopping_) AcceptAgain(acceptor, most, accepted);
      });
    } catch (const std::exception& error) {
      NoteFailed({}, error);
      std::this_thread::sleep_for(kAcceptPause);
      AcceptAgain(acceptor, most, accepted);
    }
  }

  // Until there is memory for it: a listener must not go deaf.
  template <typename Acceptor, typename Accepted>
  void AcceptAgain(Acceptor& acceptor, uint64_t most, const Accepted& accepted) {
    while (!stopping_) {
      try {
        return AcceptNext(acceptor, most, accepted);
      } catch (const std::exception& error) {
        NoteFailed({}, error);
        std::this_thread::sleep_for(kAcceptPause);
      }
    }
  }

  // However it ends, the next one is accepted.
  template <typename Accepted, typename Socket>
  void Take(const Accepted& accepted, Socket socket) {
    try {
      accepted(std::move(socket));
    } catch (const std::exception& error) {
      NoteFailed({}, error);
    }
  }

  void AcceptUnix() {
    AcceptNext(*unix_, most_connections_, [this](auto socket) {
      Peer peer;
      ucred credentials{};
      socklen_t size = sizeof credentials;
      if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return;
      }
      peer.uid = credentials.uid;
      peer.gid = credentials.gid;
      Begin(MakeConnection(std::move(socket)), std::move(peer));
    });
  }

  static std::optional<Peer> TcpPeer(const tcp::socket& socket, Transport transport) {
    SystemError error;
    const auto other = socket.remote_endpoint(error);
    if (error) return std::nullopt;
    Peer peer;
    peer.transport = transport;
    peer.address = other.address().to_string();
    return peer;
  }

  void AcceptLoopback() {
    AcceptNext(*loopback_, ForOthers(most_connections_), [this](tcp::socket socket) {
      std::optional<Peer> peer = TcpPeer(socket, Transport::kLoopback);
      if (!peer) return;
      SystemError ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      Begin(MakeConnection(std::move(socket)), *std::move(peer));
    });
  }

  void AcceptTls() {
    AcceptNext(*tls_, ForOthers(most_connections_), [this](tcp::socket socket) {
      std::optional<Peer> peer = TcpPeer(socket, Transport::kTls);
      if (!peer) return;
      SystemError ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      if (const Result<void> fresh = tls_context_->Refresh(); !fresh) {
        calls_.note_refused({}, fresh.error(), kFailed);
      }
      Begin(MakeConnection(std::move(socket), tls_context_->current()), *std::move(peer));
    });
  }

  void Begin(std::unique_ptr<Connection> connection, Peer peer) {
    auto session = std::make_shared<HttpSession>(std::move(connection), std::move(peer), host_);
    ++counts_.connections;
    {
      const std::scoped_lock lock(mutex_);
      sessions_.emplace(session.get(), session);
    }
    session->Start();
  }

  void Ended(HttpSession* session) {
    --counts_.connections;
    const std::scoped_lock lock(mutex_);
    sessions_.erase(session);
    if (sessions_.empty()) none_left_.notify_all();
  }

  void CloseSessions(bool at_once) {
    std::vector<std::shared_ptr<HttpSession>> open;
    {
      const std::scoped_lock lock(mutex_);
      for (const auto& [key, session] : sessions_) {
        if (auto held = session.lock()) open.push_back(std::move(held));
      }
    }
    for (const auto& session : open) session->Close(at_once);
  }

  bool Reserve(const Peer& peer, uint64_t bytes) {
    const uint64_t all = options_.limits.max_total_body_bytes;
    const uint64_t most = peer.transport == Transport::kUnix ? all : ForOthers(all);
    const uint64_t before = counts_.body_bytes.fetch_add(bytes);
    if (before + bytes <= most) return true;
    counts_.body_bytes -= bytes;
    ++counts_.shed_requests;
    return false;
  }

  bool Admit(HttpRequest head, SessionHost::Admitted done) {
    auto shared = std::make_shared<HttpRequest>(std::move(head));
    const bool runs = pool_.Run(
        KeyOf(*shared), [this, shared, done = std::move(done)] { done(AdmitNow(*shared)); });
    if (!runs) ++counts_.shed_requests;
    return runs;
  }

  bool Dispatch(const std::shared_ptr<HttpSession>& session, HttpRequest request) {
    if (calls_.is_quick(request)) {
      Handle(request, *session);
      return true;
    }
    auto shared = std::make_shared<HttpRequest>(std::move(request));
    ++counts_.active_requests;
    const auto came = std::chrono::steady_clock::now();
    const bool runs = pool_.Run(KeyOf(*shared), [this, session, shared, came] {
      counts_.queue_times.Count(std::chrono::steady_clock::now() - came);
      Handle(*shared, *session);
      --counts_.active_requests;
    });
    if (runs) return true;
    --counts_.active_requests;
    ++counts_.shed_requests;
    return false;
  }

  // Memory or threads that ran out end one request and no other.
  void Handle(const HttpRequest& request, HttpSession& session) {
    try {
      calls_.handle(request, session);
    } catch (const std::exception& error) {
      NoteFailed(request, error);
      session.Close(/*at_once=*/true);  // it may have been answered in part
    }
  }

  std::optional<HttpResponse> AdmitNow(const HttpRequest& head) {
    try {
      return calls_.admit(head);
    } catch (const std::exception& error) {
      return ErrorResponse(NoteFailed(head, error), kFailed);
    }
  }

  Error NoteFailed(const HttpRequest& request, const std::exception& why) {
    Error error{ErrorCode::kIoError, why.what(), {}, 0};
    try {
      calls_.note_refused(request.peer, error, kFailed);
    } catch (const std::exception&) {
      return error;  // nor is there memory to say so
    }
    return error;
  }

  const ServiceOptions options_;
  const uint64_t most_connections_ = MostConnections(options_.limits.max_connections);
  const HttpCalls calls_;
  HttpCounts& counts_;
  SessionHost host_;
  std::mutex mutex_;
  std::condition_variable none_left_;
  std::unordered_map<HttpSession*, std::weak_ptr<HttpSession>> sessions_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> stopped_ = false;
  std::unique_ptr<TlsContext> tls_context_;
  asio::io_context io_;  // after what sessions refer to: it lets go of them
  // Until it is stopped its threads run, whether there is a connection or not.
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::optional<stream_protocol::acceptor> unix_;
  std::optional<tcp::acceptor> loopback_;
  std::optional<tcp::acceptor> tls_;
  std::optional<FileIdentity> socket_file_;
  uint16_t loopback_port_ = 0;
  uint16_t tls_port_ = 0;
  WorkerPool pool_;
  std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const ServiceOptions& options,
                                                      HttpCalls calls, HttpCounts& counts) {
  auto server = std::make_unique<Server>(options, std::move(calls), counts);
  if (Result<void> listens = server->Listen(); !listens) {
    return std::unexpected(std::move(listens.error()));
  }
  server->Run();
  return server;
}

}  // namespace switchback

// NOLINTEND(bugprone-unused-return-value)
