// etcd's JSON form of gRPC, spoken over one kept-open HTTP connection to a Unix socket: requests,
// transactions and answers. Knows nothing of lists or revisions of ours; etcd_system.cc does.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace switchback::compare::etcd {

using Json = nlohmann::json;

// -- Requests -------------------------------------------------------------------------------------

// A range request for one key, at one of etcd's revisions or 0, the newest; `more` fields behind.
// Serializable: with a single member there is nobody to agree with first.
std::string RangeAt(const std::string& key, uint64_t etcd_revision, std::string_view more = "");
// All keys that begin with `prefix`, which ends in "/".
std::string RangeOfAll(const std::string& prefix, uint64_t etcd_revision, std::string_view more);

// A transaction under way: its operations, joined.
class Operations {
 public:
  void Put(const std::string& key, std::string_view value);
  void Range(const std::string& range) { Add(R"({"request_range":)" + range + "}"); }

  // Of keys and values that are put.
  [[nodiscard]] size_t bytes() const { return bytes_; }
  [[nodiscard]] std::string Body() const { return R"({"success":[)" + joined_ + "]}"; }

 private:
  void Add(std::string_view operation);

  std::string joined_;
  size_t bytes_ = 0;
};

// -- Answers --------------------------------------------------------------------------------------

// A number of 64 bits; 0 where there is none.
uint64_t Number(const Json& object, const char* name);
// A field of bytes; empty where there is none.
std::string Bytes(const Json& object, const char* name);
// The keys and values of an answer to a range; none where nothing was there.
const Json& Pairs(const Json& answer);
// Of the first of them; empty where nothing was there.
std::string FirstValue(const Json& answer);

// -- The connection -------------------------------------------------------------------------------

class Connection {
 public:
  explicit Connection(const std::string& socket);

  // False where the server could not be reached or said no; answer() then says why.
  bool Post(const char* method, const std::string& body);
  [[nodiscard]] const std::string& answer() const { return answer_; }
  // The answer; ends the program where there is none.
  Json Call(const char* method, const std::string& body);

 private:
  struct Cleanup {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  static size_t Take(const char* data, size_t size, size_t count, void* answer);

  std::unique_ptr<CURL, Cleanup> curl_;
  std::unique_ptr<curl_slist, Cleanup> headers_;
  std::string answer_;
};

}  // namespace switchback::compare::etcd
