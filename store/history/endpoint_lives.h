// When endpoints were in an ID's list: a pass over its rows from the oldest up, for the keys asked
// for alone. Full lists are searched, scripts gone through; nothing is put together.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "history/chunk_store.h"
#include "history/row_keys.h"
#include "history/rows.h"
#include "history/version_row.h"
#include "list/script_parts.h"
#include "switchback/provenance.h"

namespace switchback {

// Which endpoints are asked for: by key, and as a search of a whole list.
struct WantedKeys {
  std::function<bool(const EndpointKey&)> takes;
  // Places in the list, rising, of all those that `takes` does.
  std::function<std::vector<size_t>(const EndpointList&)> find;
};

class EndpointLives {
 public:
  // Both borrowed.
  EndpointLives(const Rows& rows, const WantedKeys& wanted)
      : published_(rows.published()), wanted_(wanted), chunks_(rows.view()) {}

  // The next row of the ID, versions and checkpoints in order of keys. Errors: kDataLoss.
  [[nodiscard]] Result<void> Take(const VersionPlace& place, std::string_view value);
  // All stays, by key, then oldest first. Leaves it ready for the next ID.
  [[nodiscard]] std::vector<EndpointLife> Finish();

 private:
  [[nodiscard]] Result<void> TakeVersion(Version version, const VersionRow& row);
  [[nodiscard]] Result<void> TakeScript(Version version, std::string_view script);
  [[nodiscard]] Result<void> TakeFull(Version version, VersionKind kind, std::string_view payload);
  [[nodiscard]] Result<void> TakeBase(Version version, std::string_view checkpoint);
  void TakeSameAs(Version version, Version source);
  void Become(Version version, const std::map<EndpointKey, std::string>& values);
  void Come(Version version, const EndpointKey& key, std::string value);
  void Go(Version version, const EndpointKey& key);
  void PassGap(Version first, Version next);
  [[nodiscard]] Result<std::map<EndpointKey, std::string>> FindIn(VersionKind kind,
                                                                  std::string_view payload) const;

  const Revision published_;
  const WantedKeys& wanted_;
  const EngineChunkReader chunks_;
  std::vector<EndpointLife> lives_;
  // Those before the last gap: what a kept version between gaps held, for a "same as" that names
  // it.
  std::vector<EndpointLife> past_;
  std::map<EndpointKey, size_t> open_;  // places in lives_ of those that are still there
  // The versions before this one were pruned: what its list holds may be older. 0: they were not.
  Version behind_gap_;
  ScriptParts parts_;  // scratch
};

}  // namespace switchback
