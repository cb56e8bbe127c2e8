#include "service/store_metrics.h"

#include <limits>
#include <utility>

namespace switchback {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Counter(std::string name, std::string help, uint64_t value) {
  ClientMetric metric;
  metric.counter.value = static_cast<double>(value);
  return {std::move(name), std::move(help), MetricType::Counter, {metric}};
}

MetricFamily Gauge(std::string name, std::string help, uint64_t value) {
  ClientMetric metric;
  metric.gauge.value = static_cast<double>(value);
  return {std::move(name), std::move(help), MetricType::Gauge, {metric}};
}

MetricFamily CacheBytes(const StoreActivity& activity) {
  MetricFamily family = Gauge("switchback_cache_bytes", "Bytes that are kept in memory", 0);
  family.metric.clear();
  for (const auto& [cache, bytes] : {std::pair("heads", activity.head_cache_bytes),
                                     std::pair("lists", activity.list_cache_bytes)}) {
    ClientMetric metric;
    metric.label = {{"cache", cache}};
    metric.gauge.value = static_cast<double>(bytes);
    family.metric.push_back(std::move(metric));
  }
  return family;
}

}  // namespace

MetricFamily HistogramFamily(std::string name, std::string help, const Durations& durations) {
  ClientMetric metric;
  ClientMetric::Histogram& histogram = metric.histogram;
  histogram.sample_sum = durations.seconds;
  for (size_t i = 0; i < Durations::kBounds.size(); ++i) {
    histogram.sample_count += durations.counts[i];
    histogram.bucket.push_back({histogram.sample_count, Durations::kBounds[i]});
  }
  histogram.sample_count += durations.counts.back();
  histogram.bucket.push_back({histogram.sample_count, std::numeric_limits<double>::infinity()});
  return {std::move(name), std::move(help), MetricType::Histogram, {metric}};
}

std::vector<MetricFamily> StoreFamilies(const StoreActivity& activity) {
  return {
      HistogramFamily("switchback_commit_seconds",
                      "From when a commit was asked for until it was there, or had failed",
                      activity.commits),
      HistogramFamily("switchback_write_seconds", "Writes of groups of commits, not synced",
                      activity.writes),
      HistogramFamily("switchback_sync_seconds",
                      "Writes of groups of commits with their sync, and syncs alone",
                      activity.synced_writes),
      Counter("switchback_head_hits_total", "Reads of a current list found in memory",
              activity.head_hits),
      Counter("switchback_head_misses_total", "Reads of a current list made from rows",
              activity.head_misses),
      CacheBytes(activity),
      Gauge("switchback_disk_bytes", "Bytes of all files of the store", activity.disk_bytes),
      Gauge("switchback_files", "Files of the store", activity.files),
  };
}

}  // namespace switchback
