#include "service/service_config.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <utility>

#include "service/json_fields.h"

namespace switchback {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kMaxUint32 = std::numeric_limits<uint32_t>::max();
constexpr uint64_t kMaxBytes = uint64_t{1} << 40;
constexpr uint64_t kMaxMilliseconds = 24ULL * 3'600 * 1'000;
constexpr double kMaxRate = 1e9;

void ReadGrant(JsonFields& fields, Grant& grant) {
  fields.Require("role");
  fields.RoleName("role", grant.role);
  fields.Texts("globs", grant.globs);
  fields.Text("environment", grant.environment);
}

Result<void> ReadTls(const Json& json, const std::string& place, TlsOptions& tls) {
  JsonFields fields(json, place + ".");
  for (const char* key : {"listen", "certificate", "key"}) fields.Require(key);
  fields.Text("listen", tls.listen);
  fields.Text("certificate", tls.certificate);
  fields.Text("key", tls.key);
  fields.Text("client_ca", tls.client_ca);
  return fields.Finish();
}

Result<void> ReadUser(const Json& json, const std::string& place, std::vector<UserGrant>& users) {
  UserGrant user;
  JsonFields fields(json, place + ".");
  fields.Text("user", user.user);
  if (fields.has("uid")) fields.Whole("uid", 0, kMaxUint32, user.uid.emplace());
  fields.Text("group", user.group);
  ReadGrant(fields, user.grant);
  users.push_back(std::move(user));
  return fields.Finish();
}

Result<void> ReadCertificate(const Json& json, const std::string& place,
                             std::vector<CertificateGrant>& certificates) {
  CertificateGrant certificate;
  JsonFields fields(json, place + ".");
  fields.Require("common_name");
  fields.Text("common_name", certificate.common_name);
  ReadGrant(fields, certificate.grant);
  certificates.push_back(std::move(certificate));
  return fields.Finish();
}

Result<void> ReadLoopbackGrant(const Json& json, const std::string& place,
                               std::vector<Grant>& grants) {
  JsonFields fields(json, place + ".");
  ReadGrant(fields, grants.emplace_back());
  return fields.Finish();
}

void ReadTimeout(JsonFields& fields, const char* key, std::chrono::milliseconds& timeout) {
  int64_t milliseconds = timeout.count();
  fields.Whole(key, 1, kMaxMilliseconds, milliseconds);
  timeout = std::chrono::milliseconds(milliseconds);
}

Result<void> ReadLimits(const Json& json, const std::string& place, ServiceLimits& limits) {
  JsonFields fields(json, place + ".");
  fields.Decimal("requests_per_second", kMaxRate, limits.requests_per_second);
  fields.Decimal("total_requests_per_second", kMaxRate, limits.total_requests_per_second);
  fields.Whole("burst", 0, kMaxUint32, limits.burst);
  fields.Whole("max_body_bytes", 1, kMaxBytes, limits.max_body_bytes);
  fields.Whole("max_total_body_bytes", 1, kMaxBytes, limits.max_total_body_bytes);
  fields.Whole("max_header_bytes", 1, kMaxBytes, limits.max_header_bytes);
  fields.Whole("max_requests", 1, kMaxUint32, limits.max_requests);
  fields.Whole("max_queued_requests", 0, kMaxUint32, limits.max_queued_requests);
  fields.Whole("max_requests_per_caller", 1, kMaxUint32, limits.max_requests_per_caller);
  fields.Whole("max_connections", 1, kMaxUint32, limits.max_connections);
  fields.Whole("max_watchers", 0, kMaxUint32, limits.max_watchers);
  ReadTimeout(fields, "header_timeout_ms", limits.header_timeout);
  ReadTimeout(fields, "request_timeout_ms", limits.request_timeout);
  return fields.Finish();
}

Result<ServiceOptions> ReadOptions(const Json& json) {
  ServiceOptions options;
  JsonFields fields(json, "");
  fields.Text("socket", options.socket);
  fields.Object("tls", [&](const Json& value, const std::string& place) {
    return ReadTls(value, place, options.tls.emplace());
  });
  fields.Text("loopback_http", options.loopback_http);
  fields.Each("loopback_grants", [&](const Json& value, const std::string& place) {
    return ReadLoopbackGrant(value, place, options.loopback_grants);
  });
  fields.Text("tokens", options.tokens);
  fields.Each("users", [&](const Json& value, const std::string& place) {
    return ReadUser(value, place, options.users);
  });
  fields.Each("certificates", [&](const Json& value, const std::string& place) {
    return ReadCertificate(value, place, options.certificates);
  });
  fields.Object("limits", [&](const Json& value, const std::string& place) {
    return ReadLimits(value, place, options.limits);
  });
  if (Result<void> read = fields.Finish(); !read) return std::unexpected(read.error());
  return options;
}

void MakeWhole(std::string& path, const std::string& folder) {
  if (!path.empty()) path = (std::filesystem::path(folder) / path).lexically_normal().string();
}

}  // namespace

Result<ServiceOptions> ParseServiceConfig(std::string_view text, const std::string& file,
                                          const std::string& folder) {
  const auto in_file = [&](const Error& error) {
    return Fail(error.code, file + ": " + error.message);
  };
  const Result<Json> json = ParseStrictJson(text, JsonComments::kIgnored);
  if (!json) return in_file(json.error());
  Result<ServiceOptions> options = ReadOptions(*json);
  if (!options) return in_file(options.error());
  MakeWhole(options->socket, folder);
  MakeWhole(options->tokens, folder);
  if (options->tls) {
    MakeWhole(options->tls->certificate, folder);
    MakeWhole(options->tls->key, folder);
    MakeWhole(options->tls->client_ca, folder);
  }
  if (Result<void> checked = CheckServiceOptions(*options); !checked) {
    return in_file(checked.error());
  }
  return options;
}

Result<ServiceOptions> ReadServiceConfig(const std::string& path) {
  std::error_code fault;
  if (std::filesystem::is_directory(path, fault)) {
    return Fail(ErrorCode::kIoError, path + ": expected a file, found a folder");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIoError,
                fmt::format("{}: can't be opened: {}", path, strerror(errno)));
  }
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad() || text.bad()) return Fail(ErrorCode::kIoError, path + ": can't be read");
  return ParseServiceConfig(text.view(), path, std::filesystem::path(path).parent_path().string());
}

}  // namespace switchback
