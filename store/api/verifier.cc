#include "api/verifier.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "api/id_verifier.h"
#include "codec/bytes.h"
#include "history/head_walker.h"
#include "history/row_keys.h"
#include "history/steady_scan.h"
#include "history/store_row.h"
#include "list/block.h"

namespace switchback {
namespace {

constexpr size_t kMaxDamage = 1000;
constexpr uint64_t kTellEvery = 256;  // versions, IDs or chunks

Result<void> VerifyIds(const ViewImpl& view, VerifyReport& report, DamageLog& damage,
                       const Progress& progress, uint64_t total) {
  HeadWalker heads(view.rows(), "", "");
  uint64_t told = 0;
  while (true) {
    std::optional<BusinessId> id;
    CurrentVersion current;
    const Result<bool> more = heads.Next(id, current);
    if (more && !*more) return {};
    if (!more) {
      if (!IsDamage(more.error())) return std::unexpected(more.error());
      damage.Add(
          {.what = more.error().message,
           .where = more.error().where.empty() ? "head rows" : more.error().where,
           .id = id,
           .consequence = id ? "what the ID is now can't be told; older versions can be read by "
                               "number"
                             : "which IDs stand there can't be told; what else is listed can"});
      if (!id) continue;
    }
    ++report.ids;
    IdVerifier verifier(view, *id, report, damage);
    if (Result<void> checked = verifier.Run(more ? &current : nullptr); !checked) return checked;
    if (!progress || report.versions < told + kTellEvery) continue;
    told = report.versions;
    progress(told, total);
  }
}

bool IsWhole(std::string_view key, std::string_view value) {
  EndpointListBuilder builder;
  ByteReader in(value);
  const Result<void> decoded = DecodeBlock(in, kMaxChunkEndpoints, builder);
  const EndpointList chunk = builder.Finish();
  return decoded && in.empty() && !chunk.empty() && ChunkKey(chunk.Key(0), chunk.digest()) == key;
}

// Which versions hold a damaged one is told ID by ID.
Result<void> VerifyChunks(const ViewImpl& view, VerifyReport& report, DamageLog& damage,
                          const Progress& progress, uint64_t total) {
  constexpr std::string_view kHits = "lists that hold it can't be read: each is named by its ID";
  SteadyScan rows(view.engine_view(), Space::kChunks, {}, {});
  for (rows.SeekToFirst();; rows.Next()) {
    if (rows.gap()) damage.Add(rows.gap()->error, "chunks", std::string(kHits));
    if (!rows.valid()) break;
    ++report.chunks;
    if (progress && report.chunks % kTellEvery == 0) progress(report.versions, total);
    if (IsWhole(rows.key(), rows.value())) continue;
    Digest address;
    const bool named = ParseChunkKey(rows.key(), address);
    const std::string name = named ? "chunk " + address.ToHex() : "a chunk with a malformed key";
    damage.Add({.what = name + ": it is not what its address says",
                .where = name,
                .consequence = std::string(kHits)});
  }
  return rows.status();
}

// Rows of versions whose ID has no head: nothing would ever read them.
Result<void> VerifyNoOrphans(const ViewImpl& view, const VerifyReport& report, DamageLog& damage,
                             const Progress& progress, uint64_t total) {
  std::string at(1, kVersionPrefix);
  const std::string end = PrefixEnd(at);
  SteadyScan rows(view.engine_view(), Space::kHistory, at, end);
  uint64_t ids = 0;
  for (rows.SeekToFirst(); rows.valid();) {  // gaps are told ID by ID
    if (progress && ++ids % kTellEvery == 0) progress(report.versions, total);
    VersionKeyParts parts;
    const bool parsed = ParseVersionKey(rows.key(), parts);
    const Result<BusinessId> id = BusinessId::Parse(parsed ? parts.id : "");
    if (!id) {
      damage.Add("a version row's key is malformed", "that row can't be reached");
      rows.Next();
      continue;
    }
    std::string head;
    const Result<bool> found = view.engine_view().Get(Space::kState, HeadKey(*id), head);
    if (!found && !IsDamage(found.error())) return std::unexpected(found.error());
    if (found && !*found) {
      damage.Add(
          {.what = fmt::format("head row of {}: it is missing, and versions are there", id->text()),
           .where = "head row of " + id->text(),
           .id = *id,
           .version = parts.version,
           .consequence = "the ID is not listed, nor read as it is now; its versions can be "
                          "read by number"});
    }
    rows.Seek(VersionsEnd(*id));
  }
  return rows.status();
}

}  // namespace

std::string DamageText(std::string_view row, const Error& error) {
  if (!error.where.empty()) {
    return fmt::format("{}: stored bytes are missing or fail their check", row);
  }
  if (error.message.starts_with(row)) return error.message;
  return fmt::format("{}: {}", row, error.message);
}

void DamageLog::Add(std::string what, std::string consequence) {
  Add({.what = std::move(what), .consequence = std::move(consequence)});
}

void DamageLog::Add(const Error& error, const std::string& row, std::string consequence) {
  Add({.what = DamageText(row, error),
       .where = error.where.empty() ? row : error.where,
       .consequence = std::move(consequence)});
}

void DamageLog::Add(Damage damage) {
  ++report_.damage_count;
  if (report_.damage.size() < kMaxDamage) report_.damage.push_back(std::move(damage));
}

Result<VerifyReport> VerifyStore(const ViewImpl& view, const Origins& origins,
                                 const Progress& progress) {
  VerifyReport report;
  DamageLog damage(report);
  const Result<StoreRow> state = ReadStoreRow(view.engine_view());
  if (!state) return std::unexpected(state.error());
  const uint64_t total = state->versions + state->published.value;
  if (auto checked = VerifyIds(view, report, damage, progress, total); !checked) {
    return std::unexpected(checked.error());
  }
  if (auto checked = VerifyNoOrphans(view, report, damage, progress, total); !checked) {
    return std::unexpected(checked.error());
  }
  if (auto checked = VerifyChunks(view, report, damage, progress, total); !checked) {
    return std::unexpected(checked.error());
  }
  if (auto checked = VerifyJournal(view, origins, report, damage, progress); !checked) {
    return std::unexpected(checked.error());
  }
  if (report.damage_count == 0 &&
      (report.ids != state->ids || report.versions != state->versions)) {
    damage.Add(fmt::format("the store row counts {} IDs with {} versions, there are {} with {}",
                           state->ids, state->versions, report.ids, report.versions),
               "an ID's rows are gone as a whole, or too many");
  }
  return report;
}

}  // namespace switchback
