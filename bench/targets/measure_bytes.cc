// Bytes on disk: compacted, all files of the store.
#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "child.h"
#include "measurements.h"
#include "random_lists.h"
#include "scratch/folder_files.h"

namespace switchback::targets {
namespace {

constexpr int kArchiveLevel = 19;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) End(path + ": can't be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

size_t ArchivedBytes(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const size_t size =
      ZSTD_compress(out.data(), out.size(), text.data(), text.size(), kArchiveLevel);
  if (ZSTD_isError(size) != 0) End("zstd: " + std::string(ZSTD_getErrorName(size)));
  return size;
}

std::string Decompressed(const std::string& bytes) {
  std::string text;
  ZSTD_DStream* stream = ZSTD_createDStream();
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string buffer(ZSTD_DStreamOutSize(), '\0');
  while (in.pos < in.size) {
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    if (ZSTD_isError(ZSTD_decompressStream(stream, &out, &in)) != 0) End("no zstd file");
    text.append(buffer, 0, out.pos);
  }
  ZSTD_freeDStream(stream);
  return text;
}

// The line that a commit is in the JSON lines form.
void AppendLine(const Change& change, const CommitOptions& options, Timestamp time,
                std::string& out) {
  const auto& edit = std::get<EditEndpoints>(change.ids.front().action).edits.front();
  out += fmt::format(
      "{{\"time\":\"{}\",\"author\":\"{}\",\"message\":\"{}\",\"ticket\":\"{}\",\"changes\":{{"
      "\"{}\":{{\"{}\":[\"{}\"]}}}}}}\n",
      FormatTime(time), options.author, options.message, options.ticket,
      change.ids.front().id.text(), edit.kind == EditKind::kRemove ? "remove" : "add",
      FormatEndpoint(edit.endpoint.view()));
}

// What telling such ten edits of a list apart from all others takes: four new addresses of 2^32,
// four old ones of n, and two of n with one of the other weights; none of the three in any order.
double InformationMinimum(double endpoints) {
  const double order = 2 * std::log2(24.0) + std::log2(2.0);
  return (4 * 32 + 6 * std::log2(endpoints) + 2 * std::log2(kWeights - 1.0) - order) / 8;
}

}  // namespace

Rows BytesPerCommit(const Context& context) {
  const uint64_t commits = context.quick ? 10'000 : 100'000;
  const std::string path = context.scratch.Fresh("commit-bytes");
  RandomLists lists(1'000, 100);
  std::string lines;
  Timestamp clock{1'760'000'000'000'000};
  CreateOptions options{"bench", {}};
  options.open.clock.now = [&clock] { return clock; };
  uint64_t first_bytes = 0;
  {
    const auto store = Must(Store::Create(path, options));
    Must(store->Commit(lists.First(), CommitAs(0, Durability::kBuffered)));
    Must(store->Compact());
    first_bytes = bench::SizeOfFolder(path).bytes;
    for (uint64_t i = 1; i <= commits; ++i) {
      clock.micros += 1'000'000 * static_cast<int64_t>(1 + i % 90);
      const Change change = lists.EditAny();
      const CommitOptions commit = CommitAs(i, Durability::kBuffered);
      AppendLine(change, commit, clock, lines);
      Must(store->Commit(change, commit));
    }
    Must(store->Compact());
  }
  const auto per_commit = [commits](uint64_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(commits);
  };
  const uint64_t bytes = bench::SizeOfFolder(path).bytes;
  Row row = MakeRow("commit-bytes",
                    fmt::format("one-endpoint commit, 1,000 IDs x 100 endpoints, {} commits, "
                                "first lists included",
                                commits),
                    "<= 40 bytes; stretch 28", per_commit(bytes), "bytes",
                    Floor{"the commits as JSON lines under zstd -19, without access",
                          per_commit(ArchivedBytes(lines))});
  row.met = row.measured <= 40;
  row.note = fmt::format("{:.1f} with the first lists taken off", per_commit(bytes - first_bytes));
  return {row};
}

Rows BytesPerLargeVersion(const Context& context) {
  const uint32_t endpoints = context.quick ? 100'000 : 1'000'000;
  const uint64_t versions = context.quick ? 12'000 : 60'000;
  const std::string path = context.scratch.Fresh("large-bytes");
  LargeList large(endpoints, EditMix::kHostsAndWeights);
  uint64_t first_bytes = 0;
  uint64_t checkpoints = 0;
  {
    const auto store = CreateStore(path);
    Must(store->Commit(large.First(), CommitAs(0, Durability::kBuffered)));
    Must(store->Compact());
    first_bytes = bench::SizeOfFolder(path).bytes;
    for (uint64_t i = 1; i <= versions; ++i) {
      Must(store->Commit(large.Edit(10), CommitAs(i, Durability::kBuffered)));
    }
    Must(store->Compact());
    checkpoints = Must(store->Stats()).checkpoints;
  }
  const double measured = static_cast<double>(bench::SizeOfFolder(path).bytes - first_bytes) /
                          static_cast<double>(versions);
  Row row =
      MakeRow("large-version-bytes",
              fmt::format("ten-endpoint version of a list of {}, a fifth of the edits new weights, "
                          "{} versions over {} checkpoints, first list excluded",
                          endpoints, versions, checkpoints),
              "<= 200 bytes; stretch 130", measured, "bytes",
              Floor{"information minimum of the edits, computed", InformationMinimum(endpoints)});
  row.met = row.measured <= 200 && checkpoints >= 2;
  std::filesystem::remove_all(path);
  return {row};
}

Rows BytesOfRealHistory(const Context& context) {
  if (context.cloud_ranges.empty()) return {};
  const std::string path = context.scratch.Fresh("real");
  const std::string history = Decompressed(ReadFile(context.cloud_ranges));
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {context.program, "--store", path});
    const Ended ended = RunChild(words, "");
    if (ended.by_signal || ended.code != 0) End("the program failed: " + words[3]);
    return ended;
  };
  run({"init", "--environment", "test"});
  const Ended imported = run({"import", context.cloud_ranges});
  run({"compact"});
  const auto revisions = static_cast<double>(std::ranges::count(history, '\n'));
  Row row = MakeRow("real-history-bytes", "a revision of a real history (cloud-ranges)",
                    "<= 2 x zstd -19; stretch 1.25",
                    static_cast<double>(bench::SizeOfFolder(path).bytes) / revisions, "bytes",
                    Floor{"the JSON lines under zstd -19, without access",
                          static_cast<double>(ArchivedBytes(history)) / revisions});
  row.met = row.ratio <= 2;
  row.note = fmt::format("{:.0f} revisions, imported in {:.2f} s with {} MiB at most", revisions,
                         imported.seconds, imported.peak_bytes >> 20);
  return {row};
}

}  // namespace switchback::targets
