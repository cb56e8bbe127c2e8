#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "client/transport.h"

namespace switchback::client {
namespace {

bool WouldBlock(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

class PlainTransport final : public Transport {
 public:
  PlainTransport(Socket socket, const Interrupt* interrupt)
      : socket_(std::move(socket)), interrupt_(interrupt) {}

  [[nodiscard]] Attempt<size_t> Read(std::span<char> into, Deadline deadline) override {
    while (true) {
      const ssize_t count = recv(socket_.fd(), into.data(), into.size(), 0);
      if (count >= 0) return static_cast<size_t>(count);
      if (!WouldBlock(errno)) return Broken(FaultKind::kCut, ErrnoText(errno));
      if (Attempt<void> waited = WaitFor(socket_.fd(), POLLIN, deadline, interrupt_); !waited) {
        return std::unexpected(waited.error());
      }
    }
  }

  [[nodiscard]] Attempt<void> Write(std::string_view bytes,
                                    std::chrono::milliseconds patience) override {
    while (!bytes.empty()) {
      const ssize_t count = send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) {
        bytes.remove_prefix(static_cast<size_t>(count));
        continue;
      }
      if (!WouldBlock(errno)) return Broken(FaultKind::kCut, ErrnoText(errno));
      const Deadline deadline = DeadlineAfter(patience);
      if (Attempt<void> waited = WaitFor(socket_.fd(), POLLOUT, deadline, interrupt_); !waited) {
        return waited;
      }
    }
    return {};
  }

  [[nodiscard]] bool IsQuiet() override {
    char byte = 0;
    return recv(socket_.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && WouldBlock(errno);
  }

 private:
  const Socket socket_;
  const Interrupt* const interrupt_;
};

}  // namespace

std::unique_ptr<Transport> MakePlainTransport(Socket socket, const Interrupt* interrupt) {
  return std::make_unique<PlainTransport>(std::move(socket), interrupt);
}

}  // namespace switchback::client
