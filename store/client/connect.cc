#include "switchback/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "client/remote_store.h"
#include "types/ascii.h"

namespace switchback {
namespace client {
namespace {

// What can stand in a header as it is: printable ASCII. Anything else could end it.
bool IsHeaderText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// A word of a User-Agent: what is no such byte becomes a dash.
std::string ProductWord(std::string_view text) {
  std::string word(text);
  for (char& c : word) {
    if (!IsLetter(c) && !IsDigit(c) && c != '.' && c != '_' && c != '+') c = '-';
  }
  return word;
}

std::string UserAgent(const Origin& origin) {
  std::string agent = ProductWord(origin.program);
  if (!origin.program_version.empty()) agent += "/" + ProductWord(origin.program_version);
  return agent;
}

// Errors: kInvalidArgument. The token is in no message.
Result<Headers> Identification(const ClientOptions& options, const ServiceUrl& url) {
  Headers headers = {{"Host", url.HostHeader()}};
  if (!options.origin.program.empty())
    headers.emplace_back("User-Agent", UserAgent(options.origin));
  if (!options.origin.host.empty()) {
    headers.emplace_back("Switchback-Host", ProductWord(options.origin.host));
  }
  if (options.environment) {
    if (!IsHeaderText(*options.environment)) {
      return Fail(ErrorCode::kInvalidArgument, "the environment's name has a byte that none has");
    }
    headers.emplace_back("Switchback-Environment", *options.environment);
  }
  if (!options.token.empty() && url.kind != ServiceUrl::Kind::kUnix) {
    if (!IsHeaderText(options.token) || options.token.contains(' ')) {
      return Fail(ErrorCode::kInvalidArgument, "the token has a byte that none has");
    }
    headers.emplace_back("Authorization", "Bearer " + options.token);
  }
  return headers;
}

Result<std::unique_ptr<ServiceCalls>> MakeCalls(const ClientOptions& options) {
  Result<ServiceUrl> url = ParseServiceUrl(options.url);
  if (!url) return std::unexpected(std::move(url.error()));
  Result<Headers> identification = Identification(options, *url);
  if (!identification) return std::unexpected(std::move(identification.error()));
  std::unique_ptr<TlsContext> tls;
  if (url->kind == ServiceUrl::Kind::kTls) {
    auto made = TlsContext::Make({options.ca_file, options.certificate_file, options.key_file});
    if (!made) return std::unexpected(std::move(made.error()));
    tls = std::move(*made);
  }
  PoolOptions pool{.url = std::move(*url),
                   .connect_timeout = options.connect_timeout,
                   .timeout = options.timeout,
                   .max_idle = options.max_idle_connections};
  return std::make_unique<ServiceCalls>(std::move(pool), std::move(tls),
                                        std::move(*identification));
}

}  // namespace
}  // namespace client

Result<std::unique_ptr<Store>> Connect(const ClientOptions& options) {
  Result<std::unique_ptr<client::ServiceCalls>> calls = client::MakeCalls(options);
  if (!calls) return std::unexpected(std::move(calls.error()));
  Result<std::unique_ptr<client::RemoteStore>> store = client::RemoteStore::Open(std::move(*calls));
  if (!store) return std::unexpected(std::move(store.error()));
  const std::string& environment = (*store)->identity().environment;
  if (options.environment && *options.environment != environment) {
    return Fail(
        ErrorCode::kWrongEnvironment,
        fmt::format("the environment of the store at {} is '{}', not '{}'; nothing was done",
                    options.url, environment, *options.environment));
  }
  return std::move(*store);
}

}  // namespace switchback
