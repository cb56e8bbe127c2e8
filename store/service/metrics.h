// What is seen from outside: counters and histograms in Prometheus' form (doc/service.md lists
// them).
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "service/access_table.h"
#include "service/http_server.h"
#include "service/watch_hub.h"

namespace switchback {

// Safe from any number of threads.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A request was answered. `seconds`: from when its handler began.
  void Answered(Call call, unsigned status, double seconds, uint64_t bytes);
  void Denied(bool journaled);
  void Limited();  // 429

  // Everything, in the text form that Prometheus reads.
  [[nodiscard]] std::string Text(const Store& store, const HttpCounts& counts,
                                 const WatchHub& hub) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace switchback
