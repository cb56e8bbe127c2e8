// What stands behind the handles of switchback.h. Whatever reads from a store shares it, so that
// handles can be freed in any order (garbage collectors do); members are in the order in which they
// lean on one another.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "c/records.h"
#include "switchback/change.h"
#include "switchback/feed.h"
#include "switchback/store.h"
#include "switchback/switchback.h"
#include "switchback/view.h"

struct switchback_store {
  explicit switchback_store(std::unique_ptr<switchback::Store> opened);

  std::shared_ptr<switchback::Store> store;
  switchback_identity identity;  // points into the store's
};

struct switchback_list {
  switchback::ListHandle read;
};

struct switchback_change {
  switchback::Change change;
  std::unordered_map<switchback::BusinessId, size_t> places;  // in `change`
  // The first call that failed; nothing where memory ran out.
  std::optional<switchback::Error> failure;
  bool broken = false;  // a call failed
};

struct switchback_view {
  std::shared_ptr<switchback::Store> store;
  std::shared_ptr<switchback::View> view;
};

struct switchback_diff {
  switchback::ListDiff diff;
};

struct switchback_versions {
  switchback_view from;
  std::unique_ptr<switchback::Cursor<switchback::VersionInfo>> cursor;
  std::optional<switchback::c::VersionRecord> current;
};

struct switchback_revisions {
  switchback_view from;
  std::unique_ptr<switchback::Cursor<switchback::RevisionInfo>> cursor;
  std::optional<switchback::c::RevisionRecord> current;
};

struct switchback_table {
  switchback_view from;
  std::unique_ptr<switchback::Cursor<switchback::TableEntry>> cursor;
  std::optional<switchback::c::TableRecord> current;
};

struct switchback_subscription {
  std::shared_ptr<switchback::Store> store;
  std::unique_ptr<switchback::Subscription> feed;
  std::optional<switchback::c::EventRecord> current;
  std::string token;
};
