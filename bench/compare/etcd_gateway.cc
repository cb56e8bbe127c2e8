#include "bench/compare/etcd_gateway.h"

#include <algorithm>
#include <array>

#include "bench/compare/system.h"

namespace switchback::compare::etcd {
namespace {

// -- Base64, as JSON carries bytes ----------------------------------------------------------------

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string Encoded(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  size_t out = 0;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k <= count; ++k) text[out + k] = kDigits[group >> (18 - 6 * k) & 63];
    out += 4;
  }
  return text;
}

std::string Decoded(std::string_view text) {
  static const std::array<uint8_t, 256> kValues = [] {
    std::array<uint8_t, 256> values{};
    for (size_t i = 0; i < kDigits.size(); ++i) {
      values[static_cast<unsigned char>(kDigits[i])] = static_cast<uint8_t>(i);
    }
    return values;
  }();
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes(text.size() * 3 / 4, '\0');
  uint32_t group = 0;
  size_t out = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    group = group << 6 | kValues[static_cast<unsigned char>(text[i])];
    if (i % 4 != 0) bytes[out++] = static_cast<char>(group >> (6 - 2 * (i % 4)) & 255);
  }
  return bytes;
}

}  // namespace

std::string RangeAt(const std::string& key, uint64_t etcd_revision, std::string_view more) {
  return R"({"key":")" + Encoded(key) + R"(","serializable":true,"revision":)" +
         std::to_string(etcd_revision) + std::string(more) + "}";
}

std::string RangeOfAll(const std::string& prefix, uint64_t etcd_revision, std::string_view more) {
  const std::string end = prefix.substr(0, prefix.size() - 1) + static_cast<char>('/' + 1);
  return RangeAt(prefix, etcd_revision,
                 R"(,"range_end":")" + Encoded(end) + '"' + std::string(more));
}

void Operations::Put(const std::string& key, std::string_view value) {
  bytes_ += key.size() + value.size();
  Add(R"({"request_put":{"key":")" + Encoded(key) + R"(","value":")" + Encoded(value) + "\"}}");
}

void Operations::Add(std::string_view operation) {
  if (!joined_.empty()) joined_.push_back(',');
  joined_.append(operation);
}

// Numbers of 64 bits come as strings, and a zero not at all.
uint64_t Number(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? 0 : std::stoull(found->get_ref<const std::string&>());
}

std::string Bytes(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? "" : Decoded(found->get_ref<const std::string&>());
}

const Json& Pairs(const Json& answer) {
  static const Json kNone = Json::array();
  const auto found = answer.find("kvs");
  return found == answer.end() ? kNone : *found;
}

std::string FirstValue(const Json& answer) {
  const Json& pairs = Pairs(answer);
  return pairs.empty() ? "" : Bytes(pairs.front(), "value");
}

Connection::Connection(const std::string& socket) : curl_(curl_easy_init()) {
  if (!curl_) Fail("etcd: no connection from libcurl");
  headers_.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
  // Without this a large request waits a second for leave to send its body.
  curl_slist_append(headers_.get(), "Expect:");
  curl_easy_setopt(curl_.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(curl_.get(), CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(curl_.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_.get(), CURLOPT_BUFFERSIZE, long{CURL_MAX_READ_SIZE});
  curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, &Connection::Take);
  curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &answer_);
}

bool Connection::Post(const char* method, const std::string& body) {
  const std::string url = std::string("http://etcd/v3/") + method;
  answer_.clear();
  curl_easy_setopt(curl_.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl_.get(), CURLOPT_POSTFIELDS, body.data());
  const CURLcode result = curl_easy_perform(curl_.get());
  if (result != CURLE_OK) answer_ = curl_easy_strerror(result);
  long status = 0;
  curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
  return result == CURLE_OK && status == 200;
}

Json Connection::Call(const char* method, const std::string& body) {
  if (!Post(method, body)) Fail(std::string("etcd ") + method + ": " + answer_.substr(0, 500));
  return Json::parse(answer_);
}

size_t Connection::Take(const char* data, size_t size, size_t count, void* answer) {
  static_cast<std::string*>(answer)->append(data, size * count);
  return size * count;
}

}  // namespace switchback::compare::etcd
