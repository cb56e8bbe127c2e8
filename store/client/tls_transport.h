// TLS to a service: at least 1.2, its name and its certificate verified.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <mutex>
#include <string>

#include "client/transport.h"
#include "files/file_stamp.h"
#include "switchback/error.h"

namespace switchback::client {

struct TlsOptions {
  std::string ca_file = {};  // empty: the system's
  std::string certificate_file = {};
  std::string key_file = {};  // empty: in certificate_file
};

// What connections of one client share. Safe from any number of threads.
class TlsContext {
 public:
  // Errors: kInvalidArgument, naming the file that can't be used.
  [[nodiscard]] static Result<std::unique_ptr<TlsContext>> Make(TlsOptions options);

  // Reads the files again where they have changed; once a second at most. True: connections that
  // were made before are out of date. Files that can't be used change nothing,
  // and are tried again.
  [[nodiscard]] bool Refresh();

  // Shakes hands over a connected socket. Faults: kRefused, the certificate of either side is not
  // accepted; else as Transport.
  [[nodiscard]] Attempt<std::unique_ptr<Transport>> Start(Socket socket, const std::string& host,
                                                          Deadline deadline,
                                                          const Interrupt* interrupt) const;

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const;
  };
  using Context = std::unique_ptr<SSL_CTX, FreeContext>;
  explicit TlsContext(TlsOptions options);
  [[nodiscard]] static Result<Context> Read(const TlsOptions& options);
  [[nodiscard]] SSL* NewConnection() const;

  const TlsOptions options_;
  files::FileChanges changes_;
  mutable std::mutex mutex_;  // of the next
  Context context_;
};

}  // namespace switchback::client
