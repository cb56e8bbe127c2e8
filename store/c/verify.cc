// Whether a store is sound.
#include <memory>
#include <utility>
#include <vector>

#include "c/call.h"
#include "c/handles.h"

namespace switchback::c {
namespace {

struct HeldReport : switchback_report {
  explicit HeldReport(VerifyReport from)
      : switchback_report{.ids = from.ids,
                          .versions = from.versions,
                          .revisions = from.revisions,
                          .chunks = from.chunks,
                          .endpoints = from.endpoints,
                          .damage_count = from.damage_count,
                          .damage = nullptr,
                          .damage_listed = 0},
        held(std::move(from.damage)) {
    array.Reserve(held.size());
    for (const Damage& one : held) {
      array.Add({.what = one.what.c_str(),
                 .id = one.id ? one.id->text().c_str() : "",
                 .version = one.version ? one.version->value : 0,
                 .consequence = one.consequence.c_str()});
    }
    damage = array.data();
    damage_listed = array.size();
  }

  std::vector<Damage> held;
  RecordArray<switchback_damage> array;
};

}  // namespace
}  // namespace switchback::c

namespace c = switchback::c;

switchback_code switchback_verify(const switchback_store* store, switchback_report** report,
                                  switchback_error** error) {
  using Made = switchback::Result<std::unique_ptr<c::HeldReport>>;
  return c::RunFor(report, {{store, "store"}}, error, [&]() -> Made {
    auto verified = store->store->Verify({});
    if (!verified) return std::unexpected(std::move(verified.error()));
    return std::make_unique<c::HeldReport>(std::move(*verified));
  });
}

void switchback_report_free(switchback_report* report) {
  delete static_cast<c::HeldReport*>(report);
}
