#include "cli/identity.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

#include "cli/help.h"

namespace switchback::cli {
namespace {

std::string UserName() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr) {
    return found->pw_name;
  }
  return fmt::format("uid{}", geteuid());  // a user that the system has no name for
}

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown-host";
  return name.data();
}

}  // namespace

std::string UserAtHost() {
  return UserName() + "@" + HostName();
}

Origin ProcessOrigin() {
  return {UserName(), HostName(), "switchback", std::string(ProgramVersion())};
}

}  // namespace switchback::cli
