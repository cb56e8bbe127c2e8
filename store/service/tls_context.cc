#include "service/tls_context.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>

namespace switchback {
namespace {

using Context = TlsContext::Context;

constexpr std::array<unsigned char, 10> kSessionContext = {'s', 'w', 'i', 't', 'c',
                                                           'h', 'b', 'a', 'c', 'k'};

Result<void> Check(const std::string& file, const boost::system::error_code& error) {
  if (!error) return {};
  return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", file, error.message()));
}

// Calls of asio that are given an error to set return it as well.
// NOLINTBEGIN(bugprone-unused-return-value)

Result<std::shared_ptr<Context>> Read(const TlsOptions& options) {
  auto context = std::make_shared<Context>(Context::tls_server);
  boost::system::error_code error;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  for (const std::string& file : {options.certificate, options.key, options.client_ca}) {
    if (file.empty() || ::access(file.c_str(), R_OK) == 0) continue;
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: it can't be read", file));
  }
  // OpenSSL would ask for one on the terminal.
  context->set_password_callback([](size_t, Context::password_purpose) { return std::string(); });
  context->use_certificate_chain_file(options.certificate, error);
  if (Result<void> good = Check(options.certificate, error); !good) {
    return std::unexpected(good.error());
  }
  context->use_private_key_file(options.key, Context::pem, error);
  if (Result<void> good = Check(options.key, error); !good) return std::unexpected(good.error());
  // One of another kind than the certificate's is taken up to here.
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: it is not the key of {}", options.key, options.certificate));
  }
  if (options.client_ca.empty()) return context;
  context->load_verify_file(options.client_ca, error);
  if (Result<void> good = Check(options.client_ca, error); !good) {
    return std::unexpected(good.error());
  }
  // One is asked for; tokens do without. A session that is taken up again shows the one that it was
  // begun with, which OpenSSL refuses to keep for a service without a name.
  context->set_verify_mode(boost::asio::ssl::verify_peer);
  SSL_CTX_set_session_id_context(context->native_handle(), kSessionContext.data(),
                                 kSessionContext.size());
  return context;
}

// NOLINTEND(bugprone-unused-return-value)

}  // namespace

TlsContext::TlsContext(TlsOptions options)
    : options_(std::move(options)),
      changes_({options_.certificate, options_.key, options_.client_ca}) {}

Result<std::unique_ptr<TlsContext>> TlsContext::Load(TlsOptions options) {
  std::unique_ptr<TlsContext> made(new TlsContext(std::move(options)));
  Result<std::shared_ptr<Context>> read = Read(made->options_);
  if (!read) return std::unexpected(std::move(read.error()));
  made->current_ = *std::move(read);
  return made;
}

Result<void> TlsContext::Refresh() {
  if (!changes_.Take()) return {};
  Result<std::shared_ptr<Context>> read = Read(options_);
  if (!read) {
    changes_.TakeAgain();  // it may be no fault of the file
    if (read.error().message == said_) return {};
    said_ = read.error().message;
    return std::unexpected(std::move(read.error()));
  }
  said_.clear();
  current_ = *std::move(read);
  return {};
}

}  // namespace switchback
