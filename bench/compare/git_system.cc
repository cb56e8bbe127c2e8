// git, as someone would script it who keeps routing lists in a repository: one sorted text file an
// ID, one commit a revision, in a bare repository. Plumbing that can stay open does: cat-file
// answers reads, fast-import makes commits; only `git log` is started anew for each question.
//
// Nothing is stored to get from a revision to its commit: the history is one line, so the Nth
// commit is revision N, and one walk over the commit-graph at Open says which that is.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bench/compare/child_process.h"
#include "bench/compare/system.h"
#include "bench/compare/text_list.h"

namespace switchback::compare {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMicroseconds = 1'000'000;
constexpr std::string_view kBranch = "refs/heads/main";
constexpr std::string_view kTicket = "Ticket: ";
// git's times are whole seconds; what is left of one goes into the message where there is any.
constexpr std::string_view kFraction = "Microseconds: ";

// A folder gets a "%" behind its name, since "a" and "a/b" can both be IDs but not both files. Of
// names that git refuses, all but the empty one begin with a dot. No ID holds a "%".
// "a/b" -> "a%/b", ".git" -> "%2Egit", "a//" -> "a%/%/%0"
std::string PathOf(std::string_view id) {
  std::string path;
  while (true) {
    const size_t slash = id.find('/');
    const std::string_view part = id.substr(0, slash);
    if (part.starts_with('.')) {
      path.append("%2E").append(part.substr(1));
    } else {
      path.append(part);
    }
    if (slash == std::string_view::npos) return part.empty() ? path.append("%0") : path;
    path.append("%/");
    id.remove_prefix(slash + 1);
  }
}

// An author is any text; a name in a commit ends at "<" or a line's end, and loses outer blanks.
std::string EscapedName(std::string_view name) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string escaped;
  for (size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    const bool outer = i == 0 || i + 1 == name.size();
    if (byte < ' ' || name[i] == '<' || name[i] == '>' || name[i] == '%' ||
        (outer && byte == ' ')) {
      escaped.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    } else {
      escaped.push_back(name[i]);
    }
  }
  return escaped;
}

std::string UnescapedName(std::string_view escaped) {
  std::string name;
  for (size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] == '%') {
      name.push_back(
          static_cast<char>(std::stoi(std::string(escaped.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    } else {
      name.push_back(escaped[i]);
    }
  }
  return name;
}

// The message, a blank line, and the trailers that there are.
std::string CommitMessage(const HistoryLine& line) {
  std::string trailers;
  if (!line.ticket.empty()) trailers.append(kTicket).append(line.ticket).push_back('\n');
  if (const int64_t fraction = line.time_us % kMicroseconds; fraction != 0) {
    trailers.append(kFraction).append(std::to_string(fraction)).push_back('\n');
  }
  std::string text = line.message;
  if (!text.empty() || trailers.empty()) text.push_back('\n');
  if (!text.empty() && !trailers.empty()) text.push_back('\n');
  return text + trailers;
}

// The other way: `text` loses its trailers; what is returned is the fraction of the time.
int64_t TakeTrailers(std::string& text) {
  if (text.ends_with('\n')) text.pop_back();
  const size_t blank_line = text.rfind("\n\n");
  const size_t last_part = blank_line == std::string::npos ? 0 : blank_line + 2;
  int64_t fraction = 0;
  size_t at = last_part;
  while (at < text.size()) {
    const std::string_view trailer = LineAt(text, at);
    if (trailer.starts_with(kFraction)) {
      fraction = std::stoll(std::string(trailer.substr(kFraction.size())));
    } else if (!trailer.starts_with(kTicket)) {
      return 0;
    }
    at += trailer.size() + 1;
  }
  if (last_part < text.size()) text.resize(blank_line == std::string::npos ? 0 : blank_line);
  return fraction;
}

class GitSystem : public System {
 public:
  explicit GitSystem(const std::string& folder) : folder_(fs::absolute(folder).string()) {
    fs::create_directories(folder_);
    // No template: sample hooks are 60 kB that nobody asked for.
    Run({"init", "--quiet", "--bare", "--initial-branch=main", "--template="});
    Run({"config", "core.fsync", "all"});
    Run({"config", "gc.auto", "0"});
    Run({"config", "repack.writeBitmaps", "false"});
    Run({"config", "repack.updateServerInfo", "false"});
  }
  ~GitSystem() override { Close(); }

  [[nodiscard]] std::vector<Setting> Settings() const override {
    std::string version = ChildProcess(CommandOf({"version"})).ReadAll();
    if (version.ends_with('\n')) version.pop_back();
    return {{"version", version},
            {"layout", "bare; one sorted text file an ID, one commit a revision"},
            {"import", "one fast-import over a pipe, its own settings"},
            {"compact",
             "repack -adf --window=50 --depth=50; pack-refs --all; prune; commit-graph "
             "write --reachable --changed-paths, for `git log -- FILE`"},
            {"core.fsync", "all: a restore is durable on return"},
            {"gc.auto", "0: no repack of its own during a question"},
            {"repack.writeBitmaps", "false: smaller, and only fetches use them"},
            {"reads", "cat-file --batch-command, one process kept open"},
            {"diff",
             "the same process reads both files, then one merge of the sorted lines "
             "(as comm does); git diff starts a process and takes longer"},
            {"restore", "fast-import kept open: commit of the old blob or tree, checkpoint"},
            {"revision to commit", "nothing stored: rev-list --reverse at open"}};
  }

  void Import(const HistoryLine& line) override {
    if (line.revision != commits_.size() + imported_ + 1) {
      Fail("git: revision " + std::to_string(line.revision) + " is out of order");
    }
    BeginCommit(line);
    for (const IdChange& change : line.changes) {
      std::string& list = lists_[change.id];
      list = Edited(list, change);
      importer_->Write("M 100644 inline " + PathOf(change.id) + "\n");
      WriteData(list);
    }
    importer_->Write("\n");
    ++imported_;
  }

  void FinishImport() override { Close(); }

  void Compact() override {
    Close();
    Run({"repack", "-adf", "--quiet", "--window=50", "--depth=50"});
    Run({"pack-refs", "--all"});
    Run({"prune", "--expire=now"});
    Run({"commit-graph", "write", "--reachable", "--changed-paths", "--no-progress"});
  }

  [[nodiscard]] uint64_t Bytes() const override { return FolderBytes(folder_); }

  void Close() override {
    StopImporter();
    reader_.reset();
    commits_ = {};
    revisions_ = {};
    lists_ = {};
  }

  // Also called by the first question after an import, which is not to pay for it.
  void Open() override {
    if (reader_) return;
    commits_ = Lines(Run({"rev-list", "--reverse", "--all"}));
    for (size_t i = 0; i < commits_.size(); ++i) revisions_[commits_[i]] = i + 1;
    reader_ = std::make_unique<ChildProcess>(CommandOf({"cat-file", "--batch-command"}));
  }

  std::vector<std::string> ReadAt(const std::string& id, uint64_t revision) override {
    Ask("contents", FileAt(id, revision));
    return Lines(Contents());
  }

  Difference Diff(const std::string& id, uint64_t from, uint64_t to) override {
    Ask("contents", FileAt(id, from));
    Ask("contents", FileAt(id, to));
    const std::string before = Contents();
    return DifferenceOf(before, Contents());
  }

  std::vector<HistoryEntry> History(const std::string& id) override {
    Open();
    const std::string log = Run({"--literal-pathspecs", "log", "-z", "--format=%H%n%at%n%an%n%B",
                                 "main", "--", PathOf(id)});
    std::vector<HistoryEntry> entries;
    for (size_t at = 0; at < log.size();) {
      const std::string_view record = std::string_view(log).substr(at, log.find('\0', at) - at);
      at += record.size() + 1;
      entries.push_back(EntryOf(record));
    }
    return entries;
  }

  void Restore(const std::string& id, uint64_t revision) override {
    const std::optional<std::string> blob = NameOf(FileAt(id, revision));
    BeginCommit(OwnLine("restore " + id + "@r" + std::to_string(revision)));
    importer_->Write(blob ? "M 100644 " + *blob + " " + PathOf(id) + "\n"
                          : "D " + PathOf(id) + "\n");
    Publish();
  }

  void RestoreAll(uint64_t revision) override {
    const std::optional<std::string> tree = NameOf(CommitAt(revision) + "^{tree}");
    if (!tree) Fail("git: no tree at revision " + std::to_string(revision));
    BeginCommit(OwnLine("restore all to r" + std::to_string(revision)));
    importer_->Write("M 040000 " + *tree + " \"\"\n");
    Publish();
  }

 private:
  // Isolated from whoever runs this: their settings, identity, hooks and language play no part.
  [[nodiscard]] ChildProcess::Command CommandOf(const std::vector<std::string>& arguments) const {
    const char* path = std::getenv("PATH");
    ChildProcess::Command command;
    command.arguments = {"git", "--git-dir=."};
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    command.environment = {"PATH=" + std::string(path ? path : "/usr/bin:/bin"), "HOME=" + folder_,
                           "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C"};
    command.folder = folder_;
    return command;
  }

  std::string Run(const std::vector<std::string>& arguments) {
    ChildProcess git(CommandOf(arguments));
    std::string output = git.ReadAll();
    if (git.Finish() != 0) Fail("git " + arguments.front() + " failed");
    return output;
  }

  // -- Reading ------------------------------------------------------------------------------------

  // For revision 0 a name that no object has: whatever is asked of it is missing.
  std::string CommitAt(uint64_t revision) {
    Open();
    if (revision == kNewest) revision = commits_.size();
    if (revision > commits_.size()) Fail("git: no revision " + std::to_string(revision));
    return revision == 0 ? std::string(40, '0') : commits_[revision - 1];
  }

  std::string FileAt(const std::string& id, uint64_t revision) {
    return CommitAt(revision) + ":" + PathOf(id);
  }

  void Ask(std::string_view question, const std::string& object) {
    reader_->Write(std::string(question).append(" ").append(object).append("\n"));
    reader_->Flush();
  }

  // The answer to "contents": "NAME TYPE SIZE", the bytes and a LF; "OBJECT missing" where there is
  // no such file, which reads as an empty list.
  std::string Contents() {
    const std::string head = reader_->ReadLine();
    if (head.ends_with(" missing")) return {};
    std::string bytes = reader_->ReadBytes(std::stoull(head.substr(head.rfind(' ') + 1)) + 1);
    bytes.pop_back();
    return bytes;
  }

  std::optional<std::string> NameOf(const std::string& object) {
    Ask("info", object);
    const std::string head = reader_->ReadLine();
    if (head.ends_with(" missing")) return std::nullopt;
    return head.substr(0, head.find(' '));
  }

  // Of a record of `git log`: commit, seconds, author, message, one a line.
  HistoryEntry EntryOf(std::string_view record) {
    const auto take_line = [&record] {
      const std::string_view line = LineAt(record, 0);
      record.remove_prefix(line.size() + 1);
      return std::string(line);
    };
    HistoryEntry entry;
    entry.revision = revisions_.at(take_line());
    entry.time_us = std::stoll(take_line()) * kMicroseconds;
    entry.author = UnescapedName(take_line());
    entry.message = record;
    entry.time_us += TakeTrailers(entry.message);
    return entry;
  }

  // -- Writing ------------------------------------------------------------------------------------

  void WriteData(std::string_view bytes) {
    importer_->Write("data " + std::to_string(bytes.size()) + "\n");
    importer_->Write(bytes);
    importer_->Write("\n");
  }

  // All of a commit up to what it changes. A new fast-import is told what the branch holds.
  void BeginCommit(const HistoryLine& line) {
    const bool first = !importer_;
    if (first) {
      importer_ = std::make_unique<ChildProcess>(CommandOf({"fast-import", "--quiet", "--done"}));
    }
    const std::string name = EscapedName(line.author);
    const std::string who = (name.empty() ? "" : name + " ") + "<> " +
                            std::to_string(line.time_us / kMicroseconds) + " +0000\n";
    importer_->Write("commit " + std::string(kBranch) + "\nmark :1\nauthor " + who + "committer " +
                     who);
    WriteData(CommitMessage(line));
    if (first && !commits_.empty()) importer_->Write("from " + std::string(kBranch) + "^0\n");
  }

  // Ends the commit, and returns when it and the branch are on the disk: fast-import answers
  // get-mark only after the checkpoint that comes before it.
  void Publish() {
    importer_->Write("\ncheckpoint\n\nget-mark :1\n");
    importer_->Flush();
    commits_.push_back(importer_->ReadLine());
    revisions_[commits_.back()] = commits_.size();
  }

  void StopImporter() {
    if (!importer_) return;
    importer_->Write("done\n");
    if (importer_->Finish() != 0) Fail("git fast-import failed");
    importer_.reset();
    imported_ = 0;
  }

  std::string folder_;
  std::unordered_map<std::string, std::string> lists_;  // current, by ID, while importing
  uint64_t imported_ = 0;                               // commits since `commits_` was read
  std::vector<std::string> commits_;                    // by revision, from 1
  std::unordered_map<std::string, uint64_t> revisions_;
  std::unique_ptr<ChildProcess> reader_;
  std::unique_ptr<ChildProcess> importer_;
};

}  // namespace

std::unique_ptr<System> MakeGit(const std::string& folder) {
  return std::make_unique<GitSystem>(folder);
}

}  // namespace switchback::compare
