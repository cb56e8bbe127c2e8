#include "cli/output/text_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace switchback::cli {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;

// The code point at `at`, whose sequence has `length` valid bytes.
uint32_t CodePoint(std::string_view text, size_t at, size_t length) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[at + i]); };
  static constexpr std::array<uint8_t, 5> kFirstMask = {0, 0x7f, 0x1f, 0x0f, 0x07};
  uint32_t point = byte(0) & kFirstMask[length];
  for (size_t i = 1; i < length; ++i) point = (point << 6) | (byte(i) & 0x3f);
  return point;
}

// Two columns for what East Asian Width calls wide, none for combining marks. The blocks that
// names and messages are written in, not the whole table.
size_t ColumnsOf(uint32_t point) {
  if (point == 0x200b || point == 0x200d || point == 0xfeff || (point >= 0x300 && point <= 0x36f) ||
      (point >= 0xfe00 && point <= 0xfe0f)) {
    return 0;
  }
  const bool wide = (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf) ||
                    (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff) ||
                    (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60) ||
                    (point >= 0xffe0 && point <= 0xffe6) ||
                    (point >= 0x1f300 && point <= 0x1faff) ||
                    (point >= 0x20000 && point <= 0x3fffd);
  return wide ? 2 : 1;
}

// Controls, and the marks that turn the direction of text around: both can fake what is shown.
bool IsControl(uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x202a && point <= 0x202e) ||
         (point >= 0x2066 && point <= 0x2069);
}

}  // namespace

std::string Grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string Counted(uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", Grouped(number), noun, number == 1 ? "" : "s");
}

std::string Bytes(uint64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string Percent(uint64_t part, uint64_t whole) {
  if (whole == 0) return "0 %";
  const double percent = static_cast<double>(part) * 100 / static_cast<double>(whole);
  // Never "100 %" or "0 %" for what is not quite so.
  if (part != whole && percent > 99.9) return "99.9 %";
  if (part != 0 && percent < 0.1) return "0.1 %";
  if (part == whole || part == 0) return fmt::format("{:.0f} %", percent);
  return fmt::format("{:.1f} %", percent);
}

std::string LocalTime(Timestamp time, const Clock& clock) {
  const int64_t past_second =
      ((time.micros % kMicrosPerSecond) + kMicrosPerSecond) % kMicrosPerSecond;
  return FormatTime({time.micros - past_second}, clock.utc_offset_seconds(time));
}

std::string LocalTimeExact(Timestamp time, const Clock& clock) {
  return FormatTime(time, clock.utc_offset_seconds(time));
}

std::string Delta(uint64_t added, uint64_t removed, uint64_t changed) {
  std::string text;
  const auto add = [&text](char sign, uint64_t number) {
    if (number == 0) return;
    if (!text.empty()) text += ' ';
    text += sign + Grouped(number);
  };
  add('+', added);
  add('-', removed);
  add('~', changed);
  return text.empty() ? "no difference" : text;
}

size_t Utf8Length(std::string_view text, size_t at) {
  const auto first = static_cast<uint8_t>(text[at]);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<uint8_t>(text[at + i]) & 0xc0) != 0x80) return 0;
  }
  const uint32_t point = CodePoint(text, at, length);
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  return overlong || surrogate || point > 0x10ffff ? 0 : length;
}

bool IsUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = Utf8Length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string OneLine(std::string_view text) {
  std::string line;
  for (size_t at = 0; at < text.size();) {
    const size_t length = Utf8Length(text, at);
    if (length == 0) {
      line += "\xef\xbf\xbd";
      ++at;
      continue;
    }
    const uint32_t point = CodePoint(text, at, length);
    if (point == '\n' || point == '\t' || point == '\r') {
      line += ' ';
    } else if (IsControl(point)) {
      line += fmt::format("\\x{:02x}", point);
    } else {
      line += text.substr(at, length);
    }
    at += length;
  }
  return line;
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t length = std::max<size_t>(Utf8Length(text, at), 1);
    width += ColumnsOf(CodePoint(text, at, length));
    at += length;
  }
  return width;
}

std::string Clip(std::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width == 0) return "";
  size_t taken = 0;
  size_t columns = 0;
  while (taken < text.size()) {
    const size_t length = std::max<size_t>(Utf8Length(text, taken), 1);
    const size_t wide = ColumnsOf(CodePoint(text, taken, length));
    if (columns + wide > width - 1) break;
    columns += wide;
    taken += length;
  }
  return std::string(text.substr(0, taken)) + "\xe2\x80\xa6";
}

bool IsBigLoss(uint64_t count_before, uint64_t removed, uint64_t count) {
  return removed > count_before / 2 && (count_before >= 2 || count == 0);
}

std::string ShellWord(std::string_view text) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/@=+,%^-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(text);
  }
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

std::string FormatCommandLine(std::string_view command, std::string_view targets,
                              std::string_view options) {
  if (targets.find(" -") == std::string_view::npos) {
    return fmt::format("{}{}{}", command, targets, options);
  }
  return fmt::format("{}{} --{}", command, options, targets);
}

std::string ExpectOption(const BusinessId& id, Version version) {
  const char between = id.text().starts_with('-') ? '=' : ' ';
  return fmt::format(" --expect{}{}={}", between, id.text(), version.value);
}

}  // namespace switchback::cli
