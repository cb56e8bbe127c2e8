// Between what the driver speaks, canonical text, and what the adapters that pack lists keep.
#pragma once

#include <string>
#include <vector>

#include "bench/compare/endpoint_codec.h"
#include "bench/compare/packed_list.h"
#include "bench/compare/system.h"

namespace switchback::compare {

// Folded: a changed value comes as a remove and an add. New values get their numbers.
Delta DeltaOf(const IdChange& change, ValueTable& values);
std::vector<std::string> TextsOf(const EntryList& list, const ValueTable& values);
Difference DifferenceOf(const Delta& delta, const ValueTable& values);

}  // namespace switchback::compare
