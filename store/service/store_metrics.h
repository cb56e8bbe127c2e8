// What a store and its service measure by themselves, as Prometheus' families.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "switchback/activity.h"

namespace switchback {

[[nodiscard]] prometheus::MetricFamily HistogramFamily(std::string name, std::string help,
                                                       const Durations& durations);
[[nodiscard]] std::vector<prometheus::MetricFamily> StoreFamilies(const StoreActivity& activity);

}  // namespace switchback
