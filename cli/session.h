// Opening the store that a command works on, and finding the versions that its arguments name.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/failure.h"
#include "cli/parse/write_options.h"
#include "switchback/selector.h"
#include "switchback/store.h"

namespace switchback::cli {

// Normal, without a slash at its end. Errors: kIoError.
[[nodiscard]] Outcome<std::string> AbsolutePath(const std::string& path);
// The store's folder as an absolute path. Errors: usage, none was named.
[[nodiscard]] Outcome<std::string> StorePath(const Context& context);
// That, or the URL of who serves it: what reports call the store.
[[nodiscard]] Outcome<std::string> StoreName(const Context& context);

// Takes no lock. Errors: those of Store::Open, or of Connect.
[[nodiscard]] Outcome<std::unique_ptr<Store>> OpenForReading(const Context& context);
// For a dry run, read-only. Else the store itself or, where another holds it, that one's service;
// where it has none, waits as write.wait says. Errors: kWrongEnvironment, kHeld and others of
// Store::Open and Connect.
[[nodiscard]] Outcome<std::unique_ptr<Store>> OpenForWriting(const Context& context,
                                                             const WriteOptions& write);
// The store itself, whoever serves it.
[[nodiscard]] Outcome<std::unique_ptr<Store>> OpenItself(const Context& context,
                                                         const WriteOptions& write);

// A store with a view of it: what a reading command needs. The view goes first.
struct Reading {
  std::unique_ptr<Store> store;
  std::unique_ptr<View> view;
};
[[nodiscard]] Outcome<Reading> StartReading(const Context& context);

// An ID@SELECTOR argument, and what it is.
struct Address {
  BusinessId id;
  Selector selector;  // head where none was given
  bool has_selector = false;
  ResolvedVersion found;

  [[nodiscard]] VersionRef ref() const { return {id, found.version}; }
};
[[nodiscard]] Outcome<Address> ResolveAddress(const Context& context, const View& view,
                                              std::string_view text);
// `394521@11:45` and such say on standard error which version they were taken for.
void NoteResolved(const Context& context, const View& view, const Address& address);

// A selector for the whole table: a revision, a time, a snapshot name, head~N.
[[nodiscard]] Outcome<Revision> ResolveTableSelector(const Context& context, const View& view,
                                                     std::string_view text);
[[nodiscard]] bool IsHeadRelative(const Selector& selector);

// Remembers that a write has landed (see Context::landed).
void MarkLanded(Context& context, const CommitResult& result);

}  // namespace switchback::cli
