// Lines of text: a time, a sequence number, perhaps "metadata HEX", the number of files, then a
// line a file: "PATH crc32 CHECKSUM", the checksum being the CRC32C as a decimal number.
#include "engine/rocksdb_backup_meta.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/file_checksum.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

namespace switchback {

namespace {

constexpr size_t kReadBytes = size_t{1} << 20;

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Takes the first line off; nothing where there is none that ends.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// Never leads out of the folder, whatever the bytes are.
bool IsInside(std::string_view path) {
  return !path.empty() && path.front() != '/' && path.find("..") == std::string_view::npos &&
         path.find('\0') == std::string_view::npos;
}

// "PATH crc32 CHECKSUM".
bool ParseFileLine(std::string_view line, FileChecksums& files) {
  constexpr std::string_view kField = " crc32 ";
  const size_t at = line.find(kField);
  if (at == std::string_view::npos) return false;
  const std::string_view path = line.substr(0, at);
  const std::optional<uint64_t> checksum = ParseNumber(line.substr(at + kField.size()));
  if (!IsInside(path) || !checksum || *checksum > UINT32_MAX) return false;
  return files.emplace(path, static_cast<uint32_t>(*checksum)).second;
}

Error Malformed(std::string_view what) {
  return {ErrorCode::kDataLoss,
          fmt::format("the backup's list of files is malformed: {}", what),
          {},
          0};
}

}  // namespace

Result<FileChecksums> ParseBackupMeta(std::string_view text) {
  const auto time = TakeLine(text);
  const auto sequence = TakeLine(text);
  auto count_line = TakeLine(text);
  if (count_line && count_line->starts_with("metadata ")) count_line = TakeLine(text);
  if (!time || !sequence || !count_line || !ParseNumber(*time) || !ParseNumber(*sequence)) {
    return std::unexpected(Malformed("its head"));
  }
  const std::optional<uint64_t> count = ParseNumber(*count_line);
  FileChecksums files;
  while (const auto line = TakeLine(text)) {
    if (!ParseFileLine(*line, files)) {
      return std::unexpected(Malformed(fmt::format("line {} of its files", files.size() + 1)));
    }
  }
  if (!text.empty() || !count || files.size() != *count) {
    return std::unexpected(Malformed("it does not have the files that it counts"));
  }
  return files;
}

Result<FileChecksums> ReadBackupMeta(const std::string& folder, uint32_t number) {
  const std::string path = fmt::format("{}/meta/{}", folder, number);
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (text.empty()) return Fail(ErrorCode::kDataLoss, path + ": missing or empty");
  return ParseBackupMeta(text);
}

Result<FileSum> SumFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return Fail(errno == ENOENT ? ErrorCode::kDataLoss : ErrorCode::kIoError,
                fmt::format("{}: {}", path, errno == ENOENT ? "missing" : strerror(errno)));
  }
  const auto generator = rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator(
      {.file_name = path, .requested_checksum_func_name = {}});
  std::vector<char> buffer(kReadBytes);
  FileSum sum;
  ssize_t count = 0;
  while ((count = read(file, buffer.data(), buffer.size())) > 0) {
    generator->Update(buffer.data(), static_cast<size_t>(count));
    sum.bytes += static_cast<uint64_t>(count);
  }
  const int fault = errno;
  close(file);
  if (count < 0) {
    return Fail(ErrorCode::kIoError, fmt::format("{}: can't be read: {}", path, strerror(fault)));
  }
  generator->Finalize();
  for (const char byte : generator->GetChecksum()) {  // big-endian
    sum.checksum = sum.checksum << 8U | static_cast<uint8_t>(byte);
  }
  return sum;
}

}  // namespace switchback
