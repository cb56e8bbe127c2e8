#include "client/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace switchback::client {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string ErrorOf(std::string_view text) {
  const Result<ServiceUrl> url = ParseServiceUrl(text);
  if (url) return "no error";
  EXPECT_EQ(url.error().code, ErrorCode::kInvalidArgument);
  return url.error().message;
}

TEST(ServiceUrlTest, TakesASocketPath) {
  const Result<ServiceUrl> url = ParseServiceUrl("unix:/var/lib/routes");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->kind, ServiceUrl::Kind::kUnix);
  EXPECT_EQ(url->path, "/var/lib/routes");
  EXPECT_EQ(url->HostHeader(), "localhost");
}

TEST(ServiceUrlTest, TakesAHostWithAndWithoutAPort) {
  const Result<ServiceUrl> plain = ParseServiceUrl("https://routes.example/");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->kind, ServiceUrl::Kind::kTls);
  EXPECT_EQ(plain->HostHeader(), "routes.example:7443");
  const Result<ServiceUrl> with_port = ParseServiceUrl("https://[2001:db8::1]:8443");
  ASSERT_TRUE(with_port);
  EXPECT_EQ(with_port->host, "2001:db8::1");
  EXPECT_EQ(with_port->port, 8443);
  EXPECT_EQ(with_port->HostHeader(), "[2001:db8::1]:8443");
}

TEST(ServiceUrlTest, TakesPlainHttpToThisMachineAlone) {
  for (const char* host : {"127.0.0.1", "127.9.8.7:1", "[::1]:80", "localhost"}) {
    EXPECT_TRUE(ParseServiceUrl(std::string("http://") + host)) << host;
  }
  for (const char* host : {"10.0.0.1", "[2001:db8::1]", "routes.example", "localhost.example"}) {
    EXPECT_THAT(ErrorOf(std::string("http://") + host), HasSubstr("loopback only")) << host;
  }
}

TEST(ServiceUrlTest, RefusesWhatIsNoUrlOfAService) {
  for (const char* text :
       {"", "unix:", "/var/lib/routes", "ftp://host", "https://", "https://:1",
        "https://host:", "https://host:0", "https://host:65536", "https://host:1x", "https://ho st",
        "https://[::1", "https://[host]", "https://host/path", "https://host?x=1"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("unix:PATH")) << text;
  }
}

TEST(ServiceUrlTest, RepeatsNoPassword) {
  EXPECT_THAT(ErrorOf("https://ann:secret@host"), Not(HasSubstr("secret")));
  EXPECT_THAT(ErrorOf("ftp://ann:secret@host"), Not(HasSubstr("secret")));
}

TEST(PercentEncodeTest, LeavesOnlyWhatIsSafeEverywhere) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a/b c+d&e=%"), "a%2Fb%20c%2Bd%26e%3D%25");
  EXPECT_EQ(PercentEncode(std::string_view("\0\xff", 2)), "%00%FF");
}

TEST(TargetTest, BuildsPathAndQuery) {
  Target target("/v1/lists");
  target.Segment("a/b").Segment("versions").Segment(7).Query("view", Revision{3});
  target.QueryIf("from", std::optional<Version>{}).QueryIfAny("glob", "").Query("at", "r1^");
  EXPECT_EQ(target.text(), "/v1/lists/a%2Fb/versions/7?view=3&at=r1%5E");
}

}  // namespace
}  // namespace switchback::client
