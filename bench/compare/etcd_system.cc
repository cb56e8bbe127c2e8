// etcd, where routing tables often live: a key an ID with the whole list as text, and a transaction
// a revision, with a key of its own for author, message, ticket and time. Its own revisions are the
// versions, so nothing is ever compacted away. One server on Unix sockets in the folder.
//
// An ID is never deleted here: a list that no longer exists is an empty one. From a deleted key its
// earlier versions can't be reached by walking back.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bench/compare/etcd_gateway.h"
#include "bench/compare/etcd_server.h"
#include "bench/compare/system.h"
#include "bench/compare/text_list.h"

namespace switchback::compare {
namespace {

namespace fs = std::filesystem;
using etcd::Connection;
using etcd::FirstValue;
using etcd::Json;
using etcd::Number;
using etcd::Operations;
using etcd::Pairs;
using etcd::RangeAt;
using etcd::RangeOfAll;

// etcd 3.4 takes a larger entry into its log, and then can't start from it any more ("wal: max
// entry size limit exceeded", at 10 MiB). So a larger line is sent in several transactions, and a
// list that is larger by itself can't be kept.
constexpr size_t kTransactionBytes = size_t{9} << 20;
constexpr uint64_t kRequestBytes = uint64_t{16} << 20;

std::string ListKey(std::string_view id) {
  return "l/" + std::string(id);
}

std::string RevisionKey(uint64_t revision) {
  char key[32];
  std::snprintf(key, sizeof key, "r/%012llu", static_cast<unsigned long long>(revision));
  return key;
}

// A write-ahead log is made of files of 64 MB, written from the front: up to the last byte that is
// not zero.
uint64_t WrittenBytes(const fs::path& file) {
  constexpr std::streamoff kStep = 1 << 16;
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  std::string block(kStep, '\0');
  for (std::streamoff end = in.tellg(); end > 0;) {
    const std::streamoff begin = std::max<std::streamoff>(0, end - kStep);
    in.seekg(begin).read(block.data(), end - begin);
    const size_t last =
        std::string_view(block).substr(0, static_cast<size_t>(end - begin)).find_last_not_of('\0');
    if (last != std::string_view::npos) return static_cast<uint64_t>(begin) + last + 1;
    end = begin;
  }
  return 0;
}

class EtcdSystem : public System {
 public:
  explicit EtcdSystem(const std::string& folder) : folder_(fs::absolute(folder).string()) {
    if (!etcd::Server::Installed()) {
      Fail("there is no program 'etcd' here (Debian package etcd-server)");
    }
    fs::create_directories(folder_);
    EtcdSystem::Open();
  }
  ~EtcdSystem() override { EtcdSystem::Close(); }

  [[nodiscard]] std::vector<Setting> Settings() const override {
    return {
        {"version", etcd::Server::Version(folder_)},
        {"layout",
         "a key an ID with the whole list as text; a transaction a revision, with one "
         "more key for author, message, ticket and time"},
        {"connection", "one member; JSON over HTTP on a Unix socket, kept open"},
        {"--max-request-bytes", std::to_string(kRequestBytes) + ": long lists; lists past " +
                                    std::to_string(kTransactionBytes) +
                                    " bytes can't be kept, longer lines are split"},
        {"--max-txn-ops", "100000000: a revision of many IDs in one transaction"},
        {"--quota-backend-bytes", "1 TiB: every version is kept"},
        {"--snapshot-count", "1000: quicker to start, and less of its log in memory"},
        {"auto compaction", "off (the default): it drops old versions"},
        {"import", "one transaction at a time, each synced: there is no other way to keep order"},
        {"compact", "defrag, no compaction of revisions"},
        {"reads", "serializable; a diff is both lists in one transaction, merged here"},
        {"history of an ID", "from its newest version back by mod_revision - 1, keys only"},
        {"bytes", SpaceByKind()}};
  }

  void Import(const HistoryLine& line) override {
    if (line.revision != etcd_revisions_.size() + 1) {
      Fail("etcd: revision " + std::to_string(line.revision) + " is out of order");
    }
    Operations operations;
    for (const IdChange& change : line.changes) {
      std::string& list = lists_[change.id];
      list = Edited(list, change);
      PutOrSplit(operations, change.id, list);
    }
    Commit(operations, line);
  }

  void FinishImport() override { lists_ = {}; }

  void Compact() override { connection_->Call("maintenance/defragment", "{}"); }

  [[nodiscard]] uint64_t Bytes() const override {
    uint64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ + "/data")) {
      if (entry.is_regular_file()) bytes += UsedBytes(entry);
    }
    return bytes;
  }

  void Close() override {
    if (!server_) return;
    connection_.reset();
    server_.reset();
    etcd_revisions_ = {};
    lists_ = {};
  }

  void Open() override {
    server_ = std::make_unique<etcd::Server>(
        folder_,
        std::vector<std::string>{"--max-request-bytes=" + std::to_string(kRequestBytes),
                                 "--max-txn-ops=100000000", "--quota-backend-bytes=1099511627776",
                                 "--snapshot-count=1000"});
    connection_ = std::make_unique<Connection>(server_->socket());
    const Json answer = connection_->Call(
        "kv/range", RangeOfAll("r/", 0, R"(,"keys_only":true,"sort_target":"KEY")"));
    for (const Json& pair : Pairs(answer)) etcd_revisions_.push_back(Number(pair, "mod_revision"));
  }

  std::vector<std::string> ReadAt(const std::string& id, uint64_t revision) override {
    if (revision == 0) return {};
    return Lines(
        FirstValue(connection_->Call("kv/range", RangeAt(ListKey(id), EtcdRevision(revision)))));
  }

  Difference Diff(const std::string& id, uint64_t from, uint64_t to) override {
    const auto [before, after] = TwoLists(id, from, to);
    return DifferenceOf(before, after);
  }

  std::vector<HistoryEntry> History(const std::string& id) override {
    const std::string key = ListKey(id);
    std::vector<HistoryEntry> entries;
    Operations metadata;
    for (uint64_t at = EtcdRevision(kNewest); at > 0; --at) {
      const Json answer = connection_->Call("kv/range", RangeAt(key, at, R"(,"keys_only":true)"));
      if (Pairs(answer).empty()) break;
      at = Number(Pairs(answer).front(), "mod_revision");
      HistoryEntry& entry = entries.emplace_back();
      entry.revision = RevisionOf(at);
      metadata.Range(RangeAt(RevisionKey(entry.revision), 0));
    }
    if (!entries.empty()) FillIn(entries, connection_->Call("kv/txn", metadata.Body()));
    return entries;
  }

  void Restore(const std::string& id, uint64_t revision) override {
    Operations operations;
    const Json old = connection_->Call("kv/range", RangeAt(ListKey(id), EtcdRevision(revision)));
    operations.Put(ListKey(id), FirstValue(old));
    Commit(operations, OwnLine("restore " + id + "@r" + std::to_string(revision)));
  }

  void RestoreAll(uint64_t revision) override {
    const auto old_lists = AllLists(EtcdRevision(revision));
    Operations operations;
    for (const auto& [id, list] : AllLists(0)) {
      const auto old = old_lists.find(id);
      const std::string_view wanted = old == old_lists.end() ? std::string_view{} : old->second;
      if (wanted != list) PutOrSplit(operations, id, wanted);
    }
    Commit(operations, OwnLine("restore all to r" + std::to_string(revision)));
  }

 private:
  // -- Revisions ----------------------------------------------------------------------------------

  // etcd's revision just after ours.
  [[nodiscard]] uint64_t EtcdRevision(uint64_t revision) const {
    if (revision == kNewest) revision = etcd_revisions_.size();
    if (revision > etcd_revisions_.size()) Fail("etcd: no revision " + std::to_string(revision));
    return revision == 0 ? 1 : etcd_revisions_[revision - 1];  // at 1 it is empty; 0 is its newest
  }

  // The other way. A line that was split has several; the last one, with its metadata, is ours.
  [[nodiscard]] uint64_t RevisionOf(uint64_t etcd_revision) const {
    const auto found = std::ranges::lower_bound(etcd_revisions_, etcd_revision);
    return static_cast<uint64_t>(found - etcd_revisions_.begin()) + 1;
  }

  void PutOrSplit(Operations& operations, const std::string& id, std::string_view list) {
    if (list.size() > kTransactionBytes) {
      Fail("etcd: the list of " + id + " has " + std::to_string(list.size()) +
           " bytes, more than its log can hold in an entry");
    }
    if (operations.bytes() + list.size() > kTransactionBytes) {
      connection_->Call("kv/txn", operations.Body());
      operations = {};
    }
    operations.Put(ListKey(id), list);
  }

  void Commit(Operations& operations, const HistoryLine& line) {
    const Json metadata = {{"time", line.time_us},
                           {"author", line.author},
                           {"message", line.message},
                           {"ticket", line.ticket}};
    operations.Put(RevisionKey(etcd_revisions_.size() + 1), metadata.dump());
    const Json answer = connection_->Call("kv/txn", operations.Body());
    etcd_revisions_.push_back(Number(answer.at("header"), "revision"));
  }

  // -- Reading ------------------------------------------------------------------------------------

  std::pair<std::string, std::string> TwoLists(const std::string& id, uint64_t from, uint64_t to) {
    Operations ranges;
    for (const uint64_t revision : {from, to}) {
      ranges.Range(RangeAt(ListKey(id), EtcdRevision(revision)));
    }
    const Json answers = connection_->Call("kv/txn", ranges.Body()).at("responses");
    return {FirstValue(answers.at(0).at("response_range")),
            FirstValue(answers.at(1).at("response_range"))};
  }

  // By ID, at one of etcd's revisions or 0, the newest.
  std::unordered_map<std::string, std::string> AllLists(uint64_t etcd_revision) {
    std::unordered_map<std::string, std::string> lists;
    const Json answer = connection_->Call("kv/range", RangeOfAll("l/", etcd_revision, ""));
    for (const Json& pair : Pairs(answer)) {
      lists.emplace(etcd::Bytes(pair, "key").substr(2), etcd::Bytes(pair, "value"));
    }
    return lists;
  }

  static void FillIn(std::vector<HistoryEntry>& entries, const Json& answer) {
    const Json& answers = answer.at("responses");
    for (size_t i = 0; i < entries.size(); ++i) {
      const Json metadata = Json::parse(FirstValue(answers.at(i).at("response_range")));
      entries[i].time_us = metadata.at("time");
      entries[i].author = metadata.at("author");
      entries[i].message = metadata.at("message");
    }
  }

  // -- Space --------------------------------------------------------------------------------------

  static bool IsLog(const fs::directory_entry& entry) {
    return entry.path().extension() == ".wal" || entry.path().extension() == ".tmp";
  }

  static uint64_t UsedBytes(const fs::directory_entry& entry) {
    return IsLog(entry) ? WrittenBytes(entry.path()) : entry.file_size();
  }

  [[nodiscard]] std::string SpaceByKind() const {
    uint64_t log_used = 0;
    uint64_t log_files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ + "/data")) {
      if (!entry.is_regular_file() || !IsLog(entry)) continue;
      log_used += UsedBytes(entry);
      log_files += entry.file_size();
    }
    return "database, snapshots and what is written of the log: " + std::to_string(Bytes()) +
           ", of which log " + std::to_string(log_used) + " (its files, made ahead, are " +
           std::to_string(log_files) + ")";
  }

  std::string folder_;
  std::unordered_map<std::string, std::string> lists_;  // current, by ID, while importing
  std::vector<uint64_t> etcd_revisions_;                // by our revision, from 1
  std::unique_ptr<etcd::Server> server_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<System> MakeEtcd(const std::string& folder) {
  return std::make_unique<EtcdSystem>(folder);
}

}  // namespace switchback::compare
