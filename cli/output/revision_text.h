// A revision's metadata: for people, and as fields of a JSON object.
#pragma once

#include <string>

#include "cli/output/json_writer.h"
#include "switchback/store.h"
#include "switchback/view.h"

namespace switchback::cli {

// Who, when, why, from where: one field a line.
void AppendRevision(const RevisionInfo& info, const StoreIdentity& identity, const Clock& clock,
                    bool color, std::string& out);

// The metadata fields that every listing of revisions or versions has.
void WriteCommitFields(const RevisionInfo& info, JsonWriter& json);
// Where it really came from, as the field `origin`.
void WriteOrigin(const Origin& origin, JsonWriter& json);
// All of it, for `show`: the object is the caller's.
void WriteRevision(const RevisionInfo& info, JsonWriter& json);

}  // namespace switchback::cli
