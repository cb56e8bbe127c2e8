// Which versions endpoints come from: walks an ID's versions from the newest down and stops as soon
// as all that was asked for is explained, so that a young list in an old store costs little.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "history/content.h"
#include "history/rows.h"
#include "switchback/provenance.h"

namespace switchback {

// As View::BlameList and View::Lives.
[[nodiscard]] Result<Blame> BlameVersion(const Rows& rows, const ContentReader& content,
                                         const BusinessId& id, Version version);

// Every stay of a key in the ID's list, oldest first. Errors: kNotFound, the ID.
[[nodiscard]] Result<std::vector<EndpointLife>> LivesOf(const Rows& rows, const BusinessId& id,
                                                        const EndpointKey& key);

struct KeyOrigin {
  Version from;
  bool since_before = false;
};
// The version that brought each key in, uninterrupted up to `version`. REQUIRES: `keys` are
// strictly increasing, and all in that version's list.
[[nodiscard]] Result<std::vector<KeyOrigin>> OriginsOf(const Rows& rows,
                                                       const ContentReader& content,
                                                       const BusinessId& id, Version version,
                                                       std::span<const EndpointKey> keys);

struct LastTouch {
  Version version;  // 0: not found among the versions that are there
  Revision revision;
};
// The newest version above `above` that touched each key, those left out that `passed` takes.
// REQUIRES: `keys` are strictly increasing.
[[nodiscard]] Result<std::vector<LastTouch>> LastTouchesOf(
    const Rows& rows, const ContentReader& content, const BusinessId& id, Version newest,
    Version above, const std::function<bool(Version)>& passed, std::span<const EndpointKey> keys);

}  // namespace switchback
