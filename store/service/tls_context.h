// TLS of the service: versions, its certificate, and whose client certificates are taken.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

#include "files/file_stamp.h"
#include "switchback/error.h"
#include "switchback/service.h"

namespace switchback {

// Of one thread at a time.
class TlsContext {
 public:
  using Context = boost::asio::ssl::context;

  // Errors: kInvalidArgument, naming the file that can't be used.
  [[nodiscard]] static Result<std::unique_ptr<TlsContext>> Load(TlsOptions options);

  // Reads the files again where they have changed. Errors: as Load, each told once; what was read
  // before goes on, and it is tried again each second.
  [[nodiscard]] Result<void> Refresh();
  // For a connection that begins now, which goes on with it whatever is read later.
  [[nodiscard]] const std::shared_ptr<Context>& current() const { return current_; }

 private:
  explicit TlsContext(TlsOptions options);

  const TlsOptions options_;
  files::FileChanges changes_;
  std::shared_ptr<Context> current_;
  std::string said_;  // of why the files can't be used
};

}  // namespace switchback
