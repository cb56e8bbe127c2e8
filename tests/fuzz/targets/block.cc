// Blocks: the endpoints of inline lists and chunks.
#include "list/block.h"

#include "fuzz/well_formed.h"

namespace switchback {
namespace {

// A block of some bytes may be millions of endpoints, all of them in order: no finding.
constexpr size_t kMostEndpoints = 5000;

void Try(std::string_view bytes) {
  ByteReader in(bytes);
  EndpointListBuilder builder;
  const Result<void> decoded = DecodeBlock(in, kMostEndpoints, builder);
  if (!decoded) return RequireDataLoss(decoded.error());
  const EndpointList list = builder.Finish();
  RequireWellFormed(list);
  std::string once;
  EncodeBlock(list, 0, list.size(), once);
  ByteReader again(once);
  Require(DecodeBlock(again, list.size(), builder).has_value() && again.empty(),
          "a block that was just written is refused");
  const EndpointList same = builder.Finish();
  RequireSameList(same, list, "a block is another list read again");
  std::string twice;
  EncodeBlock(same, 0, same.size(), twice);
  Require(once == twice, "the block of a list depends on where the list comes from");
}

const RegisterFuzzTarget kTarget("block", Try);

}  // namespace
}  // namespace switchback
