// A diff as one JSON object, streamed.
#pragma once

#include "cli/diff_report.h"
#include "cli/failure.h"
#include "cli/output/json_writer.h"
#include "cli/output/output.h"

namespace switchback::cli {

// The object, as a value: what stands around it is the caller's. With `counts_only`, the three
// parts are numbers. Errors: kIoError of the output.
[[nodiscard]] Outcome<void> WriteDiff(const DiffReport& report, bool counts_only, JsonWriter& json,
                                      Output& out);
// "name":["10.0.0.1:80 weight=5", ...]
[[nodiscard]] Outcome<void> WriteEndpoints(std::string_view name, const EndpointList& list,
                                           JsonWriter& json, Output& out);

}  // namespace switchback::cli
