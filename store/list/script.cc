// Edit scripts as bytes (doc/format-lists.md, "Script").

#include "list/script.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/packed_column.h"
#include "list/script_parts.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

// The header byte: removed + 6 * changed + 36 * added where each is below 6, which nearly all
// scripts are; else this one, and the three as varints.
constexpr uint8_t kLongCounts = 255;
constexpr uint64_t kShortCount = 6;

bool IsShort(const ScriptCounts& counts) {
  return std::max({counts.removed, counts.changed, counts.added}) < kShortCount;
}

void AppendCounts(const ScriptCounts& counts, std::string& out) {
  if (IsShort(counts)) {
    out.push_back(static_cast<char>(counts.removed + kShortCount * counts.changed +
                                    kShortCount * kShortCount * counts.added));
    return;
  }
  out.push_back(static_cast<char>(kLongCounts));
  AppendVarint(counts.removed, out);
  AppendVarint(counts.changed, out);
  AppendVarint(counts.added, out);
}

bool ReadCounts(ByteReader& in, ScriptCounts& counts) {
  uint8_t header = 0;
  if (!in.ReadByte(header)) return false;
  if (header == kLongCounts) {
    return in.ReadVarint(counts.removed) && in.ReadVarint(counts.changed) &&
           in.ReadVarint(counts.added) && !IsShort(counts) &&
           counts.removed <= kMaxEndpointsPerList && counts.changed <= kMaxEndpointsPerList &&
           counts.added <= kMaxEndpointsPerList;
  }
  counts.removed = header % kShortCount;
  counts.changed = header / kShortCount % kShortCount;
  counts.added = header / (kShortCount * kShortCount);
  return counts.added < kShortCount;
}

// The kinds of edit a script has. Bits for the ops are spent only where there are two or three.
struct OpCode {
  explicit OpCode(const ScriptCounts& counts) {
    if (counts.removed > 0) ops[kinds++] = EditOp::kRemove;
    if (counts.changed > 0) ops[kinds++] = EditOp::kChange;
    if (counts.added > 0) ops[kinds++] = EditOp::kAdd;
    width = kinds <= 1 ? 0 : kinds - 1;
  }
  [[nodiscard]] uint64_t Code(EditOp op) const {
    return static_cast<uint64_t>(std::find(ops, ops + kinds, op) - ops);
  }
  EditOp ops[3] = {};
  unsigned kinds = 0;
  unsigned width = 0;
};

// The edits of a diff in the order that a script has them.
struct OrderedEdits {
  EndpointList keys;  // with no values
  std::vector<EditOp> ops;
  GatheredValues values;
};

// Values of both sides; columns that turn out to hold nothing are dropped at the end.
class ValueGatherer {
 public:
  void Add(const EndpointValue& value) {
    values_.weights.push_back(value.weight ? uint64_t{*value.weight} + 1 : 0);
    values_.attributes.push_back(value.attributes);
    any_weight_ |= value.weight.has_value();
    any_attributes_ |= !value.attributes.empty();
  }
  void Append(const ValueGatherer& other) {
    values_.weights.insert(values_.weights.end(), other.values_.weights.begin(),
                           other.values_.weights.end());
    values_.attributes.insert(values_.attributes.end(), other.values_.attributes.begin(),
                              other.values_.attributes.end());
    any_weight_ |= other.any_weight_;
    any_attributes_ |= other.any_attributes_;
  }
  GatheredValues Finish() {
    if (!any_weight_) values_.weights.clear();
    if (!any_attributes_) values_.attributes.clear();
    return std::move(values_);
  }

 private:
  GatheredValues values_;
  bool any_weight_ = false;
  bool any_attributes_ = false;
};

OrderedEdits Order(const ListDiff& diff) {
  OrderedEdits ordered;
  EndpointListBuilder keys;
  ValueGatherer old_values;
  ValueGatherer new_values;
  ordered.ops.reserve(diff.size());
  for (EditCursor edit(diff); !edit.done(); edit.Next()) {
    keys.Append({edit.key(), {}});
    ordered.ops.push_back(edit.op());
    if (edit.op() == EditOp::kRemove) old_values.Add(diff.removed.Value(edit.index()));
    if (edit.op() == EditOp::kAdd) new_values.Add(diff.added.Value(edit.index()));
    if (edit.op() == EditOp::kChange) {
      old_values.Add(diff.changed_from.Value(edit.index()));
      new_values.Add(diff.changed_to.Value(edit.index()));
    }
  }
  old_values.Append(new_values);
  ordered.keys = keys.FinishWithDigest({});
  ordered.values = old_values.Finish();
  return ordered;
}

Result<void> DecodeOps(ByteReader& in, size_t count, const ScriptCounts& counts,
                       std::vector<EditOp>& ops) {
  const OpCode code(counts);
  ops.assign(count, code.ops[0]);
  if (code.width == 0) return {};
  std::string_view bits;
  if (!in.ReadBytes((count * code.width + 7) / 8, bits)) {
    return Damaged(fmt::format("a script of {} edits is cut off in its ops", count));
  }
  ScriptCounts seen;
  for (size_t i = 0; i < count; ++i) {
    uint64_t op = 0;
    UnpackBits(bits, i, code.width, 1, &op);
    if (op >= code.kinds) return Damaged(fmt::format("edit {} of a script has no known op", i));
    ops[i] = code.ops[op];
    seen.removed += ops[i] == EditOp::kRemove ? 1U : 0U;
    seen.changed += ops[i] == EditOp::kChange ? 1U : 0U;
  }
  if (seen.removed != counts.removed || seen.changed != counts.changed) {
    return Damaged("the ops of a script are not as many as its counts say");
  }
  return {};
}

// A change must change something, or it would not be in the script.
bool EveryChangeChanges(const ScriptParts& parts) {
  size_t old_value = 0;
  size_t new_value = parts.old_count();
  for (const EditOp op : parts.ops) {
    if (op == EditOp::kChange && parts.values[old_value] == parts.values[new_value]) return false;
    if (op != EditOp::kAdd) ++old_value;
    if (op != EditOp::kRemove) ++new_value;
  }
  return true;
}

ListDiff ToDiff(const ScriptParts& parts) {
  EndpointListBuilder removed;
  EndpointListBuilder changed_from;
  EndpointListBuilder changed_to;
  EndpointListBuilder added;
  size_t old_value = 0;
  size_t new_value = parts.old_count();
  for (size_t i = 0; i < parts.ops.size(); ++i) {
    const EndpointKey key = parts.keys[i];
    if (parts.ops[i] == EditOp::kRemove) {
      removed.Append({key, parts.values[old_value++]});
    } else if (parts.ops[i] == EditOp::kAdd) {
      added.Append({key, parts.values[new_value++]});
    } else {
      changed_from.Append({key, parts.values[old_value++]});
      changed_to.Append({key, parts.values[new_value++]});
    }
  }
  return {removed.Finish(), changed_from.Finish(), changed_to.Finish(), added.Finish()};
}

}  // namespace

void EncodeScript(const ListDiff& diff, std::string& out) {
  const ScriptCounts counts{diff.removed.size(), diff.changed_to.size(), diff.added.size()};
  AppendCounts(counts, out);
  if (diff.empty()) return;
  const OrderedEdits edits = Order(diff);
  const uint8_t key_flags = KeyFlags(edits.keys, 0, edits.keys.size());
  out.push_back(static_cast<char>(key_flags | ValueFlags(edits.values)));
  EncodeKeys(edits.keys, 0, edits.keys.size(), key_flags, out);
  const OpCode code(counts);
  std::vector<uint64_t> codes(edits.ops.size());
  std::ranges::transform(edits.ops, codes.begin(), [&code](EditOp op) { return code.Code(op); });
  AppendPackedBits(codes, code.width, out);
  EncodeValues(edits.values, out);
}

Result<void> DecodeScriptParts(std::string_view bytes, ScriptParts& parts) {
  parts.keys.ipv4.clear();
  parts.keys.ipv6.clear();
  parts.keys.ipv4_prefixes = {};
  parts.keys.ipv6_prefixes = {};
  parts.keys.ports = {};
  parts.values.weights = {};
  parts.values.attributes = {};
  parts.ops.clear();
  ByteReader in(bytes);
  if (!ReadCounts(in, parts.counts)) return Damaged("a script begins with no valid counts");
  const size_t count = parts.counts.removed + parts.counts.changed + parts.counts.added;
  uint8_t flags = 0;
  if (count > 0) {
    if (!in.ReadByte(flags)) return Damaged("a script is cut off before its flags");
    auto done = DecodeKeys(in, count, flags, parts.keys);
    if (done) done = DecodeOps(in, count, parts.counts, parts.ops);
    if (done) done = DecodeValues(in, count + parts.counts.changed, flags, parts.values);
    if (!done) return done;
    if (!EveryChangeChanges(parts)) return Damaged("a change in a script changes nothing");
  }
  if (!in.empty()) {
    return Damaged(fmt::format("{} bytes stand after the end of a script", in.rest().size()));
  }
  return {};
}

Result<ListDiff> DecodeScript(std::string_view bytes) {
  ScriptParts parts;
  auto done = DecodeScriptParts(bytes, parts);
  if (!done) return std::unexpected(std::move(done.error()));
  return ToDiff(parts);
}

Result<ScriptCounts> ReadScriptCounts(std::string_view bytes) {
  ScriptCounts counts;
  ByteReader in(bytes);
  if (!ReadCounts(in, counts)) return Damaged("a script begins with no valid counts");
  return counts;
}

}  // namespace switchback
