// Opens the socket to a service: Unix or TCP.
#pragma once

#include "client/socket.h"
#include "client/url.h"

namespace switchback::client {

// A connected socket that does not block. Of a name with several addresses each is tried.
// Faults: kNobody; kTimedOut; kInterrupted; kRefused, the file's permissions; kUnreachable.
[[nodiscard]] Attempt<Socket> Dial(const ServiceUrl& url, Deadline deadline,
                                   const Interrupt* interrupt);

}  // namespace switchback::client
