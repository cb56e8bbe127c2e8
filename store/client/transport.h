// Bytes to and from a service, over a socket or over TLS.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "client/socket.h"

namespace switchback::client {

// One thread at a time. Faults: kTimedOut, nothing could be moved for as long as that; the
// connection is as good as before. kInterrupted; kCut, for good.
class Transport {
 public:
  Transport() = default;
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // At least one byte; 0: the other side has ended the connection properly.
  [[nodiscard]] virtual Attempt<size_t> Read(std::span<char> into, Deadline deadline) = 0;
  // All of it. `patience`: for each time that some can be written.
  [[nodiscard]] virtual Attempt<void> Write(std::string_view bytes,
                                            std::chrono::milliseconds patience) = 0;
  // Nothing has come since the last answer, not even the end: it can be used once more.
  [[nodiscard]] virtual bool IsQuiet() = 0;
};

// `interrupt` may be null; it must outlive the transport.
[[nodiscard]] std::unique_ptr<Transport> MakePlainTransport(Socket socket,
                                                            const Interrupt* interrupt);

}  // namespace switchback::client
