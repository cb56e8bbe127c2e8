// The service beside etcd, in turn: both one process with a Unix socket, each asked in JSON over
// HTTP, etcd by its own gateway. A key of etcd holds a whole list as text; what it writes is
// synced.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "bench/compare/etcd_gateway.h"
#include "bench/compare/etcd_server.h"
#include "measurements.h"
#include "raw_watcher.h"
#include "switchback/client.h"
#include "switchback/service.h"
#include "switchback/text.h"
#include "timing.h"

namespace switchback::targets {
namespace {

namespace etcd = compare::etcd;

constexpr uint32_t kIds = 1'000;
constexpr uint32_t kEndpoints = 100;
constexpr int kClients = 8;

std::string TextOf(const EndpointList& list) {
  std::string text;
  for (const Endpoint endpoint : list) text += FormatEndpoint(endpoint) + '\n';
  return text;
}

std::string KeyOf(uint64_t id) {
  return "l/" + IdOf(id % kIds).text();
}

std::string Made(std::string folder) {
  std::filesystem::create_directories(folder);
  return folder;
}

// Both with the same lists.
struct Both {
  explicit Both(const Context& context)
      : path(context.scratch.Fresh("served")),
        store(CreateStore(path)),
        service(Must(Service::Start(*store, {.socket = path + "/service.sock"}))),
        client(Connected()),
        server(Made(context.scratch.Fresh("etcd")), {}),
        connection(server.socket()) {
    Must(store->Commit(lists.First(), CommitAs(0, Durability::kSynced)));
    for (uint64_t id = 0; id < kIds; ++id) {
      texts.push_back(TextOf(*Must(store->Read(IdOf(id)))->list));
      Put(connection, id);
    }
  }
  [[nodiscard]] std::unique_ptr<Store> Connected() const {
    return Must(Connect({.url = "unix:" + service->socket()}));
  }
  void Put(etcd::Connection& to, uint64_t id) const {
    etcd::Operations operations;
    operations.Put(KeyOf(id), texts.at(id % kIds));
    to.Call("kv/txn", operations.Body());
  }

  std::string path;
  SmallLists lists{kIds, kEndpoints};
  std::unique_ptr<Store> store;
  std::unique_ptr<Service> service;
  std::unique_ptr<Store> client;
  std::vector<std::string> texts;  // of etcd's lists
  etcd::Server server;
  etcd::Connection connection;
};

// Requests a second of some clients at once; `make` makes what one of them asks over and over.
template <typename Make>
double PerSecond(int requests, const Make& make) {
  std::vector<std::thread> clients;
  const double seconds = SecondsOfWork([&] {
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&, i] {
        auto ask = make();
        for (int n = 0; n < requests; ++n) ask(static_cast<uint64_t>(i * requests + n));
      });
    }
    for (std::thread& client : clients) client.join();
  });
  return kClients * requests / seconds;
}

Row RowOf(const std::string& name, const std::string& what, const Pair& pair,
          const std::string& note) {
  Row row = MakeRow(name, what, "below etcd", pair.ours * 1e3, "ms",
                    Floor{"etcd, over its JSON gateway", pair.floor * 1e3});
  row.met = pair.ours < pair.floor;
  row.note = note;
  return row;
}

Row Reads(Both& both, int rounds) {
  uint64_t at = 0;
  const Pair pair = Interleave(
      rounds, [&] { Must(both.client->Read(IdOf(++at % kIds))); },
      [&] { both.connection.Call("kv/range", etcd::RangeAt(KeyOf(++at), 0)); });
  const double ours = PerSecond(rounds, [&] {
    return [client = std::shared_ptr<Store>(both.Connected())](uint64_t n) {
      Must(client->Read(IdOf(n % kIds)));
    };
  });
  const double theirs = PerSecond(rounds, [&] {
    return [to = std::make_shared<etcd::Connection>(both.server.socket())](uint64_t n) {
      to->Call("kv/range", etcd::RangeAt(KeyOf(n), 0));
    };
  });
  return RowOf("service-etcd-read", "a list of 100 endpoints, beside etcd", pair,
               fmt::format("{:.0f} a second, etcd {:.0f}; 8 clients", ours, theirs));
}

Row Commits(Both& both, int rounds) {
  uint64_t number = 0;
  const Pair pair = Interleave(
      rounds,
      [&] {
        Must(both.client->Commit(both.lists.EditAny(), CommitAs(++number, Durability::kSynced)));
      },
      [&] { both.Put(both.connection, ++number); });
  const double ours = PerSecond(rounds, [&] {
    return [client = std::shared_ptr<Store>(both.Connected())](uint64_t n) {
      Change change;
      change.ids.push_back(
          {IdOf(n % kIds),
           EditEndpoints{{{EditKind::kSet, Host(static_cast<uint32_t>(n), 7)}}, true}});
      Must(client->Commit(change, CommitAs(n, Durability::kSynced)));
    };
  });
  const double theirs = PerSecond(rounds, [&] {
    return [&both, to = std::make_shared<etcd::Connection>(both.server.socket())](uint64_t n) {
      both.Put(*to, n);
    };
  });
  return RowOf("service-etcd-commit", "a synced commit of one endpoint, beside a put of the list",
               pair, fmt::format("{:.0f} a second, etcd {:.0f}; 8 clients", ours, theirs));
}

// Of each commit, until all watchers have been told.
template <typename Commit>
std::vector<double> Told(const std::vector<RawWatcher>& watchers, int commits,
                         std::string_view text, const Commit& commit) {
  std::vector<double> delays;
  for (int i = 0; i < commits; ++i) {
    commit();
    const double committed = Now();
    for (const RawWatcher& watcher : watchers) watcher.WaitFor(text);
    delays.push_back(Now() - committed);
  }
  return delays;
}

Row Watchers(Both& both, size_t count, int commits) {
  std::vector<double> ours;
  {
    std::vector<RawWatcher> watchers;
    for (size_t i = 0; i < count; ++i) {
      watchers.emplace_back(both.service->socket(),
                            "GET /v1/watch?heartbeat_ms=600000 HTTP/1.1\r\nHost: x\r\n\r\n",
                            "heartbeat");
    }
    ours = Told(watchers, commits, "\"commit\"", [&] {
      Must(both.store->Commit(both.lists.EditAny(), CommitAs(1, Durability::kSynced)));
    });
  }
  const std::string body = R"({"create_request":)" + etcd::RangeOfAll("l/", 0, "") + "}";
  const std::string request = fmt::format(
      "POST /v3/watch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      body.size(), body);
  std::vector<RawWatcher> watchers;
  for (size_t i = 0; i < count; ++i) {
    watchers.emplace_back(both.server.socket(), request, "\"created\"");
  }
  uint64_t number = 0;
  const std::vector<double> theirs =
      Told(watchers, commits, "\"events\"", [&] { both.Put(both.connection, ++number); });
  return RowOf("service-etcd-watchers",
               fmt::format("{} watchers have all been told, beside etcd", count),
               {Median(ours), Median(theirs)},
               fmt::format("medians of {} commits; p99 {:.0f} ms, etcd {:.0f} ms", commits,
                           Quantile(ours, 0.99) * 1e3, Quantile(theirs, 0.99) * 1e3));
}

}  // namespace

Rows ServiceBesideEtcd(const Context& context) {
  if (!etcd::Server::Installed()) return {};
  Both both(context);
  const int rounds = context.quick ? 100 : 1'000;
  return {Reads(both, rounds), Commits(both, rounds / 2),
          Watchers(both, context.quick ? 50 : 1'000, context.quick ? 10 : 50)};
}

}  // namespace switchback::targets
