// A store that is served, clients that ask it at once, and watchers that are told.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "raw_watcher.h"
#include "scenes.h"
#include "switchback/client.h"
#include "switchback/service.h"
#include "timing.h"

namespace switchback::targets {

inline constexpr uint32_t kServedIds = 1'000;
inline constexpr uint32_t kServedEndpoints = 100;
inline constexpr int kClients = 8;

// Served from this process, as an embedder serves its own.
struct Served {
  explicit Served(const std::string& path)
      : store(CreateStore(path)),
        service(Must(Service::Start(*store, {.socket = path + "/service.sock"}))) {
    Must(store->Commit(lists.First(), CommitAs(0, Durability::kSynced)));
  }
  [[nodiscard]] std::unique_ptr<Store> Client() const {
    return Must(Connect({.url = "unix:" + service->socket()}));
  }
  [[nodiscard]] RawWatcher Watcher() const {
    return {service->socket(), "GET /v1/watch?heartbeat_ms=600000 HTTP/1.1\r\nHost: x\r\n\r\n",
            "heartbeat"};
  }

  SmallLists lists{kServedIds, kServedEndpoints};
  std::unique_ptr<Store> store;
  std::unique_ptr<Service> service;
};

// Requests a second of kClients at once: each has what `connect` gives, and calls `ask` with it and
// a number, again and again.
template <typename Connect, typename Ask>
double PerSecond(int requests, const Connect& connect, const Ask& ask) {
  std::vector<std::thread> clients;
  const double seconds = SecondsOfWork([&] {
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&, i] {
        const auto client = connect();
        for (int n = 0; n < requests; ++n) ask(*client, static_cast<uint64_t>(i * requests + n));
      });
    }
    for (std::thread& client : clients) client.join();
  });
  return kClients * requests / seconds;
}

// Seconds from when each of some commits had returned until all watchers had been told `text`.
template <typename Commit>
std::vector<double> SecondsToTell(const std::vector<RawWatcher>& watchers, int commits,
                                  std::string_view text, const Commit& commit) {
  std::vector<double> seconds;
  for (int i = 0; i < commits; ++i) {
    commit();
    const double committed = Now();
    for (const RawWatcher& watcher : watchers) watcher.WaitFor(text);
    seconds.push_back(Now() - committed);
  }
  return seconds;
}

// What one of them commits, all at once: one endpoint of one ID.
inline void CommitOne(Store& client, uint64_t n) {
  Change change;
  change.ids.push_back(
      {IdOf(n % kServedIds),
       EditEndpoints{{{EditKind::kSet, Host(static_cast<uint32_t>(n), 7)}}, true}});
  Must(client.Commit(change, CommitAs(n, Durability::kSynced)));
}

}  // namespace switchback::targets
