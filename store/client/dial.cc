#include "client/dial.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "files/socket_place.h"
#include "switchback/service.h"

namespace switchback::client {
namespace {

FaultKind KindOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED:
      return FaultKind::kNobody;
    case EACCES:
    case EPERM:
      return FaultKind::kRefused;
    case ETIMEDOUT:
    case EAGAIN:
      return FaultKind::kTimedOut;
    default:
      return FaultKind::kUnreachable;
  }
}

std::unexpected<Fault> Because(int error) {
  return Broken(KindOf(error), ErrnoText(error));
}

// -- Unix

std::string ResolveFolder(const std::string& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) return path;
  return fmt::format("{}{}{}", path, path.ends_with('/') ? "" : "/", kServiceSocketName);
}

Attempt<Socket> MakeNonBlocking(Socket socket) {
  const int flags = fcntl(socket.fd(), F_GETFL);
  if (flags < 0 || fcntl(socket.fd(), F_SETFL, flags | O_NONBLOCK) < 0) return Because(errno);
  return socket;
}

// A Unix socket connects at once or, where many wait to be taken, not without blocking: poll says
// nothing of it, but the time-out for sending applies.
Attempt<Socket> DialUnix(const std::string& path, Deadline deadline) {
  const files::SocketPlace place(ResolveFolder(path));
  if (place.error() != 0) return Because(place.error());
  const sockaddr_un address = place.address();
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return Because(errno);
  const int left = std::max(MillisecondsUntil(deadline), 1);
  const timeval patience{.tv_sec = left / 1000, .tv_usec = suseconds_t{left % 1000} * 1000};
  setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  int connected = 0;
  do {
    connected = connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  } while (connected != 0 && errno == EINTR && MillisecondsUntil(deadline) > 0);
  if (connected != 0) return Because(errno);
  return MakeNonBlocking(std::move(socket));
}

// -- TCP

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Attempt<Addresses> Resolve(const std::string& host, uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) {
    return Broken(FaultKind::kUnreachable,
                  fmt::format("no address of it: {}", gai_strerror(error)));
  }
  return Addresses(found);
}

Attempt<Socket> DialAddress(const addrinfo& address, Deadline deadline,
                            const Interrupt* interrupt) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.fd() < 0) return Because(errno);
  if (connect(socket.fd(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS && errno != EINTR) return Because(errno);
    if (Attempt<void> waited = WaitFor(socket.fd(), POLLOUT, deadline, interrupt); !waited) {
      return std::unexpected(waited.error());
    }
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return Because(errno);
    if (error != 0) return Because(error);
  }
  const int on = 1;  // a request goes out whole at once
  setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(socket.fd(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  return socket;
}

// Of the machine itself, whatever its table of hosts makes of "localhost": plain HTTP is safe
// nowhere else.
std::vector<std::string> HostsOf(const ServiceUrl& url) {
  if (url.kind == ServiceUrl::Kind::kPlain && url.host == "localhost") return {"127.0.0.1", "::1"};
  return {url.host};
}

Attempt<Socket> DialTcp(const ServiceUrl& url, Deadline deadline, const Interrupt* interrupt) {
  const int flags = url.kind == ServiceUrl::Kind::kPlain ? AI_NUMERICHOST : 0;
  Fault fault{FaultKind::kUnreachable, "no address of it"};
  for (const std::string& host : HostsOf(url)) {
    const Attempt<Addresses> addresses = Resolve(host, url.port, flags);
    if (!addresses) return std::unexpected(addresses.error());
    for (const addrinfo* at = addresses->get(); at != nullptr; at = at->ai_next) {
      Attempt<Socket> socket = DialAddress(*at, deadline, interrupt);
      if (socket) return socket;
      fault = socket.error();
      if (fault.kind == FaultKind::kTimedOut || fault.kind == FaultKind::kInterrupted) {
        return std::unexpected(std::move(fault));
      }
    }
  }
  return std::unexpected(std::move(fault));
}

}  // namespace

Attempt<Socket> Dial(const ServiceUrl& url, Deadline deadline, const Interrupt* interrupt) {
  if (url.kind == ServiceUrl::Kind::kUnix) return DialUnix(url.path, deadline);
  return DialTcp(url, deadline, interrupt);
}

}  // namespace switchback::client
