// ListDiff at work: applying it to a list, inverting and composing it.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "list/columns.h"
#include "list/edit_cursor.h"
#include "switchback/endpoint_list.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

// The first index from `begin` on whose key is not below `key`: looks near first, since edits
// cluster and many of them stand close to the one before.
size_t FindFrom(const EndpointList& list, size_t begin, const EndpointKey& key) {
  size_t step = 1;
  while (begin + step <= list.size() && list.Key(begin + step - 1) < key) {
    begin += step;
    step *= 2;
  }
  size_t end = std::min(begin + step - 1, list.size());
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    if (list.Key(middle) < key) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

std::unexpected<Error> NotWithOldValue(const Endpoint& expected, const Endpoint* found) {
  const std::string now =
      found == nullptr ? "it is not in the list" : "the list has " + FormatEndpoint(*found);
  return Fail(ErrorCode::kConflict,
              fmt::format("cannot remove or change {}: {}; read the list again and make the diff "
                          "from that",
                          FormatEndpoint(expected), now));
}

std::unexpected<Error> AlreadyThere(const Endpoint& added, const Endpoint& found) {
  return Fail(ErrorCode::kConflict,
              fmt::format("cannot add {}: the list has {} already; read the list again and make "
                          "the diff from that",
                          FormatEndpoint(added), FormatEndpoint(found)));
}

class Applier {
 public:
  Applier(const EndpointList& list, const ListDiff& diff) : list_(list), diff_(diff) {}

  Result<EndpointList> Run() {
    builder_.Reserve(list_.ipv4_count() + diff_.added.ipv4_count(),
                     list_.ipv6_addresses().size() + diff_.added.ipv6_addresses().size());
    for (EditCursor edit(diff_); !edit.done(); edit.Next()) {
      const size_t place = FindFrom(list_, position_, edit.key());
      builder_.AppendRange(list_, position_, place);
      position_ = place;
      auto done = One(edit);
      if (!done) return std::unexpected(std::move(done.error()));
    }
    builder_.AppendRange(list_, position_, list_.size());
    if (builder_.size() > kMaxEndpointsPerList) {
      return Fail(ErrorCode::kLimitExceeded,
                  fmt::format("the list would have {} endpoints; the limit is {}", builder_.size(),
                              kMaxEndpointsPerList));
    }
    Digest digest = list_.digest();
    digest += diff_.DigestChange();
    return builder_.FinishWithDigest(digest);
  }

 private:
  Result<void> One(const EditCursor& edit) {
    const bool there = position_ < list_.size() && list_.Key(position_) == edit.key();
    if (edit.op() == EditOp::kAdd) {
      const Endpoint added = diff_.added[edit.index()];
      if (there) return AlreadyThere(added, list_[position_]);
      builder_.Append(added);
      return {};
    }
    const bool change = edit.op() == EditOp::kChange;
    const Endpoint old = (change ? diff_.changed_from : diff_.removed)[edit.index()];
    if (!there) return NotWithOldValue(old, nullptr);
    const Endpoint found = list_[position_];
    if (found.value != old.value) return NotWithOldValue(old, &found);
    ++position_;
    if (change) builder_.Append(diff_.changed_to[edit.index()]);
    return {};
  }

  const EndpointList& list_;
  const ListDiff& diff_;
  EndpointListBuilder builder_;
  size_t position_ = 0;
};

// In the words that a ScriptFolder has for it.
std::unexpected<Error> DoesNotFollow(const EndpointKey& key) {
  std::unexpected<Error> error = Damaged(fmt::format(
      "edit script 2 of a run does not follow on script 1 at {}", FormatEndpointKey(key)));
  error.error().code = ErrorCode::kConflict;
  return error;
}

// Merges two diffs: a ScriptFolder takes any number of them, and sorts.
class Composer {
 public:
  Composer(const ListDiff& first, const ListDiff& second) : first_(first), second_(second) {}

  Result<ListDiff> Run() {
    EditCursor a(first_);
    EditCursor b(second_);
    ListDiffBuilder out;
    while (!a.done() || !b.done()) {
      if (b.done() || (!a.done() && a.key() < b.key())) {
        out.Append(a.key(), a.before(), a.after());
        a.Next();
      } else if (a.done() || b.key() < a.key()) {
        out.Append(b.key(), b.before(), b.after());
        b.Next();
      } else {
        if (a.after() != b.before()) return DoesNotFollow(a.key());
        out.Append(a.key(), a.before(), b.after());
        a.Next();
        b.Next();
      }
    }
    return out.Finish();
  }

 private:
  const ListDiff& first_;
  const ListDiff& second_;
};

}  // namespace

Digest ListDiff::DigestChange() const {
  Digest change = added.digest();
  change += changed_to.digest();
  change -= changed_from.digest();
  change -= removed.digest();
  return change;
}

ListDiff ListDiff::Inverse() const& {
  return {added, changed_to, changed_from, removed};
}

ListDiff ListDiff::Inverse() && {
  return {std::move(added), std::move(changed_to), std::move(changed_from), std::move(removed)};
}

Result<EndpointList> Apply(const EndpointList& list, const ListDiff& diff) {
  return Applier(list, diff).Run();
}

Result<ListDiff> Compose(const ListDiff& first, const ListDiff& second) {
  return Composer(first, second).Run();
}

}  // namespace switchback
