#include "service/service_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "service/role.h"
#include "service/scratch_file.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kFull = R"({
  // Where it listens.
  "socket": "/run/switchback/service.sock",
  "tls": {
    "listen": "0.0.0.0:8443",
    "certificate": "tls/service.pem", /* of this file's folder */
    "key": "/etc/ssl/private/service.key",
    "client_ca": "../ca.pem"
  },
  "loopback_http": "127.0.0.1:8080",
  "loopback_grants": [{"role": "reader", "globs": ["public/*"]}],
  "tokens": "tokens",
  "users": [
    {"user": "ann", "role": "admin"},
    {"uid": 1002, "role": "writer", "globs": ["edge/*", "core/?"], "environment": "production"},
    {"group": "network", "role": "approver"}
  ],
  "certificates": [{"common_name": "edge-7", "role": "writer", "globs": ["edge/7"]}],
  "limits": {
    "requests_per_second": 12.5,
    "burst": 40,
    "total_requests_per_second": 2000,
    "max_body_bytes": 1000000,
    "max_header_bytes": 8192,
    "max_requests": 16,
    "max_connections": 100,
    "max_watchers": 50,
    "header_timeout_ms": 1500,
    "request_timeout_ms": 25000
  }
})";

Result<ServiceOptions> Parse(const std::string& text) {
  return ParseServiceConfig(text, "service.json", "/etc/switchback");
}

// The message of the error; of options that are taken, a text that no test expects.
std::string FaultOf(const std::string& text) {
  const auto options = Parse(text);
  if (options) return "was taken: " + text;
  EXPECT_EQ(options.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(options.error().message, StartsWith("service.json: "));
  return options.error().message;
}

TEST(ServiceConfig, ReadsWhereItListens) {
  const auto options = Parse(kFull);
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(options->socket, "/run/switchback/service.sock");
  ASSERT_TRUE(options->tls.has_value());
  EXPECT_EQ(options->tls->listen, "0.0.0.0:8443");
  EXPECT_EQ(options->tls->certificate, "/etc/switchback/tls/service.pem");
  EXPECT_EQ(options->tls->key, "/etc/ssl/private/service.key");
  EXPECT_EQ(options->tls->client_ca, "/etc/ca.pem");
  EXPECT_EQ(options->loopback_http, "127.0.0.1:8080");
  EXPECT_EQ(options->tokens, "/etc/switchback/tokens");
}

TEST(ServiceConfig, ReadsWhoMayWhat) {
  const auto options = Parse(kFull);
  ASSERT_TRUE(options.has_value()) << options.error().message;
  ASSERT_EQ(options->users.size(), 3U);
  EXPECT_EQ(options->users[0].user, "ann");
  EXPECT_FALSE(options->users[0].uid.has_value());
  EXPECT_EQ(DescribeGrant(options->users[0].grant), "admin");
  EXPECT_EQ(options->users[1].uid, 1002U);
  EXPECT_EQ(DescribeGrant(options->users[1].grant), "writer of edge/*, core/? in production");
  EXPECT_EQ(options->users[2].group, "network");
  EXPECT_EQ(DescribeGrant(options->users[2].grant), "approver");
  ASSERT_EQ(options->certificates.size(), 1U);
  EXPECT_EQ(options->certificates[0].common_name, "edge-7");
  EXPECT_EQ(DescribeGrant(options->certificates[0].grant), "writer of edge/7");
  ASSERT_EQ(options->loopback_grants.size(), 1U);
  EXPECT_EQ(DescribeGrant(options->loopback_grants[0]), "reader of public/*");
}

TEST(ServiceConfig, ReadsLimits) {
  const auto options = Parse(kFull);
  ASSERT_TRUE(options.has_value()) << options.error().message;
  const ServiceLimits& limits = options->limits;
  EXPECT_EQ(limits.requests_per_second, 12.5);
  EXPECT_EQ(limits.burst, 40U);
  EXPECT_EQ(limits.total_requests_per_second, 2000);
  EXPECT_EQ(limits.max_body_bytes, 1'000'000U);
  EXPECT_EQ(limits.max_header_bytes, 8'192U);
  EXPECT_EQ(limits.max_requests, 16U);
  EXPECT_EQ(limits.max_connections, 100U);
  EXPECT_EQ(limits.max_watchers, 50U);
  EXPECT_EQ(limits.header_timeout, milliseconds(1'500));
  EXPECT_EQ(limits.request_timeout, milliseconds(25'000));
}

TEST(ServiceConfig, EveryKeyIsOptionalAndNothingListensUnlessNamed) {
  const auto options = Parse("{}");
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(options->socket, "");
  EXPECT_FALSE(options->tls.has_value());
  EXPECT_EQ(options->loopback_http, "");
  EXPECT_EQ(options->tokens, "");
  EXPECT_THAT(options->users, IsEmpty());
  EXPECT_EQ(options->limits.requests_per_second, 0);
  EXPECT_EQ(options->limits.total_requests_per_second, 0);
  EXPECT_EQ(options->limits.max_body_bytes, size_t{64} << 20);
  EXPECT_EQ(options->limits.max_header_bytes, size_t{16} << 10);
  EXPECT_EQ(options->limits.max_requests, 64U);
  EXPECT_EQ(options->limits.max_connections, 12'000U);
  EXPECT_EQ(options->limits.max_watchers, 10'000U);
  EXPECT_EQ(options->limits.header_timeout, milliseconds(10'000));
  EXPECT_EQ(options->limits.request_timeout, milliseconds(60'000));
}

TEST(ServiceConfig, RefusesKeysThatItDoesNotKnowByName) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"sockets": "x"})", "sockets: there is no such key"},
      {R"({"": 1})", ": there is no such key"},
      {R"({"tls": {"listen": "a:1", "certificate": "c", "key": "k", "ca": "x"}, "tokens": "t"})",
       "tls.ca: there is no such key"},
      {R"({"limits": {"bursts": 1}})", "limits.bursts: there is no such key"},
      {R"({"users": [{"uid": 1, "role": "reader"}, {"uid": 1, "role": "reader", "glob": "a"}]})",
       "users[1].glob: there is no such key"},
      {R"({"certificates": [{"common_name": "a", "role": "reader", "cn": "b"}]})",
       "certificates[0].cn: there is no such key"},
      {R"({"loopback_grants": [{"role": "reader", "user": "b"}]})",
       "loopback_grants[0].user: there is no such key"},
      {R"({"socket": "a", "socket": "b"})", "key 'socket' stands twice in one object"},
      {R"({"limits": {"burst": 1, "burst": 1}})", "key 'burst' stands twice in one object"},
  };
  for (const auto& [text, fault] : cases) EXPECT_EQ(FaultOf(text), "service.json: " + fault);
}

TEST(ServiceConfig, RefusesValuesOfAnotherKind) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[]", "expected an object, found an array"},
      {"null", "expected an object, found null"},
      {R"({"socket": 5})", "socket: expected a text, found 5"},
      {R"({"socket": null})", "socket: expected a text, found null"},
      {R"({"tls": "x"})", "tls: expected an object, found 'x'"},
      {R"({"loopback_http": 8080})", "loopback_http: expected a text, found 8080"},
      {R"({"loopback_grants": {}})", "loopback_grants: expected an array, found an object"},
      {R"({"tokens": true})", "tokens: expected a text, found true or false"},
      {R"({"users": {}})", "users: expected an array, found an object"},
      {R"({"users": ["ann"]})", "users[0]: expected an object, found 'ann'"},
      {R"({"users": [{"user": 1, "role": "reader"}]})", "users[0].user: expected a text, found 1"},
      {R"({"users": [{"uid": "1", "role": "reader"}]})",
       "users[0].uid: expected a whole number, 0 to 4294967295, found '1'"},
      {R"({"users": [{"uid": -1, "role": "reader"}]})",
       "users[0].uid: expected a whole number, 0 to 4294967295, found -1"},
      {R"({"users": [{"uid": 4294967296, "role": "reader"}]})",
       "users[0].uid: expected a whole number, 0 to 4294967295, found 4294967296"},
      {R"({"users": [{"uid": 1, "role": "root"}]})",
       "users[0].role: expected reader, writer, approver or admin, found 'root'"},
      {R"({"users": [{"uid": 1, "role": 3}]})",
       "users[0].role: expected reader, writer, approver or admin, found 3"},
      {R"({"users": [{"uid": 1, "role": "reader", "globs": "*"}]})",
       "users[0].globs: expected an array of texts, found '*'"},
      {R"({"users": [{"uid": 1, "role": "reader", "globs": [7]}]})",
       "users[0].globs: expected only texts in the array, found 7"},
      {R"({"users": [{"uid": 1, "role": "reader", "environment": []}]})",
       "users[0].environment: expected a text, found an array"},
      {R"({"certificates": [{"common_name": {}, "role": "reader"}]})",
       "certificates[0].common_name: expected a text, found an object"},
      {R"({"limits": []})", "limits: expected an object, found an array"},
      {R"({"limits": {"burst": 1.5}})",
       "limits.burst: expected a whole number, 0 to 4294967295, found 1.5"},
      {R"({"limits": {"max_requests": 0}})",
       "limits.max_requests: expected a whole number, 1 to 4294967295, found 0"},
      {R"({"limits": {"requests_per_second": -1}})",
       "limits.requests_per_second: expected a number, 0 to 1000000000, found -1"},
      {R"({"limits": {"requests_per_second": "9"}})",
       "limits.requests_per_second: expected a number, 0 to 1000000000, found '9'"},
      {R"({"limits": {"header_timeout_ms": 0}})",
       "limits.header_timeout_ms: expected a whole number, 1 to 86400000, found 0"},
  };
  for (const auto& [text, fault] : cases) EXPECT_EQ(FaultOf(text), "service.json: " + fault);
}

TEST(ServiceConfig, RefusesWhatIsMissingOrDoesNotGoTogether) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"tls": {"certificate": "c", "key": "k"}})", "tls.listen: is missing"},
      {R"({"tls": {"listen": "a:1", "key": "k"}})", "tls.certificate: is missing"},
      {R"({"tls": {"listen": "a:1", "certificate": "k"}})", "tls.key: is missing"},
      {R"({"tls": {"listen": "a:1", "certificate": "", "key": "k"}})",
       "tls.certificate: expected a file"},
      {R"({"tls": {"listen": "a:1", "certificate": "c", "key": "k"}})",
       "tls: nobody could say who they are: set tls.client_ca, tokens, or both"},
      {R"({"tls": {"listen": "a", "certificate": "c", "key": "k"}, "tokens": "t"})",
       "tls.listen: expected HOST:PORT or [ADDRESS]:PORT, found 'a'"},
      {R"({"users": [{"uid": 1}]})", "users[0].role: is missing"},
      {R"({"users": [{"role": "reader"}]})", "users[0]: expected one of user, uid and group"},
      {R"({"users": [{"uid": 1, "group": "b", "role": "reader"}]})",
       "users[0]: expected one of user, uid and group"},
      {R"({"users": [{"uid": 1, "role": "reader", "globs": ["a b"]}]})",
       "users[0].globs[0]: 'a b' can match no ID: IDs are of [A-Za-z0-9._:/-]"},
      {R"({"users": [{"uid": 1, "role": "reader", "environment": "a b"}]})",
       "users[0].environment: expected 1..64 bytes of [A-Za-z0-9._-], found 'a b'"},
      {R"({"certificates": [{"role": "reader"}]})", "certificates[0].common_name: is missing"},
      {R"({"certificates": [{"common_name": "a", "role": "reader"}]})",
       "certificates: none are taken without tls.client_ca"},
      {R"({"loopback_grants": [{"role": "reader"}]})",
       "loopback_grants: are of nothing without loopback_http"},
      {R"({"limits": {"burst": 5}})",
       "limits.burst: is of nothing without limits.requests_per_second"},
      {R"({"limits": {"requests_per_second": 0.0001}})",
       "limits.requests_per_second: expected 0 (no limit) or 0.001 and more, found 0.0001"},
      {R"({"limits": {"max_header_bytes": 100}})",
       "limits.max_header_bytes: expected 1024 at least, found 100"},
      {R"({"socket": "/)" + std::string(107, 's') + R"("})",
       "socket: expected a name of at most 80 bytes, found one of 107"},
  };
  for (const auto& [text, fault] : cases) EXPECT_EQ(FaultOf(text), "service.json: " + fault);
}

TEST(ServiceConfig, NamesLineAndColumnOfWhatIsNoJson) {
  EXPECT_THAT(FaultOf("{\n  \"socket\": x\n}"), HasSubstr("at line 2, column 13"));
  EXPECT_THAT(FaultOf(""), HasSubstr("line 1, column 1"));
  EXPECT_THAT(FaultOf("{} {}"), HasSubstr("line 1, column 4"));
  EXPECT_THAT(FaultOf("{\"socket\": \"\xff\"}"), HasSubstr("line 1"));
}

TEST(ServiceConfig, PlainHttpListensOnThisMachineAlone) {
  const auto with = [](const std::string& address) {
    return Parse(R"({"loopback_http": ")" + address + R"("})");
  };
  for (const char* address : {"127.0.0.1:80", "127.9.8.7:0", "[::1]:65535"}) {
    EXPECT_TRUE(with(address).has_value()) << address;
  }
  for (const char* address : {"0.0.0.0:80", "192.0.2.1:80", "[::]:80", "localhost:80",
                              "128.0.0.1:80", "127.1:80", "[::ffff:127.0.0.1]:80"}) {
    const auto options = with(address);
    ASSERT_FALSE(options.has_value()) << address;
    EXPECT_THAT(options.error().message, HasSubstr("expected an address of this machine alone"));
  }
}

TEST(ListenAddress, IsReadInItsParts) {
  const auto plain = ParseListenAddress("routes.example:8443");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->host, "routes.example");
  EXPECT_EQ(plain->port, 8443);
  const auto v6 = ParseListenAddress("[2001:db8::1]:0");
  ASSERT_TRUE(v6.has_value());
  EXPECT_EQ(v6->host, "2001:db8::1");
  EXPECT_EQ(v6->port, 0);
  for (const char* text : {"", ":", "a", "a:", ":80", "a:65536", "a:080", "a:-1", "a:1x", "::1:80",
                           "[]:80", "[::1]", "[a]:80", "a b:80", "a\n:80"}) {
    EXPECT_FALSE(ParseListenAddress(text).has_value()) << text;
  }
}

TEST(ReadServiceConfig, ReadsAFileWithPathsOfItsFolder) {
  const ScratchFolder folder;
  WriteBytes(folder.File("service.json"), R"({"socket": "s.sock"})");
  const auto options = ReadServiceConfig(folder.File("service.json"));
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(options->socket, folder.File("s.sock"));
}

TEST(ReadServiceConfig, NamesTheFileInEveryError) {
  const ScratchFolder folder;
  const auto missing = ReadServiceConfig(folder.File("none.json"));
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr(folder.File("none.json")));
  const auto not_a_file = ReadServiceConfig(folder.path());
  ASSERT_FALSE(not_a_file.has_value());
  EXPECT_EQ(not_a_file.error().code, ErrorCode::kIoError);
  WriteBytes(folder.File("empty.json"), "");
  const auto empty = ReadServiceConfig(folder.File("empty.json"));
  ASSERT_FALSE(empty.has_value());
  EXPECT_EQ(empty.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(empty.error().message, StartsWith(folder.File("empty.json") + ": "));
}

}  // namespace
}  // namespace switchback
