// A commit's metadata, decoded and passed over.
#include "history/metadata.h"

#include "fuzz/well_formed.h"

namespace switchback {
namespace {

void Try(std::string_view bytes) {
  ByteReader in(bytes);
  Metadata metadata;
  if (!DecodeMetadata(in, metadata)) return;
  const std::string_view taken = bytes.substr(0, bytes.size() - in.rest().size());
  ByteReader passing(bytes);
  std::string_view passed;
  Require(SkipMetadata(passing, passed) && passed == taken,
          "metadata is not passed over as far as it is read");
  std::string once;
  EncodeMetadata(metadata, once);
  ByteReader again(once);
  Metadata same;
  Require(DecodeMetadata(again, same) && again.empty(), "what was written of it is refused");
  Require(same == metadata, "metadata is another one read again");
  Require(once.size() <= taken.size(), "a writer takes more bytes than those that were read");
}

const RegisterFuzzTarget kTarget("metadata", Try);

}  // namespace
}  // namespace switchback
