// Sorted lists of endpoints and what leads from one to another, and their bytes: columns of
// varints, addresses as differences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/compare/endpoint_codec.h"

namespace switchback::compare {

// By key; a key once.
using EntryList = std::vector<Entry>;

// One key's value before and after; nothing: not in the list.
struct Edit {
  EndpointKey key;
  std::optional<uint32_t> from;
  std::optional<uint32_t> to;
};
// By key; a key once.
using Delta = std::vector<Edit>;

// Sorted, and an edit of the same key folded with the one before it; what cancels out is gone.
void Fold(Delta& edits);
Delta Inverse(Delta delta);
Delta Compare(const EntryList& from, const EntryList& to);
// A remove of what is not there, or an add of what is, ends the program.
EntryList Apply(const EntryList& list, const Delta& delta);

void AppendVarint(uint64_t value, std::string& out);
uint64_t TakeVarint(std::string_view& in);

std::string EncodeList(const EntryList& list);
EntryList DecodeList(std::string_view bytes);
std::string EncodeDelta(const Delta& delta);
// Adds to `out`, unsorted across the parts of a delta: see Fold.
void DecodeDelta(std::string_view bytes, Delta& out);

}  // namespace switchback::compare
