#include "cli/output/diff_about.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

constexpr size_t kShown = 3;
// What 80 columns leave beside the heading.
constexpr size_t kLineWidth = 69;
// Value changes are counted by their text; past this many kinds, none is common.
constexpr size_t kMaxChangeKinds = 10'000;

// The network of `length` bits (or fewer, for an endpoint that is wider) around an endpoint.
EndpointKey NetworkOf(const EndpointKey& key, uint8_t ipv4_length, uint8_t ipv6_length) {
  const bool ipv4 = key.address.family == Family::kIPv4;
  const uint8_t length = std::min(key.prefix_length, ipv4 ? ipv4_length : ipv6_length);
  EndpointKey network{key.address, length, 0};
  if (ipv4) {
    network.address.low &= length == 0 ? 0 : (~uint64_t{0} << (32 - length)) & 0xffffffff;
  } else {
    // Networks of at most 64 bits only.
    network.address.low = 0;
    network.address.high &= length == 0 ? 0 : ~uint64_t{0} << (64 - std::min<int>(length, 64));
  }
  return network;
}

using Counts = std::map<EndpointKey, uint64_t>;

Counts CountNetworks(const EndpointList& list, uint8_t ipv4_length, uint8_t ipv6_length) {
  Counts counts;
  for (size_t i = 0; i < list.size(); ++i) {
    ++counts[NetworkOf(list.Key(i), ipv4_length, ipv6_length)];
  }
  return counts;
}

// The first `shown` of sorted counts as "406 in 10.20.0.0/16, 12 in 9 others".
template <typename Key, typename Name>
std::string First(const std::vector<std::pair<Key, uint64_t>>& sorted, size_t shown,
                  std::string_view others, Name name) {
  std::string text;
  uint64_t rest = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i >= shown) {
      rest += sorted[i].second;
    } else {
      text += fmt::format("{}{} {}", i == 0 ? "" : ", ", Grouped(sorted[i].second),
                          name(sorted[i].first));
    }
  }
  if (rest > 0) {
    text += fmt::format(", {} in {} {}", Grouped(rest), Grouped(sorted.size() - shown), others);
  }
  return text;
}

// The biggest counts: three, or as many as fit on the line.
template <typename Key, typename Name>
std::string Biggest(const std::map<Key, uint64_t>& counts, std::string_view others, Name name) {
  std::vector<std::pair<Key, uint64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(), &std::pair<Key, uint64_t>::second);
  for (size_t shown = kShown;; --shown) {
    std::string text = First(sorted, shown, others, name);
    if (text.size() <= kLineWidth || shown == 1) return text;
  }
}

// By /8 and /32; where all lie in one /8, by /16 and /48.
void AppendNetworks(std::string_view what, const EndpointList& list, std::string& out) {
  if (list.empty()) return;
  Counts counts = CountNetworks(list, 8, 32);
  if (counts.size() == 1) counts = CountNetworks(list, 16, 48);
  out += fmt::format("  {:<9}{}\n", what, Biggest(counts, "others", [](const EndpointKey& key) {
                       return "in " + FormatEndpointKey(key);
                     }));
}

void AppendPorts(std::string_view what, const EndpointList& list, std::string& out) {
  std::map<uint16_t, uint64_t> counts;
  for (size_t i = 0; i < list.size(); ++i) ++counts[list.ports()[i]];
  const bool none_has_one = counts.empty() || (counts.size() == 1 && counts.begin()->first == 0);
  if (none_has_one) return;
  out += fmt::format("  {:<9}{}\n", what, Biggest(counts, "other ports", [](uint16_t port) {
                       return port == 0 ? std::string("without port") : fmt::format("on :{}", port);
                     }));
}

void AppendValueChanges(const ListDiff& diff, std::string& out) {
  std::map<std::string, uint64_t> counts;
  std::string text;
  for (size_t i = 0; i < diff.changed_from.size(); ++i) {
    text.clear();
    AppendEndpointValue(diff.changed_from.Value(i), text);
    text += text.empty() ? "no value -> " : " -> ";
    const size_t before = text.size();
    AppendEndpointValue(diff.changed_to.Value(i), text);
    if (text.size() == before) text += "no value";
    ++counts[text];
    if (counts.size() > kMaxChangeKinds) return;
  }
  if (counts.empty()) return;
  out +=
      fmt::format("  {:<9}{}\n", "changed",
                  Biggest(counts, "other ways", [](const std::string& change) { return change; }));
}

}  // namespace

void AppendDiffAbout(const DiffReport& report, std::string& out) {
  const uint64_t before = report.from.count;
  const uint64_t kept = before - std::min<uint64_t>(before, report.diff.removed.size());
  if (before > 0) {
    out += fmt::format("  {:<9}{} of {} endpoints ({})\n", "kept", Grouped(kept), Grouped(before),
                       Percent(kept, before));
  }
  AppendNetworks("removed", report.diff.removed, out);
  AppendPorts("", report.diff.removed, out);
  AppendNetworks("added", report.diff.added, out);
  AppendPorts("", report.diff.added, out);
  AppendValueChanges(report.diff, out);
}

}  // namespace switchback::cli
