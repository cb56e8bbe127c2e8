// Changes of IDs. What is to be done to an ID is told by which one of five keys it has.
#include "switchback/change.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "types/excerpt.h"
#include "wire/endpoint_forms.h"
#include "wire/object_form.h"
#include "wire/scalars.h"

namespace switchback::wire {

template <>
struct Form<EditKind> {
  static constexpr std::array<std::pair<EditKind, std::string_view>, 3> kNames = {
      {{EditKind::kAdd, "add"}, {EditKind::kRemove, "remove"}, {EditKind::kSet, "set"}}};

  static Json Write(EditKind kind) {
    const auto* named = std::ranges::find(kNames, kind, &decltype(kNames)::value_type::first);
    return named == kNames.end() ? "unknown" : named->second;
  }
  static Result<void> Read(const Json& json, const Place& place, EditKind& kind) {
    const auto text = ReadText(json, place, "add, remove or set");
    if (!text) return std::unexpected(text.error());
    const auto* named = std::ranges::find(kNames, *text, &decltype(kNames)::value_type::second);
    if (named == kNames.end()) {
      return place.Refuse(fmt::format("expected add, remove or set, found '{}'", Excerpt(*text)));
    }
    kind = named->first;
    return {};
  }
};

template <>
struct Form<EndpointEdit> : AskedForm<EndpointEdit> {
  template <typename See, typename Value>
  static void Members(See& see, Value& edit) {
    see("kind", edit.kind);
    see("endpoint", edit.endpoint);
    see.IfSet("match_value", edit.match_value);
  }
};

template <>
struct Form<EditStep> : AskedForm<EditStep> {
  template <typename See, typename Value>
  static void Members(See& see, Value& step) {
    see("edits", step.edits);
    see.IfSet("deletes", step.deletes);
    see.IfSet("line", step.line);
  }
};

// A key that has no other value: "delete":true.
struct True {};
template <>
struct Form<True> {
  static Json Write(True /*value*/) { return true; }
  static Result<void> Read(const Json& json, const Place& place, True& /*value*/) {
    if (json.is_boolean() && json.get<bool>()) return {};
    return Expected(place, "true", json);
  }
};

namespace {

template <typename See, typename Value>
void SeeReplace(See& see, Value& replace) {
  see.template As<AnyOrderForm>("replace", replace.list);
}

template <typename See, typename Value>
void SeeEdits(See& see, Value& edits) {
  see("edits", edits.edits);
  see.IfSet("if_needed", edits.if_needed);
}

template <typename See, typename Value>
void SeeDelete(See& see, Value& deletion) {
  True yes;
  see("delete", yes);
  see("removes", deletion.removes);
}

template <typename See, typename Value>
void SeeCopy(See& see, Value& copy) {
  see("copy", copy.version);
}

template <typename See, typename Value>
void SeeSteps(See& see, Value& steps) {
  see("steps", steps.steps);
}

struct ActionWriter {
  ObjectWriter& out;
  void operator()(const Replace& replace) const { SeeReplace(out, replace); }
  void operator()(const EditEndpoints& edits) const { SeeEdits(out, edits); }
  void operator()(const DeleteId& deletion) const { SeeDelete(out, deletion); }
  void operator()(const CopyVersion& copy) const { SeeCopy(out, copy); }
  void operator()(const EditSteps& steps) const { SeeSteps(out, steps); }
};

constexpr std::array<std::string_view, 5> kActions = {"replace", "edits", "delete", "copy",
                                                      "steps"};

// REQUIRES: one of the five keys is there.
void ReadAction(ObjectReader& in, IdChange& change) {
  if (in.Has("replace")) {
    SeeReplace(in, change.action.emplace<Replace>());
  } else if (in.Has("edits")) {
    SeeEdits(in, change.action.emplace<EditEndpoints>());
  } else if (in.Has("delete")) {
    SeeDelete(in, change.action.emplace<DeleteId>());
  } else if (in.Has("copy")) {
    SeeCopy(in, change.action.emplace<CopyVersion>());
  } else {
    SeeSteps(in, change.action.emplace<EditSteps>());
  }
}

}  // namespace

template <>
struct Form<IdChange> {
  template <typename See, typename Value>
  static void Members(See& see, Value& change) {
    see("id", change.id);
    see("expect", change.expect);
  }
  static Json Write(const IdChange& change) {
    ObjectWriter out;
    Members(out, change);
    std::visit(ActionWriter{out}, change.action);
    return out.Take();
  }
  static Result<void> Read(const Json& json, const Place& place, IdChange& change) {
    if (!json.is_object()) return Expected(place, "an object", json);
    ObjectReader in(json, place);
    const auto actions =
        std::ranges::count_if(kActions, [&](std::string_view name) { return in.Has(name); });
    if (actions != 1) {
      return place.Refuse(fmt::format(
          "expected one of replace, edits, delete, copy and steps, found {} of them", actions));
    }
    Members(in, change);
    ReadAction(in, change);
    return in.Finish(UnknownKeys::kRefuse);
  }
};

Json ToJson(const IdChange& change) {
  return Form<IdChange>::Write(change);
}
Json ToJson(const std::vector<IdChange>& changes) {
  return Form<std::vector<IdChange>>::Write(changes);
}

template Result<IdChange> FromJson(const Json& json, std::string_view place);
template Result<std::vector<IdChange>> FromJson(const Json& json, std::string_view place);

}  // namespace switchback::wire
