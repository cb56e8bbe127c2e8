#include "service/metrics.h"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "service/store_metrics.h"
#include "switchback/activity.h"

namespace switchback {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds(Durations::kBounds.begin(),
                                                       Durations::kBounds.end());

}  // namespace

class Metrics::Impl {
 public:
  prometheus::Counter& CountOf(Call call, unsigned status) {
    const std::scoped_lock lock(mutex_);
    auto& counter = counters_[{call, status}];
    if (counter == nullptr) {
      counter = &requests_.Add(
          {{"call", std::string(AboutCall(call).name)}, {"status", fmt::to_string(status)}});
    }
    return *counter;
  }
  prometheus::Histogram& SecondsOf(Call call) {
    const std::scoped_lock lock(mutex_);
    auto& histogram = histograms_[call];
    if (histogram == nullptr) {
      histogram = &seconds_.Add({{"call", std::string(AboutCall(call).name)}}, kSeconds);
    }
    return *histogram;
  }

  prometheus::Gauge& AddGauge(const std::string& name, const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
  prometheus::Counter& AddCounter(const std::string& name, const std::string& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
  }
  // What is counted elsewhere.
  static void Set(prometheus::Counter& counter, uint64_t value) {
    const auto now = static_cast<double>(value);
    if (now > counter.Value()) counter.Increment(now - counter.Value());
  }

  prometheus::Registry registry;
  std::mutex collecting;

 private:
  prometheus::Family<prometheus::Counter>& requests_ =
      prometheus::BuildCounter()
          .Name("switchback_requests_total")
          .Help("Requests answered, by call and HTTP status")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds_ =
      prometheus::BuildHistogram()
          .Name("switchback_request_seconds")
          .Help("From when a request's handler began until it was answered")
          .Register(registry);
  std::mutex mutex_;
  std::map<std::pair<Call, unsigned>, prometheus::Counter*> counters_;
  std::map<Call, prometheus::Histogram*> histograms_;

 public:
  prometheus::Counter& sent_bytes = AddCounter("switchback_sent_bytes_total", "Bytes of answers");
  prometheus::Counter& denied =
      AddCounter("switchback_denied_total", "Calls that were not allowed");
  prometheus::Counter& not_journaled =
      AddCounter("switchback_denied_not_journaled_total",
                 "Of these, not in the store's journal: too many, or it could not be written");
  prometheus::Counter& limited = AddCounter("switchback_rate_limited_total",
                                            "Calls answered 429: over a limit of one identity");
  prometheus::Counter& shed =
      AddCounter("switchback_shed_total", "Calls answered 503: too much was under way");
  prometheus::Counter& malformed =
      AddCounter("switchback_malformed_total", "What came and was no request");
  prometheus::Counter& timeouts =
      AddCounter("switchback_timeouts_total", "Connections closed since nothing came in time");
  prometheus::Counter& accepted =
      AddCounter("switchback_connections_total", "Connections accepted");
  prometheus::Counter& refused = AddCounter("switchback_connections_refused_total",
                                            "Connections closed at once: too many were open");
  prometheus::Counter& dropped =
      AddCounter("switchback_watchers_dropped_total", "Watchers dropped as too slow");
  prometheus::Counter& told = AddCounter("switchback_watch_lines_total", "Lines told to watchers");
  prometheus::Gauge& connections = AddGauge("switchback_connections", "Connections open");
  prometheus::Gauge& active =
      AddGauge("switchback_requests_active", "Requests being worked on or waiting for a thread");
  prometheus::Gauge& body_bytes =
      AddGauge("switchback_body_bytes", "Bytes of request bodies held by all connections");
  prometheus::Gauge& watchers = AddGauge("switchback_watchers", "Watchers");
  prometheus::Gauge& revision =
      AddGauge("switchback_durable_revision", "The newest revision that survives power loss");
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::Answered(Call call, unsigned status, double seconds, uint64_t bytes) {
  impl_->CountOf(call, status).Increment();
  impl_->SecondsOf(call).Observe(seconds);
  impl_->sent_bytes.Increment(static_cast<double>(bytes));
}

void Metrics::Denied(bool journaled) {
  impl_->denied.Increment();
  if (!journaled) impl_->not_journaled.Increment();
}

void Metrics::Limited() {
  impl_->limited.Increment();
}

std::string Metrics::Text(const Store& store, const HttpCounts& counts, const WatchHub& hub) const {
  const std::scoped_lock lock(impl_->collecting);
  Impl::Set(impl_->shed, counts.shed_requests);
  Impl::Set(impl_->malformed, counts.malformed_requests);
  Impl::Set(impl_->timeouts, counts.timeouts);
  Impl::Set(impl_->accepted, counts.accepted);
  Impl::Set(impl_->refused, counts.refused_connections);
  Impl::Set(impl_->dropped, hub.dropped());
  Impl::Set(impl_->told, hub.told());
  impl_->connections.Set(static_cast<double>(counts.connections));
  impl_->active.Set(static_cast<double>(counts.active_requests));
  impl_->body_bytes.Set(static_cast<double>(counts.body_bytes));
  impl_->watchers.Set(static_cast<double>(hub.watchers()));
  impl_->revision.Set(static_cast<double>(store.durable().value));
  std::vector<prometheus::MetricFamily> families = impl_->registry.Collect();
  families.push_back(HistogramFamily("switchback_queue_seconds",
                                     "From when a request was there until a thread took it",
                                     counts.queue_times.Read()));
  families.push_back(HistogramFamily("switchback_watch_tell_seconds",
                                     "To hand an event to all watchers that it is for",
                                     hub.tell_times()));
  // A store whose files can't be looked at still tells the rest.
  if (const auto activity = store.Activity()) {
    for (auto& family : StoreFamilies(*activity)) families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace switchback
