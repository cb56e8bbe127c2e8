// Keys of rows: what is taken is the key that is made of its parts.
#include "history/row_keys.h"

#include "codec/bytes.h"
#include "fuzz/fuzz_target.h"

namespace switchback {
namespace {

void TryVersionKey(std::string_view bytes) {
  VersionKeyParts parts;
  if (!ParseVersionKey(bytes, parts)) return;
  const Result<BusinessId> id = BusinessId::Parse(parts.id);
  if (!id) return;
  Require(bytes == (parts.checkpoint ? CheckpointKey(*id, parts.version)
                                     : VersionKey(*id, parts.version)),
          "the key of a version is another one");
  const std::string begin = VersionsBegin(*id);
  Require(bytes.starts_with(begin) && begin <= bytes && bytes < VersionsEnd(*id),
          "the key of a version does not lie among those of its ID");
  VersionPlace place;
  Require(ParseVersionPlace(bytes.substr(begin.size()), place) && place == parts,
          "the place of a version is another one");
}

// Bytewise order is the order of the numbers.
void TryNumbers(std::string_view bytes) {
  ByteReader in(bytes);
  uint64_t a = 0;
  uint64_t b = 0;
  if (!in.ReadOrderedNumber(a)) return;
  const std::string_view first = bytes.substr(0, bytes.size() - in.rest().size());
  const std::string_view from_second = in.rest();
  if (!in.ReadOrderedNumber(b)) return;
  const std::string_view second = from_second.substr(0, from_second.size() - in.rest().size());
  Require((first < second) == (a < b) && (first == second) == (a == b),
          "numbers in keys are out of order");
}

void Try(std::string_view bytes) {
  TryVersionKey(bytes);
  TryNumbers(bytes);
  RecordKeyParts record;
  if (ParseRecordKey(bytes, record)) {
    Require(RecordKey(record.revision, record.sub) == bytes, "the key of a record is another one");
  }
  Revision first;
  if (ParseSegmentKey(bytes, first)) {
    ByteReader generation(bytes.substr(1));
    uint64_t number = 0;
    Require(generation.ReadOrderedNumber(number) && SegmentKey(number, first) == bytes,
            "the key of a segment is another one");
  }
  Digest address;
  if (ParseChunkKey(bytes, address)) {
    std::string end;
    AppendBigEndian64(address.high, end);
    AppendBigEndian64(address.low, end);
    Require(bytes.ends_with(end), "the address in the key of a chunk is another one");
  }
}

const RegisterFuzzTarget kTarget("row_key", Try);

}  // namespace
}  // namespace switchback
