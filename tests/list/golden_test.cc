// Pins the bytes of doc/format-lists.md. A failure here means that stores written before can no
// longer be read: change the format number, the page and these bytes together, or none.

#include <gtest/gtest.h>

#include "codec/packed_column.h"
#include "list/block.h"
#include "list/chunk.h"
#include "list/digest.h"
#include "list/map_chunks.h"
#include "list/script.h"

namespace switchback {
namespace {

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char byte : bytes) {
    hex.push_back(kDigits[static_cast<uint8_t>(byte) >> 4]);
    hex.push_back(kDigits[static_cast<uint8_t>(byte) & 15]);
  }
  return hex;
}

EndpointList Parse(const std::vector<std::string>& lines) {
  EndpointListBuilder builder;
  std::vector<OwnedEndpoint> endpoints;
  for (const std::string& line : lines) endpoints.push_back(ParseEndpoint(line).value());
  for (const OwnedEndpoint& endpoint : endpoints) builder.Append(endpoint.view());
  return builder.Finish();
}

std::string BlockHex(const EndpointList& list) {
  std::string block;
  EncodeBlock(list, 0, list.size(), block);
  return Hex(block);
}

std::string ScriptHex(const EndpointList& from, const EndpointList& to) {
  std::string script;
  EncodeScript(Diff(from, to), script);
  return Hex(script);
}

TEST(Golden, CanonicalBytesAndDigest) {
  std::string bytes;
  const OwnedEndpoint ipv4 = ParseEndpoint("10.20.1.1:8000 weight=100 zone=a").value();
  AppendCanonicalBytes(ipv4.view(), bytes);
  EXPECT_EQ(Hex(bytes), "040a140101201f4003640000007a6f6e653d61");
  bytes.clear();
  AppendCanonicalBytes(ParseEndpoint("2001:db8::/32").value().view(), bytes);
  EXPECT_EQ(Hex(bytes), "0620010db8000000000000000000000000200000");
  EXPECT_EQ(Parse({"10.20.1.1:8000"}).digest().ToHex(), "0cd9bfb9c66b0ab7dd6f08b435eb2637");
  EXPECT_EQ(Parse({"10.20.1.1:8000 weight=100", "2001:db8::/32"}).digest().ToHex(),
            "cda93efe8981b71a3c2f8f235c0005b8");
}

TEST(Golden, Blocks) {
  EXPECT_EQ(BlockHex(Parse({})), "00");
  EXPECT_EQ(BlockHex(Parse({"10.20.1.1"})), "01010a140101");
  EXPECT_EQ(BlockHex(Parse({"10.20.1.1:8000 weight=100"})), "01310a140101c03e65");
  EXPECT_EQ(BlockHex(Parse({"10.20.1.1:80 weight=100", "10.20.1.1:443 weight=100",
                            "10.20.1.2:80 weight=100", "10.20.1.7:80 weight=50 zone=a",
                            "10.21.0.0/16", "2001:db8::/32", "2001:db8::1 zone=a"})),
            "077f0581000400100a14010104000108600020010db800000000ffffffff1f000109"
            "0050764381020000000700e572790600000001067a6f6e653d61010048");
  // Side by side, one within another, and after a hole.
  EXPECT_EQ(BlockHex(Parse({"10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/23", "10.0.2.0/26",
                            "10.0.4.0/22", "10.0.16.0/24"})),
            "06050306d240010a0000000500003c0001");
}

TEST(Golden, Scripts) {
  const EndpointList a = Parse({"10.20.1.1:8000 weight=100", "10.20.1.2:8000 weight=100"});
  const EndpointList b = Parse({"10.20.1.1:8000 weight=50", "172.16.9.4:8000 weight=100"});
  EXPECT_EQ(ScriptHex(a, a), "00");
  EXPECT_EQ(ScriptHex({}, Parse({"10.20.1.1:8000 weight=100"})), "24310a140101c03e65");
  EXPECT_EQ(ScriptHex(a, b), "2b310a140101018290f08f0a00c03e217e65010233");
  EXPECT_EQ(ScriptHex(b, a), "2b310a140101018290f08f0a00c03e097e65010033");
}

TEST(Golden, Root) {
  EndpointListBuilder builder;
  uint32_t address = 0x0a000000;
  for (uint32_t i = 0; i < 1500; ++i) {
    if (i == 800) address = 0x0a010000;  // from here on dense: a chunk that is kept inline
    builder.Append({{{Family::kIPv4, 0, address}, 32, 8000}, {100, {}}});
    address += i < 800 ? 1 + i * i % 7 : 1;
  }
  MapChunks chunks;
  std::string root;
  EncodeRoot(WriteChunks(builder.Finish(), chunks.Sink()).value(), root);
  EXPECT_EQ(Hex(root),
            "02dc0bc929fb233d277d57b3c41ef2abf9a03ea006bc05000e110a000000808004c03ec03e"
            "f6590fe5cd9e537011474793d9e6cebebc05310a010000000100c03e0065");
}

}  // namespace
}  // namespace switchback
