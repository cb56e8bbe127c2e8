// Users and groups of this machine; a test brings its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace switchback {

struct UserDirectory {
  std::function<std::optional<std::string>(uint32_t uid)> user_name = {};
  std::function<std::optional<uint32_t>(const std::string& user)> uid = {};
  std::function<std::optional<uint32_t>(const std::string& group)> gid = {};
  // All groups of a user, `gid` and those that it was added to.
  std::function<std::vector<uint32_t>(const std::string& user, uint32_t gid)> groups = {};
};
// As the C library knows them (files, LDAP, ...); it may ask other machines.
UserDirectory SystemUsers();

}  // namespace switchback
