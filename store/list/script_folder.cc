// ScriptFolder: every edit of every script as one flat entry (key, sequence, value before, value
// after); one sort brings the edits of a key together in order; each key then reduces to its first
// "before" and its last "after".

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "list/script.h"
#include "list/script_parts.h"

namespace switchback {
namespace {

// A value in one word: weight + 1 in the low 33 bits, the interned attributes above them.
using PackedValue = uint64_t;
constexpr unsigned kWeightBits = 33;
constexpr PackedValue kAbsent = ~PackedValue{0};

// IPv4 keys compare as one word.
struct Ipv4Entry {
  uint64_t key;  // address << 32 | prefix length << 16 | port
  PackedValue before;
  PackedValue after;
  uint32_t sequence;

  [[nodiscard]] EndpointKey Key() const {
    return {
        {Family::kIPv4, 0, key >> 32}, static_cast<uint8_t>(key >> 16), static_cast<uint16_t>(key)};
  }
  [[nodiscard]] bool SameKey(const Ipv4Entry& other) const { return key == other.key; }
  bool operator<(const Ipv4Entry& other) const {
    return key != other.key ? key < other.key : sequence < other.sequence;
  }
};

struct Ipv6Entry {
  EndpointList::Ipv6 address;
  uint32_t tail;  // prefix length << 16 | port
  uint32_t sequence;
  PackedValue before;
  PackedValue after;

  [[nodiscard]] EndpointKey Key() const {
    return {{Family::kIPv6, address.high, address.low},
            static_cast<uint8_t>(tail >> 16),
            static_cast<uint16_t>(tail)};
  }
  [[nodiscard]] bool SameKey(const Ipv6Entry& other) const {
    return address == other.address && tail == other.tail;
  }
  bool operator<(const Ipv6Entry& other) const {
    if (address != other.address) return address < other.address;
    return tail != other.tail ? tail < other.tail : sequence < other.sequence;
  }
};

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

struct DiffBuilders {
  EndpointListBuilder removed;
  EndpointListBuilder changed_from;
  EndpointListBuilder changed_to;
  EndpointListBuilder added;
};

}  // namespace

struct ScriptFolder::State {
  explicit State(Gaps taken) : gaps(taken) {}

  const Gaps gaps;
  std::vector<EndpointKey> gap_keys;
  std::vector<Ipv4Entry> ipv4;
  std::vector<Ipv6Entry> ipv6;
  uint32_t scripts = 0;
  AttributeTable texts;
  std::unordered_map<std::string, uint32_t, TextHash, std::equal_to<>> interned;
  ScriptParts parts;  // scratch, so that a script costs no allocation
  std::vector<uint64_t> text_ids;

  uint64_t Intern(std::string_view text) {
    if (text.empty()) return 0;
    const auto known = interned.find(text);
    if (known != interned.end()) return known->second;
    const uint32_t id = texts.Append(text);
    interned.emplace(text, id);
    return id;
  }
  PackedValue Pack(const EndpointValue& value) {
    return Intern(value.attributes) << kWeightBits |
           (value.weight ? uint64_t{*value.weight} + 1 : 0);
  }
  [[nodiscard]] EndpointValue Unpack(PackedValue packed) const {
    EndpointValue value;
    const uint64_t weight = packed & ((uint64_t{1} << kWeightBits) - 1);
    if (weight != 0) value.weight = static_cast<uint32_t>(weight - 1);
    value.attributes = texts.Text(static_cast<uint32_t>(packed >> kWeightBits));
    return value;
  }

  void AddEntry(const EndpointKey& key, PackedValue before, PackedValue after);
  void AddParts();
  template <typename Entry>
  Result<void> Reduce(std::vector<Entry>& entries, DiffBuilders& out);
  template <typename Entry>
  Result<void> TakeGap(const Entry& earlier, const Entry& later);
  void Emit(const EndpointKey& key, PackedValue before, PackedValue after, DiffBuilders& out) const;
};

void ScriptFolder::State::AddEntry(const EndpointKey& key, PackedValue before, PackedValue after) {
  const uint32_t tail = uint32_t{key.prefix_length} << 16 | key.port;
  if (key.address.family == Family::kIPv4) {
    ipv4.push_back({key.address.low << 32 | tail, before, after, scripts});
  } else {
    ipv6.push_back({{key.address.high, key.address.low}, tail, scripts, before, after});
  }
}

void ScriptFolder::State::AddParts() {
  text_ids.clear();
  for (const std::string_view text : parts.values.texts) {
    text_ids.push_back(Intern(text) << kWeightBits);
  }
  size_t old_value = 0;
  size_t new_value = parts.old_count();
  const auto take = [this](size_t& i) {
    const PackedValue value = text_ids[parts.values.attributes[i]] | parts.values.weights[i];
    ++i;
    return value;
  };
  for (size_t i = 0; i < parts.ops.size(); ++i) {
    const PackedValue before = parts.ops[i] == EditOp::kAdd ? kAbsent : take(old_value);
    const PackedValue after = parts.ops[i] == EditOp::kRemove ? kAbsent : take(new_value);
    AddEntry(parts.keys[i], before, after);
  }
  ++scripts;
}

void ScriptFolder::State::Emit(const EndpointKey& key, PackedValue before, PackedValue after,
                               DiffBuilders& out) const {
  if (before == after) return;
  if (before == kAbsent) return out.added.Append({key, Unpack(after)});
  if (after == kAbsent) return out.removed.Append({key, Unpack(before)});
  out.changed_from.Append({key, Unpack(before)});
  out.changed_to.Append({key, Unpack(after)});
}

template <typename Entry>
Result<void> ScriptFolder::State::TakeGap(const Entry& earlier, const Entry& later) {
  const EndpointKey key = earlier.Key();
  if (gaps == Gaps::kRefused) {
    return Damaged(fmt::format("edit script {} of a run does not follow on script {} at {}",
                               later.sequence + 1, earlier.sequence + 1, FormatEndpointKey(key)));
  }
  if (gap_keys.empty() || gap_keys.back() != key) gap_keys.push_back(key);
  return {};
}

template <typename Entry>
Result<void> ScriptFolder::State::Reduce(std::vector<Entry>& entries, DiffBuilders& out) {
  if (scripts > 1) std::sort(entries.begin(), entries.end());
  for (size_t first = 0; first < entries.size();) {
    size_t last = first;
    while (last + 1 < entries.size() && entries[last + 1].SameKey(entries[first])) {
      if (entries[last + 1].before != entries[last].after) {
        if (Result<void> taken = TakeGap(entries[last], entries[last + 1]); !taken) return taken;
      }
      ++last;
    }
    Emit(entries[first].Key(), entries[first].before, entries[last].after, out);
    first = last + 1;
  }
  return {};
}

ScriptFolder::ScriptFolder(Gaps gaps) : state_(std::make_unique<State>(gaps)) {}
ScriptFolder::~ScriptFolder() = default;
ScriptFolder::ScriptFolder(ScriptFolder&&) noexcept = default;
ScriptFolder& ScriptFolder::operator=(ScriptFolder&&) noexcept = default;

Result<void> ScriptFolder::Add(std::string_view script) {
  auto done = DecodeScriptParts(script, state_->parts);
  if (!done) return done;
  state_->AddParts();
  return {};
}

void ScriptFolder::Add(const ListDiff& diff) {
  State& state = *state_;
  for (EditCursor edit(diff); !edit.done(); edit.Next()) {
    const size_t i = edit.index();
    PackedValue before = kAbsent;
    PackedValue after = kAbsent;
    if (edit.op() == EditOp::kRemove) before = state.Pack(diff.removed.Value(i));
    if (edit.op() == EditOp::kChange) before = state.Pack(diff.changed_from.Value(i));
    if (edit.op() == EditOp::kChange) after = state.Pack(diff.changed_to.Value(i));
    if (edit.op() == EditOp::kAdd) after = state.Pack(diff.added.Value(i));
    state.AddEntry(edit.key(), before, after);
  }
  ++state.scripts;
}

size_t ScriptFolder::edit_count() const {
  return state_->ipv4.size() + state_->ipv6.size();
}

Result<ListDiff> ScriptFolder::Finish() {
  DiffBuilders out;
  auto done = state_->Reduce(state_->ipv4, out);
  if (done) done = state_->Reduce(state_->ipv6, out);
  if (!done) return std::unexpected(std::move(done.error()));
  return ListDiff{out.removed.Finish(), out.changed_from.Finish(), out.changed_to.Finish(),
                  out.added.Finish()};
}

std::vector<EndpointKey> ScriptFolder::TakeGapKeys() {
  return std::move(state_->gap_keys);
}

}  // namespace switchback
