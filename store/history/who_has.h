// Which IDs have an address, at a revision or ever (View::WhoHas, View::WhoEverHad).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "history/content.h"
#include "history/rows.h"
#include "switchback/provenance.h"

namespace switchback {

// Places, in rising order, of the endpoints that answer the query. Cost: a few searches where the
// list holds no ranges, else one for each prefix length that a covering range may have.
[[nodiscard]] std::vector<size_t> FindAddress(const EndpointList& list, const AddressQuery& query);

[[nodiscard]] Result<std::unique_ptr<Cursor<AddressHolder>>> OpenWhoHas(
    const Rows& rows, const ContentReader& content, const AddressQuery& query, Revision revision,
    std::string glob);
[[nodiscard]] Result<std::unique_ptr<Cursor<AddressLife>>> OpenWhoEverHad(const Rows& rows,
                                                                          const AddressQuery& query,
                                                                          std::string glob);

}  // namespace switchback
