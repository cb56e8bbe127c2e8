// Canonical bytes of an endpoint, and the digest over them (doc/format-lists.md, "Digest").
#pragma once

#include <cstddef>
#include <string>

#include "switchback/endpoint.h"
#include "switchback/endpoint_list.h"
#include "switchback/types.h"

namespace switchback {

// Key: family byte (4 or 6), address big-endian (4 or 16 bytes), prefix length (1), port big-endian
// (2; 0 for none). Value: nothing where there is neither weight nor attributes; else a flags byte
// (1: weight, 2: attributes), the weight little-endian (4) and the attributes' canonical text, each
// where flagged.
void AppendCanonicalBytes(const Endpoint& endpoint, std::string& out);

// XXH3-128 over the canonical bytes: what one endpoint adds to its list's digest.
[[nodiscard]] Digest EndpointDigest(const Endpoint& endpoint);

// The sum over endpoints [begin, end): the digest of a list that holds just these.
[[nodiscard]] Digest DigestOfRange(const EndpointList& list, size_t begin, size_t end);

}  // namespace switchback
