#include "bench/compare/systems.h"

namespace switchback::compare {
namespace {

struct Named {
  const char* name;
  SystemMaker make;
};

constexpr Named kSystems[] = {
    {"switchback", MakeSwitchback},
    {"sqlite-delta", MakeSqliteDelta},
    {"sqlite-temporal", MakeSqliteTemporal},
    {"rocksdb-blob", MakeRocksDbBlob},
    {"git", MakeGit},
    {"etcd", MakeEtcd},
};

}  // namespace

std::vector<std::string> SystemNames() {
  std::vector<std::string> names;
  for (const Named& system : kSystems) names.emplace_back(system.name);
  return names;
}

SystemMaker FindSystem(const std::string& name) {
  for (const Named& system : kSystems) {
    if (name == system.name) return system.make;
  }
  std::string known;
  for (const Named& system : kSystems) known += std::string(" ") + system.name;
  Fail("no such system: " + name + "; there are" + known);
}

}  // namespace switchback::compare
