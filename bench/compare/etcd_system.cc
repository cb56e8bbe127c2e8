// etcd, where routing tables often live: a key an ID with the whole list as text, and a transaction
// a revision, with a key of its own for author, message, ticket and time. Its own revisions are the
// versions, so nothing is ever compacted away. One server on Unix sockets in the folder, spoken to
// over one kept-open connection in its JSON form of gRPC.
//
// An ID is never deleted here: a list that no longer exists is an empty one. From a deleted key its
// earlier versions can't be reached by walking back.
#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bench/compare/child_process.h"
#include "bench/compare/system.h"
#include "bench/compare/text_list.h"

namespace switchback::compare {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// etcd 3.4 takes a larger entry into its log, and then can't start from it any more ("wal: max
// entry size limit exceeded", at 10 MiB). So a larger line is sent in several transactions, and a
// list that is larger by itself can't be kept.
constexpr size_t kTransactionBytes = size_t{9} << 20;
constexpr uint64_t kRequestBytes = uint64_t{16} << 20;

// -- Base64, as JSON carries bytes ----------------------------------------------------------------

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string Encoded(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  size_t out = 0;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k <= count; ++k) text[out + k] = kDigits[group >> (18 - 6 * k) & 63];
    out += 4;
  }
  return text;
}

std::string Decoded(std::string_view text) {
  static const std::array<uint8_t, 256> kValues = [] {
    std::array<uint8_t, 256> values{};
    for (size_t i = 0; i < kDigits.size(); ++i) {
      values[static_cast<unsigned char>(kDigits[i])] = static_cast<uint8_t>(i);
    }
    return values;
  }();
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes(text.size() * 3 / 4, '\0');
  uint32_t group = 0;
  size_t out = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    group = group << 6 | kValues[static_cast<unsigned char>(text[i])];
    if (i % 4 != 0) bytes[out++] = static_cast<char>(group >> (6 - 2 * (i % 4)) & 255);
  }
  return bytes;
}

// -- Keys and requests ----------------------------------------------------------------------------

std::string ListKey(std::string_view id) {
  return "l/" + std::string(id);
}

std::string RevisionKey(uint64_t revision) {
  char key[32];
  std::snprintf(key, sizeof key, "r/%012llu", static_cast<unsigned long long>(revision));
  return key;
}

// The fields of a range request behind its key, at one of etcd's revisions or 0, the newest.
// Serializable: with a single member there is nobody to agree with first.
std::string RangeAt(const std::string& key, uint64_t etcd_revision, std::string_view more = "") {
  return R"({"key":")" + Encoded(key) + R"(","serializable":true,"revision":)" +
         std::to_string(etcd_revision) + std::string(more) + "}";
}

// All keys that begin with `prefix`, which ends in "/".
std::string RangeOfAll(const std::string& prefix, uint64_t etcd_revision, std::string_view more) {
  const std::string end = prefix.substr(0, prefix.size() - 1) + static_cast<char>('/' + 1);
  return RangeAt(prefix, etcd_revision,
                 R"(,"range_end":")" + Encoded(end) + '"' + std::string(more));
}

// Numbers of 64 bits come as strings, and a zero not at all.
uint64_t Number(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? 0 : std::stoull(found->get_ref<const std::string&>());
}

std::string Bytes(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? "" : Decoded(found->get_ref<const std::string&>());
}

// The keys and values of an answer to a range; none where nothing was there.
const Json& Pairs(const Json& answer) {
  static const Json kNone = Json::array();
  const auto found = answer.find("kvs");
  return found == answer.end() ? kNone : *found;
}

std::string FirstValue(const Json& answer) {
  const Json& pairs = Pairs(answer);
  return pairs.empty() ? "" : Bytes(pairs.front(), "value");
}

// A transaction under way: its operations, joined.
class Operations {
 public:
  void Put(const std::string& key, std::string_view value) {
    bytes_ += key.size() + value.size();
    Add(R"({"request_put":{"key":")" + Encoded(key) + R"(","value":")" + Encoded(value) + "\"}}");
  }
  void Range(const std::string& range) { Add(R"({"request_range":)" + range + "}"); }

  // Of keys and values that are put.
  [[nodiscard]] size_t bytes() const { return bytes_; }
  [[nodiscard]] std::string Body() const { return R"({"success":[)" + joined_ + "]}"; }

 private:
  void Add(std::string_view operation) {
    if (!joined_.empty()) joined_.push_back(',');
    joined_.append(operation);
  }
  std::string joined_;
  size_t bytes_ = 0;
};

// -- The connection -------------------------------------------------------------------------------

class Connection {
 public:
  explicit Connection(const std::string& socket) : curl_(curl_easy_init()) {
    if (!curl_) Fail("etcd: no connection from libcurl");
    headers_.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
    // Without this a large request waits a second for leave to send its body.
    curl_slist_append(headers_.get(), "Expect:");
    curl_easy_setopt(curl_.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
    curl_easy_setopt(curl_.get(), CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(curl_.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_.get(), CURLOPT_BUFFERSIZE, long{CURL_MAX_READ_SIZE});
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, &Connection::Take);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &answer_);
  }

  // False where the server could not be reached or said no; answer() then says why.
  bool Post(const char* method, const std::string& body) {
    const std::string url = std::string("http://etcd/v3/") + method;
    answer_.clear();
    curl_easy_setopt(curl_.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl_.get(), CURLOPT_POSTFIELDS, body.data());
    const CURLcode result = curl_easy_perform(curl_.get());
    if (result != CURLE_OK) answer_ = curl_easy_strerror(result);
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    return result == CURLE_OK && status == 200;
  }
  [[nodiscard]] const std::string& answer() const { return answer_; }

 private:
  struct Cleanup {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  static size_t Take(const char* data, size_t size, size_t count, void* answer) {
    static_cast<std::string*>(answer)->append(data, size * count);
    return size * count;
  }

  std::unique_ptr<CURL, Cleanup> curl_;
  std::unique_ptr<curl_slist, Cleanup> headers_;
  std::string answer_;
};

bool InPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view folders = path ? path : "";
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    if (access((std::string(folder) + "/" + program).c_str(), X_OK) == 0) return true;
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
  }
  return false;
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
    if (!InPath("etcd")) Fail("there is no program 'etcd' here (Debian package etcd-server)");
    fs::create_directories(folder_);
    EtcdSystem::Open();
  }
  ~EtcdSystem() override { EtcdSystem::Close(); }

  [[nodiscard]] std::vector<Setting> Settings() const override {
    ChildProcess::Command command = ServerCommand();
    command.arguments = {"etcd", "--version"};
    command.output_file.clear();
    return {
        {"version", ChildProcess(command).ReadLine()},
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

  void Compact() override { Call("maintenance/defragment", "{}"); }

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
    server_->Signal(SIGTERM);
    server_->Finish();  // it ends by that signal, so its exit code says nothing
    server_.reset();
    etcd_revisions_ = {};
    lists_ = {};
  }

  void Open() override {
    const std::string socket = folder_ + "/client:1";
    if (socket.size() > 107) Fail("etcd: too long for the path of a Unix socket: " + socket);
    for (const char* name : {"/client:1", "/peer:1"}) fs::remove(folder_ + name);
    server_ = std::make_unique<ChildProcess>(ServerCommand());
    connection_ = std::make_unique<Connection>(socket);
    AwaitServer();
    const Json answer =
        Call("kv/range", RangeOfAll("r/", 0, R"(,"keys_only":true,"sort_target":"KEY")"));
    for (const Json& pair : Pairs(answer)) etcd_revisions_.push_back(Number(pair, "mod_revision"));
  }

  std::vector<std::string> ReadAt(const std::string& id, uint64_t revision) override {
    if (revision == 0) return {};
    return Lines(FirstValue(Call("kv/range", RangeAt(ListKey(id), EtcdRevision(revision)))));
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
      const Json answer = Call("kv/range", RangeAt(key, at, R"(,"keys_only":true)"));
      if (Pairs(answer).empty()) break;
      at = Number(Pairs(answer).front(), "mod_revision");
      HistoryEntry& entry = entries.emplace_back();
      entry.revision = RevisionOf(at);
      metadata.Range(RangeAt(RevisionKey(entry.revision), 0));
    }
    if (!entries.empty()) FillIn(entries, Call("kv/txn", metadata.Body()));
    return entries;
  }

  void Restore(const std::string& id, uint64_t revision) override {
    Operations operations;
    const Json old = Call("kv/range", RangeAt(ListKey(id), EtcdRevision(revision)));
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
  [[nodiscard]] ChildProcess::Command ServerCommand() const {
    const char* path = std::getenv("PATH");
    ChildProcess::Command command;
    // Ended with this process, however that ends. Sockets are named without a folder, since etcd
    // takes no path there.
    command.arguments = {"setpriv",
                         "--pdeathsig",
                         "KILL",
                         "etcd",
                         "--name=compare",
                         "--data-dir=data",
                         "--listen-client-urls=unix://client:1",
                         "--advertise-client-urls=unix://client:1",
                         "--listen-peer-urls=unix://peer:1",
                         "--initial-advertise-peer-urls=unix://peer:1",
                         "--initial-cluster=compare=unix://peer:1",
                         "--max-request-bytes=" + std::to_string(kRequestBytes),
                         "--max-txn-ops=100000000",
                         "--quota-backend-bytes=1099511627776",
                         "--snapshot-count=1000",
                         "--logger=zap",
                         "--log-outputs=stderr",
                         "--log-level=error"};
    command.environment = {"PATH=" + std::string(path ? path : "/usr/bin:/bin"), "HOME=" + folder_};
    command.folder = folder_;
    command.output_file = folder_ + "/etcd.log";
    return command;
  }

  void AwaitServer() {
    // A large store takes its time: the log behind the last snapshot is applied first.
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(10);
    while (!connection_->Post("maintenance/status", "{}")) {
      if (!server_->Running() || std::chrono::steady_clock::now() > until) {
        Fail("etcd does not start; its last words are in " + folder_ + "/etcd.log");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  Json Call(const char* method, const std::string& body) {
    if (!connection_->Post(method, body)) {
      Fail(std::string("etcd ") + method + ": " + connection_->answer().substr(0, 500));
    }
    return Json::parse(connection_->answer());
  }

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

  static HistoryLine OwnLine(const std::string& message) {
    HistoryLine line;
    line.time_us = std::chrono::duration_cast<std::chrono::microseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
    line.author = "compare";
    line.message = message;
    return line;
  }

  void PutOrSplit(Operations& operations, const std::string& id, std::string_view list) {
    if (list.size() > kTransactionBytes) {
      Fail("etcd: the list of " + id + " has " + std::to_string(list.size()) +
           " bytes, more than its log can hold in an entry");
    }
    if (operations.bytes() + list.size() > kTransactionBytes) {
      Call("kv/txn", operations.Body());
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
    const Json answer = Call("kv/txn", operations.Body());
    etcd_revisions_.push_back(Number(answer.at("header"), "revision"));
  }

  // -- Reading ------------------------------------------------------------------------------------

  std::pair<std::string, std::string> TwoLists(const std::string& id, uint64_t from, uint64_t to) {
    Operations ranges;
    for (const uint64_t revision : {from, to}) {
      ranges.Range(RangeAt(ListKey(id), EtcdRevision(revision)));
    }
    const Json answers = Call("kv/txn", ranges.Body()).at("responses");
    return {FirstValue(answers.at(0).at("response_range")),
            FirstValue(answers.at(1).at("response_range"))};
  }

  // By ID, at one of etcd's revisions or 0, the newest.
  std::unordered_map<std::string, std::string> AllLists(uint64_t etcd_revision) {
    std::unordered_map<std::string, std::string> lists;
    const Json answer = Call("kv/range", RangeOfAll("l/", etcd_revision, ""));
    for (const Json& pair : Pairs(answer)) {
      lists.emplace(Decoded(pair.at("key").get_ref<const std::string&>()).substr(2),
                    compare::Bytes(pair, "value"));
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
  std::unique_ptr<ChildProcess> server_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<System> MakeEtcd(const std::string& folder) {
  return std::make_unique<EtcdSystem>(folder);
}

}  // namespace switchback::compare
