// A system that someone could keep these histories in: ours, or what they would pick instead. One
// adapter a system in a file of its own; compare.cc drives them all with the same history and the
// same questions, and compares the answers before any time counts.
//
// Endpoints are canonical text here ("10.0.0.1:80 weight=5"), since that is what all systems take.
// An adapter may keep them in any form, but gets and gives text: parsing and printing are part of
// what its users pay. Errors end the program (`Fail`): a benchmark has nobody to recover for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace switchback::compare {

// One ID's part of a revision, as in the JSON lines form: a changed value is a remove and an add.
struct IdChange {
  std::string id;
  std::vector<std::string> remove;
  std::vector<std::string> add;
};

struct HistoryLine {
  uint64_t revision = 0;  // 1, 2, 3 ...
  int64_t time_us = 0;
  std::string author;
  std::string message;
  std::string ticket;
  std::vector<IdChange> changes;
};

// In any order, both: the driver sorts what it compares, outside the clock.
struct Difference {
  std::vector<std::string> removed;
  std::vector<std::string> added;
};

// One version in an ID's history, as `log ID` shows it.
struct HistoryEntry {
  uint64_t revision = 0;
  int64_t time_us = 0;
  std::string author;
  std::string message;
};

// As a revision to read at: whatever is newest, restores included. (Restores number differently
// from system to system, since some write nothing where nothing would change.)
inline constexpr uint64_t kNewest = INT64_MAX;

// What a named piece of software is at, for the results: "git 2.39.5", "window 50".
struct Setting {
  std::string name;
  std::string value;
};

class System {
 public:
  virtual ~System() = default;
  System() = default;
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  // Software versions and every setting that was changed from its default, with why it was.
  [[nodiscard]] virtual std::vector<Setting> Settings() const = 0;

  // -- Import, in this order: all lines, then once FinishImport ---------------------------------
  // Durability while importing may be relaxed as the system's own users would; FinishImport leaves
  // everything durable. A line is one atomic revision where the system can do that.
  virtual void Import(const HistoryLine& line) = 0;
  virtual void FinishImport() = 0;
  // What its users run to make the store small: repack, vacuum, compact. Nothing if there is none.
  virtual void Compact() = 0;
  // Of all files that it needs to answer all of the questions below. Asked between Close and Open;
  // FolderBytes does for most.
  [[nodiscard]] virtual uint64_t Bytes() const = 0;

  // Lets go of every cache of its own; the driver drops the kernel's afterwards. A made system is
  // open; Close and Open alternate. A system whose programs run apart ends them in Close, and waits
  // for them, so that their memory can be told.
  virtual void Close() = 0;
  virtual void Open() = 0;

  // -- Questions ----------------------------------------------------------------------------------
  // The list of an ID just after a revision (or kNewest), in any order. Empty if it did not exist.
  virtual std::vector<std::string> ReadAt(const std::string& id, uint64_t revision) = 0;
  // What turned the list of an ID at `from` into that at `to`; `from` may be 0 and may be the
  // later.
  virtual Difference Diff(const std::string& id, uint64_t from, uint64_t to) = 0;
  // All revisions that touched an ID, newest first.
  virtual std::vector<HistoryEntry> History(const std::string& id) = 0;
  // A new revision, durable on return, that gives an ID (or every ID) the list it had just after
  // `revision`.
  virtual void Restore(const std::string& id, uint64_t revision) = 0;
  virtual void RestoreAll(uint64_t revision) = 0;
};

// A revision that no history has, such as a restore's, as of now.
HistoryLine OwnLine(const std::string& message);
[[noreturn]] void Fail(const std::string& message);
// Of all files in it.
uint64_t FolderBytes(const std::string& folder);

// `folder` is empty, and the system's own.
std::unique_ptr<System> MakeSwitchback(const std::string& folder);
std::unique_ptr<System> MakeGit(const std::string& folder);
std::unique_ptr<System> MakeSqliteTemporal(const std::string& folder);
std::unique_ptr<System> MakeSqliteDelta(const std::string& folder);
std::unique_ptr<System> MakeRocksDbBlob(const std::string& folder);
std::unique_ptr<System> MakeEtcd(const std::string& folder);

}  // namespace switchback::compare
