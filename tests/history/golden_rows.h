// The pinned bytes of row_samples.h, in hex (doc/format.md explains them field by field).
#pragma once

#include <map>
#include <string>

namespace switchback {

inline std::map<std::string, std::string> GoldenRows() {
  return {
      {"record of one ID", "010633393435323129"},
      {"record of many IDs",
       "020c02038088bfaa1903616e6e0a647261696e20706f6f6c030102ac02000006333934353231290501320100013"
       "4ac02"},
      {"record with parts", "020c02038088bfaa1903616e6e0a647261696e20706f6f6cb8170102ac0203"},
      {"record of what was said", "030420038088bfaa1903616e6e7061796c6f6164"},
      {"record of a refusal", "030823038088bfaa190a647261696e20706f6f6c057072756e65"},
      {"metadata, no flags", "0002038088bfaa19"},
      {"metadata, all flags",
       "7f02038088bfaa19f1eed6fcf3c5018680c0f4c198af0b03616e6e0a647261696e20706f6f6c054f50532d31076"
       "36f6e736f6c65057265712d31"},
      {"metadata, later fields", "840102038088bfaa1903616e6e080103776879ac0200"},
      {"version: script", "01ac02ac06032b310a00000101017e5001010024830001000103"},
      {"version: inline list",
       "0a0402038088bfaa1903616e6e010300000003037b020a000001016020010db800000000007e000100508100010"
       "00101067a6f6e653d61010002"},
      {"version: chunked list",
       "0b0402038088bfaa1903616e6e01b817000300b81704b817c51b14b4bcd7a2236a19b6831f6c7da185fa020400f"
       "f7f000000110a00000000b8801000c03e947b394472402b6c33acba79371aaf7d4cb70715ac3661fd0036e9f71f"
       "2bbe7be818e89614ac9e4c2b4113656321a58afbcfebc489b4766e0af4fead66046a1f"},
      {"version: same-as",
       "0c7f02038088bfaa19f1eed6fcf3c5018680c0f4c198af0b03616e6e0a647261696e20706f6f6c054f50532d310"
       "7636f6e736f6c65057265712d31ad02ac0604290100ac06"},
      {"version: deletion", "05ae020000ac060000"},
      {"version: pruned run", "06af02ac02100f0e0d0c0b0a090807060504030201"},
      {"store, pruned",
       "030000002431323365343536372d653839622d343264332d613435362d3432363631343137343030300a70726f"
       "64756374696f6e8088bfaa19ac02ad02f1eed6fcf3c501b10202ababababababababababababababababababab"
       "abababababababababababababe807f0a2040301ab02"},
      {"touched IDs", "00063339343532312905013201000134ac02"},
      {"head",
       "0229ac0203100f0e0d0c0b0a090807060504030201e80714037b020a000001016020010db800000000007e00010"
       "050810001000101067a6f6e653d61010002"},
      {"head without a block, pruned", "0429ac0203100f0e0d0c0b0a090807060504030201e8071428"},
      {"head of a deleted ID", "01020200000000000000000000000000000000000000"},
      {"store",
       "020000002431323365343536372d653839622d343264332d613435362d3432363631343137343030300a70726f6"
       "4756374696f6e8088bfaa19ac02ad02f1eed6fcf3c501b10202abababababababababababababababababababab"
       "ababababababababababababe807f0a204030100"},
      {"journal segment",
       "ac02ad021111111111111111111111111111111111111111111111111111111111111111222222222222222222"
       "222222222222222222222222222222222222222222222233333333333333333333333333333333333333333333"
       "33333333333333333333"},
      {"origin", "03616e6e06686f73742d310a7377697463686261636b05302e312e30"},
      {"snapshot", "ac028088bfaa1903616e6e06667269646179"},
      {"request", "ac02100f0e0d0c0b0a090807060504030201"},
  };
}

// The journal's content hash, leaf and first two links of the record in rows_golden_test.cc; the
// last three were recomputed from doc/format.md by another program.
inline constexpr const char* kGoldenContent =
    "f7bc7c7537254cbb9130ad7b33012f488e82614dc805e4a31a2ac3f206ea124a";
inline constexpr const char* kGoldenLeaf =
    "3d0eb4be9cdb357756d0afc84137c7a3263f9f05e5806d43c9ccbe723094300a";
inline constexpr const char* kGoldenFirstChain =
    "93f0a266ee2a5c4e30d41919303209b4848c7c350cf39270db1afad944883db0";
inline constexpr const char* kGoldenSecondChain =
    "25dc512bfc4fe483b884e28d310900cb02620a9c92634deb404c95822261abf1";

}  // namespace switchback
