// Refusals: a record in the journal each, and nothing else.
#include "api/store_impl.h"
#include "api/validation.h"
#include "codec/bytes.h"

namespace switchback {

Result<void> StoreImpl::RecordRefusal(const Refusal& refusal) {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  if (Result<void> checked = CheckRefusal(refusal); !checked) return checked;
  CommitOptions said;
  said.operation = Operation::kRefusal;
  said.message = refusal.missing;
  said.origin = refusal.origin;
  // Who floods a service with calls that it refuses is not to make the disk work for each.
  said.durability = Durability::kBuffered;
  std::string payload;
  AppendLengthPrefixed(refusal.call, payload);
  return committer_.Say(said, payload, {});
}

}  // namespace switchback
