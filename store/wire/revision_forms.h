// One commit's metadata, which several answers hold.
#pragma once

#include "switchback/view.h"
#include "wire/object_form.h"
#include "wire/scalars.h"

namespace switchback::wire {

template <>
struct Form<Origin> : SaidForm<Origin> {
  template <typename See, typename Value>
  static void Members(See& see, Value& origin) {
    see("user", origin.user);
    see("host", origin.host);
    see("program", origin.program);
    see("program_version", origin.program_version);
  }
};

template <>
struct Form<RevisionInfo> : SaidForm<RevisionInfo> {
  template <typename See, typename Value>
  static void Members(See& see, Value& info) {
    see("revision", info.revision);
    see("time", info.time);
    see("effective_time", info.effective_time);
    see("original_time", info.original_time);
    see("operation", info.operation);
    see("author", info.author);
    see("message", info.message);
    see("ticket", info.ticket);
    see("source", info.source);
    see("request_id", info.request_id);
    see("origin", info.origin);
    see("id_count", info.id_count);
    see("added", info.added);
    see("removed", info.removed);
    see("changed", info.changed);
  }
};

}  // namespace switchback::wire
