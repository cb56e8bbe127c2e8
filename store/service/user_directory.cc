#include "service/user_directory.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace switchback {
namespace {

// A record's texts; groups of many members take more, but not without end.
constexpr size_t kFirstBuffer = 4'096;
constexpr size_t kLargestBuffer = size_t{16} << 20;

// Calls `look_up` with a buffer that grows while it is too small. False: there is no such record,
// or it can't be had.
template <typename Record, typename LookUp>
bool Find(Record& record, std::vector<char>& buffer, const LookUp& look_up) {
  for (size_t size = kFirstBuffer; size <= kLargestBuffer; size *= 4) {
    buffer.resize(size);
    Record* found = nullptr;
    int fault = 0;
    do {
      fault = look_up(&record, buffer.data(), buffer.size(), &found);
    } while (fault == EINTR);
    if (fault != ERANGE) return found != nullptr;
  }
  return false;
}

std::optional<std::string> UserName(uint32_t uid) {
  passwd record{};
  std::vector<char> buffer;
  const bool found = Find(record, buffer, [&](passwd* into, char* bytes, size_t size, passwd** at) {
    return getpwuid_r(uid, into, bytes, size, at);
  });
  if (!found) return std::nullopt;
  return std::string(record.pw_name);
}

std::optional<uint32_t> UidOf(const std::string& user) {
  passwd record{};
  std::vector<char> buffer;
  const bool found = Find(record, buffer, [&](passwd* into, char* bytes, size_t size, passwd** at) {
    return getpwnam_r(user.c_str(), into, bytes, size, at);
  });
  if (!found) return std::nullopt;
  return record.pw_uid;
}

std::optional<uint32_t> GidOf(const std::string& name) {
  group record{};
  std::vector<char> buffer;
  const bool found = Find(record, buffer, [&](group* into, char* bytes, size_t size, group** at) {
    return getgrnam_r(name.c_str(), into, bytes, size, at);
  });
  if (!found) return std::nullopt;
  return record.gr_gid;
}

std::vector<uint32_t> GroupsOf(const std::string& user, uint32_t gid) {
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());
  // Where they don't fit it says how many there are; that may have grown once more by then.
  while (getgrouplist(user.c_str(), gid, groups.data(), &count) < 0) {
    const auto needed = static_cast<size_t>(count);
    groups.resize(needed > groups.size() ? needed : groups.size() * 2);
    count = static_cast<int>(groups.size());
  }
  groups.resize(static_cast<size_t>(count));
  return {groups.begin(), groups.end()};
}

}  // namespace

UserDirectory SystemUsers() {
  return {.user_name = UserName, .uid = UidOf, .gid = GidOf, .groups = GroupsOf};
}

}  // namespace switchback
