// Files of endpoints to lists: one pass over the lines, a sort where they are unsorted, one pass
// over the entries. Bad lines are collected on the way, and the input is refused whole.
#include "switchback/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "list/bad_lines.h"
#include "list/line_entries.h"
#include "list/radix_sort.h"
#include "switchback/limits.h"
#include "types/endpoint_scanner.h"

namespace switchback {
namespace {

// Some editors put one at the front of every file; it says nothing about the lines after it.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Sorted entries have their lines all over the text. Those whose value stands there alone are asked
// for this many entries before they are read again, in both cache lines that they mostly span.
constexpr size_t kReadAhead = 16;
constexpr size_t kCacheLineBytes = 64;

class ListParser {
 public:
  ListParser(std::string_view text, std::string_view source)
      : text_(text), source_(source), bad_lines_(text) {}

  Result<ParsedList> Parse() {
    if (text_.size() > kMaxTextBytes)
      return PastLimit("{} bytes, and at most {} are taken", text_.size(), kMaxTextBytes);
    ScanLines();
    MarkConflicts(ipv4_);
    MarkConflicts(ipv6_);
    if (!bad_lines_.empty()) return std::unexpected(bad_lines_.ToError(source_, lines_));
    const uint64_t endpoints = ipv4_.size() + ipv6_.size() - duplicates_;
    if (endpoints > kMaxEndpointsPerList) {
      return PastLimit("{} endpoints, and a list holds at most {}", endpoints,
                       kMaxEndpointsPerList);
    }
    return ParsedList{BuildList(), lines_, duplicates_};
  }

 private:
  template <typename... Args>
  std::unexpected<Error> PastLimit(fmt::format_string<Args...> what, Args&&... args) const {
    return Fail(ErrorCode::kLimitExceeded,
                fmt::format("{} has {}: nothing was written", source_,
                            fmt::format(what, std::forward<Args>(args)...)));
  }

  void ScanLines() {
    const char* const begin = text_.data();
    const char* const end = begin + text_.size();
    const char* p = begin;
    if (text_.starts_with(kByteOrderMark)) p += kByteOrderMark.size();
    while (p != end) {
      const auto left = static_cast<size_t>(end - p);
      const char* line_break = static_cast<const char*>(std::memchr(p, '\n', left));
      const char* line_end = line_break == nullptr ? end : line_break;
      const char* next = line_break == nullptr ? end : line_break + 1;
      if (line_end != p && line_end[-1] == '\r') --line_end;
      ++lines_;
      ScanLine({p, line_end}, static_cast<uint64_t>(p - begin));
      p = next;
    }
  }

  void ScanLine(std::string_view line, uint64_t offset) {
    switch (scanner_.Scan(line)) {
      case LineKind::kBlank:
        return;
      case LineKind::kBad:
        if (bad_lines_.Names(offset)) {
          bad_lines_.Add(offset, scanner_.RefusalReason());
        } else {
          bad_lines_.AddUnnamed();
        }
        return;
      case LineKind::kEndpoint:
        break;
    }
    const EndpointKey& key = scanner_.endpoint().key;
    const LineValue value = values_.Shorten(scanner_.endpoint().value);
    if (key.address.family == Family::kIPv4) {
      ipv4_.Append(Ipv4Entry(key, value, offset));
    } else {
      ipv6_.Append(Ipv6Entry(key, value, offset));
    }
  }

  // Sorts, counts the exact duplicates, and marks every line whose key an earlier line has with
  // another value.
  template <typename Entry>
  void MarkConflicts(LineEntries<Entry>& entries) {
    if (entries.ascending()) return;
    RadixSort(entries);
    Entry first = entries[0];  // of a run with one key; the sort has put the earliest line first
    for (size_t i = 1; i < entries.size(); ++i) {
      const Entry& entry = entries[i];
      if (!entry.SameKey(first)) {
        first = entry;
      } else if (SameValue(first, entry)) {
        ++duplicates_;
      } else {
        bad_lines_.AddConflict(entry.offset(), first.offset());
      }
    }
  }

  template <typename Entry>
  bool SameValue(const Entry& a, const Entry& b) {
    if (a.value().form != b.value().form) return false;
    if (a.value().form != ValueForm::kInLine) return a.value().bits == b.value().bits;
    return Value(a, scanner_) == Value(b, second_scanner_);
  }

  // Good until the next use of `scanner`.
  template <typename Entry>
  EndpointValue Value(const Entry& entry, EndpointScanner& scanner) {
    if (entry.value().form != ValueForm::kInLine) return values_.Value(entry.value());
    const LineKind kind = scanner.Scan(LineAt(text_, entry.offset()));
    return kind == LineKind::kEndpoint ? scanner.endpoint().value : EndpointValue();
  }

  EndpointList BuildList() {
    EndpointListBuilder builder;
    builder.Reserve(ipv4_.size(), ipv6_.size());
    AppendEntries(ipv4_, builder);
    AppendEntries(ipv6_, builder);
    return builder.Finish();
  }

  // Gives the entries back as it goes.
  template <typename Entry>
  void AppendEntries(LineEntries<Entry>& entries, EndpointListBuilder& builder) {
    Entry last{};
    for (size_t i = 0; i < entries.size(); ++i) {
      if (i + kReadAhead < entries.size() &&
          entries[i + kReadAhead].value().form == ValueForm::kInLine) {
        // Stands here since GCC takes a function that only prefetches for one without effect.
        const uint64_t offset = entries[i + kReadAhead].offset();
        __builtin_prefetch(text_.data() + offset);
        __builtin_prefetch(text_.data() + std::min(offset + kCacheLineBytes, text_.size()));
      }
      const Entry entry = entries[i];
      if (i > 0 && entry.SameKey(last)) continue;
      last = entry;
      builder.Append({entry.Key(), Value(entry, scanner_)});
      entries.ReleaseBefore(i);
    }
    entries.ReleaseBefore(entries.size());
  }

  std::string_view text_;
  std::string_view source_;
  EndpointScanner scanner_;
  EndpointScanner second_scanner_;
  LineValues values_;
  LineEntries<Ipv4Entry> ipv4_;
  LineEntries<Ipv6Entry> ipv6_;
  BadLines bad_lines_;
  uint64_t lines_ = 0;
  uint64_t duplicates_ = 0;
};

}  // namespace

Result<ParsedList> ParseEndpointList(std::string_view text, std::string_view source) {
  return ListParser(text, source).Parse();
}

}  // namespace switchback
