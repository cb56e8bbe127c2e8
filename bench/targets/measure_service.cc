// What a service adds: requests on its Unix socket, beside the same calls in this process;
// watchers; and an operator's command while the store is held.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "bench/compare/child_process.h"
#include "child.h"
#include "measurements.h"
#include "served.h"

namespace switchback::targets {
namespace {

Row RowOf(const std::string& name, const std::string& what, const std::string& floor_is,
          const Pair& pair, double limit, const std::string& note) {
  Row row = MakeRow(name, what, fmt::format("< {:.1f} ms", limit), pair.ours * 1e3, "ms",
                    Floor{floor_is, pair.floor * 1e3});
  row.met = row.measured < limit;
  row.note = note;
  return row;
}

}  // namespace

Rows ServiceCalls(const Context& context) {
  Served served(context.scratch.Fresh("served"));
  const auto client = served.Client();
  const int rounds = context.quick ? 200 : 3'000;
  uint64_t at = 0;
  Must(client->Read(IdOf(0)));
  const Pair read = Interleave(
      rounds, [&] { Must(client->Read(IdOf(++at % kServedIds))); },
      [&] { Must(served.store->Read(IdOf(++at % kServedIds))); });
  const Pair known = Interleave(
      rounds, [&] { Must(client->Read(IdOf(0))); }, [&] { Must(served.store->Read(IdOf(0))); });
  uint64_t number = 0;
  const Pair commit = Interleave(
      rounds / 10,
      [&] {
        Must(client->Commit(served.lists.EditAny(), CommitAs(++number, Durability::kSynced)));
      },
      [&] {
        Must(served.store->Commit(served.lists.EditAny(), CommitAs(++number, Durability::kSynced)));
      });
  const auto connect = [&] { return served.Client(); };
  const double reads = PerSecond(
      rounds, connect, [](Store& one, uint64_t n) { Must(one.Read(IdOf(n % kServedIds))); });
  const double commits = PerSecond(rounds / 10, connect, CommitOne);
  return {
      RowOf("service-read", "a list of 100 endpoints, over the socket", "the same in this process",
            read, 1, fmt::format("{:.0f} a second, 8 clients", reads)),
      RowOf("service-read-known", "the same list again, unchanged (304)",
            "the same in this process", known, 1, ""),
      RowOf("service-commit", "a synced commit, over the socket", "the same in this process",
            commit, 10, fmt::format("{:.0f} a second, 8 clients", commits))};
}

Rows ServiceWatchers(const Context& context) {
  const size_t watchers = context.quick ? 100 : 1'000;
  const int commits = context.quick ? 20 : 100;
  Served served(context.scratch.Fresh("watched"));
  std::vector<RawWatcher> sockets;
  for (size_t i = 0; i < watchers; ++i) sockets.push_back(served.Watcher());
  const std::vector<double> delays = SecondsToTell(sockets, commits, "\"commit\"", [&] {
    Must(served.store->Commit(served.lists.EditAny(), CommitAs(1, Durability::kSynced)));
  });
  Row row = MakeRow("service-watchers", "1,000 watchers have all been told, after the commit",
                    "< 250 ms", Quantile(delays, 0.99) * 1e3, "ms", std::nullopt);
  row.met = row.measured < 250;
  row.note = fmt::format("p99 of {} commits; median {:.1f} ms; {} watchers, read by one thread",
                         commits, Median(delays) * 1e3, watchers);
  return {row};
}

namespace {

// A list that falls from 800 endpoints to one: what an operator puts back.
void AddFallen(Store& store) {
  const BusinessId id = Must(BusinessId::Parse("fallen"));
  for (const uint32_t endpoints : {800, 1}) {
    EndpointListBuilder list;
    for (uint32_t i = 0; i < endpoints; ++i) list.Append(Host(0x0b000000 + i).view());
    Change change;
    change.ids.push_back({id, Replace{list.Finish()}, {}});
    Must(store.Commit(change, CommitAs(1, Durability::kSynced)));
  }
}

// `switchback restore`, again and again, while `store` commits 1,000 times a second. It is the
// holder's own, or a client of that.
Row RestoreBeside(const Context& context, const std::string& path, Store& store, SmallLists& lists,
                  const std::string& name, const std::string& what) {
  std::atomic<bool> done = false;
  std::atomic<uint64_t> committed = 0;
  std::thread writer([&] {
    const auto begun = std::chrono::steady_clock::now();
    while (!done) {
      Must(store.Commit(lists.EditAny(), CommitAs(1, Durability::kBuffered)));
      std::this_thread::sleep_until(begun + std::chrono::milliseconds(++committed));
    }
  });
  std::vector<double> seconds;
  const int rounds = context.quick ? 6 : 60;
  const double begun = Now();
  for (int i = 0; i < rounds; ++i) {
    const std::string target = fmt::format("fallen@{}", 1 + i % 2);
    seconds.push_back(SecondsOfWork([&] {
      const Ended ended = RunChild({context.program, "--store", path, "restore", target, "--quiet"},
                                   context.scratch.Fresh("restored"));
      if (ended.by_signal || ended.code != 0) End("the restore failed");
    }));
  }
  const double rate = static_cast<double>(committed) / (Now() - begun);
  done = true;
  writer.join();
  Row row = MakeRow(name, what, "< 100 ms", Quantile(seconds, 1) * 1e3, "ms", std::nullopt);
  row.met = row.measured < 100;
  row.note = fmt::format("worst of {}; median {:.1f} ms; beside {:.0f} commits a second", rounds,
                         Median(seconds) * 1e3, rate);
  return row;
}

Row RestoreBesideServe(const Context& context) {
  const std::string path = context.scratch.Fresh("served");
  SmallLists lists{kServedIds, kServedEndpoints};
  {
    const auto store = CreateStore(path);
    Must(store->Commit(lists.First(), CommitAs(0, Durability::kSynced)));
    AddFallen(*store);
  }
  compare::ChildProcess serve({.arguments = {context.program, "--store", path, "serve", "--quiet"},
                               .environment = {},
                               .folder = "/",
                               .output_file = context.scratch.Fresh("serve.log")});
  Result<std::unique_ptr<Store>> client = Connect({.url = "unix:" + path});
  for (int i = 0; !client && i < 2'000; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    client = Connect({.url = "unix:" + path});
  }
  Row row = RestoreBeside(context, path, *Must(std::move(client)), lists, "service-restore-serve",
                          "`switchback restore`, while `switchback serve` holds the store");
  serve.Signal(SIGTERM);
  return row;
}

}  // namespace

Rows RestoreBesideHolder(const Context& context) {
  const std::string path = context.scratch.Fresh("held");
  Served served(path);
  AddFallen(*served.store);
  return {RestoreBeside(context, path, *served.store, served.lists, "service-restore",
                        "`switchback restore`, while an embedder holds the store"),
          RestoreBesideServe(context)};
}

}  // namespace switchback::targets
