// The service beside etcd, in turn: both one process with a Unix socket, each asked in JSON over
// HTTP, etcd by its own gateway. A key of etcd holds a whole list as text; what it writes is
// synced.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "bench/compare/etcd_gateway.h"
#include "bench/compare/etcd_server.h"
#include "measurements.h"
#include "served.h"
#include "switchback/text.h"

namespace switchback::targets {
namespace {

namespace etcd = compare::etcd;

std::string TextOf(const EndpointList& list) {
  std::string text;
  for (const Endpoint endpoint : list) text += FormatEndpoint(endpoint) + '\n';
  return text;
}

std::string KeyOf(uint64_t id) {
  return "l/" + IdOf(id % kServedIds).text();
}

std::string Made(std::string folder) {
  std::filesystem::create_directories(folder);
  return folder;
}

// Both with the same lists.
struct Both {
  explicit Both(const Context& context)
      : served(context.scratch.Fresh("served")),
        client(served.Client()),
        server(Made(context.scratch.Fresh("etcd")), {}),
        connection(server.socket()) {
    for (uint64_t id = 0; id < kServedIds; ++id) {
      texts.push_back(TextOf(*Must(served.store->Read(IdOf(id)))->list));
      Put(connection, id);
    }
  }
  [[nodiscard]] std::unique_ptr<etcd::Connection> Connection() const {
    return std::make_unique<etcd::Connection>(server.socket());
  }
  void Put(etcd::Connection& to, uint64_t id) const {
    etcd::Operations operations;
    operations.Put(KeyOf(id), texts.at(id % kServedIds));
    to.Call("kv/txn", operations.Body());
  }

  Served served;
  std::unique_ptr<Store> client;
  std::vector<std::string> texts;  // of etcd's lists
  etcd::Server server;
  etcd::Connection connection;
};

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
      rounds, [&] { Must(both.client->Read(IdOf(++at % kServedIds))); },
      [&] { both.connection.Call("kv/range", etcd::RangeAt(KeyOf(++at), 0)); });
  const double ours = PerSecond(
      rounds, [&] { return both.served.Client(); },
      [](Store& client, uint64_t n) { Must(client.Read(IdOf(n % kServedIds))); });
  const double theirs = PerSecond(
      rounds, [&] { return both.Connection(); },
      [](etcd::Connection& to, uint64_t n) { to.Call("kv/range", etcd::RangeAt(KeyOf(n), 0)); });
  return RowOf("service-etcd-read", "a list of 100 endpoints, beside etcd", pair,
               fmt::format("{:.0f} a second, etcd {:.0f}; 8 clients", ours, theirs));
}

Row Commits(Both& both, int rounds) {
  uint64_t number = 0;
  const Pair pair = Interleave(
      rounds,
      [&] {
        Must(both.client->Commit(both.served.lists.EditAny(),
                                 CommitAs(++number, Durability::kSynced)));
      },
      [&] { both.Put(both.connection, ++number); });
  const double ours = PerSecond(
      rounds, [&] { return both.served.Client(); }, CommitOne);
  const double theirs = PerSecond(
      rounds, [&] { return both.Connection(); },
      [&](etcd::Connection& to, uint64_t n) { both.Put(to, n); });
  return RowOf("service-etcd-commit", "a synced commit of one endpoint, beside a put of the list",
               pair, fmt::format("{:.0f} a second, etcd {:.0f}; 8 clients", ours, theirs));
}

Row Watchers(Both& both, size_t count, int commits) {
  std::vector<double> ours;
  {
    std::vector<RawWatcher> watchers;
    for (size_t i = 0; i < count; ++i) watchers.push_back(both.served.Watcher());
    ours = SecondsToTell(watchers, commits, "\"commit\"", [&] {
      Must(
          both.served.store->Commit(both.served.lists.EditAny(), CommitAs(1, Durability::kSynced)));
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
      SecondsToTell(watchers, commits, "\"events\"", [&] { both.Put(both.connection, ++number); });
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
