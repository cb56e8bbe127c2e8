// Random commits through the C interface beside a model that keeps every version whole: reads,
// diffs and restores must agree with it at every version, also after the store was opened again.
#include "checks.h"

enum { kIds = 3, kPlaces = 48, kVersions = 400, kCommits = 300 };

// A list: the weight of 10.0.0.N:8000 at place N, or kNoWeight, or kAbsent.
enum { kAbsent = -2, kNoWeight = -1 };
typedef struct model_list {
  int exists;
  int weights[kPlaces];
} model_list;

typedef struct model {
  model_list versions[kIds][kVersions];  // [0]: before the first
  uint64_t newest[kIds];
} model;

static const char* const kNames[kIds] = {"394521", "shop/eu-1", "z"};
static uint32_t random_state = 20260;

static uint32_t Random(uint32_t below) {
  random_state = random_state * 1664525U + 1013904223U;
  return (random_state >> 8) % below;
}

static switchback_endpoint EndpointAt(int place, int weight) {
  switchback_endpoint endpoint;
  memset(&endpoint, 0, sizeof(endpoint));
  endpoint.family = 4;
  endpoint.prefix_length = 32;
  endpoint.port = 8000;
  endpoint.address[0] = 10;
  endpoint.address[3] = (uint8_t)place;
  endpoint.has_weight = weight != kNoWeight;
  endpoint.weight = weight == kNoWeight ? 0 : (uint32_t)weight;
  endpoint.attributes = place % 5 == 0 ? "zone=a" : "";
  return endpoint;
}

static void CheckEndpoint(const switchback_endpoint* got, int place, int weight) {
  const switchback_endpoint expected = EndpointAt(place, weight);
  CHECK(got->family == expected.family && got->prefix_length == expected.prefix_length);
  CHECK(got->port == expected.port && memcmp(got->address, expected.address, 16) == 0);
  CHECK(got->has_weight == expected.has_weight && got->weight == expected.weight);
  CHECK(strcmp(got->attributes, expected.attributes) == 0);
}

static model_list* Newest(model* of, int id) {
  return &of->versions[id][of->newest[id]];
}

static void CheckSameList(const switchback_list* list, const model_list* expected) {
  switchback_endpoint got[kPlaces];
  const size_t count = switchback_list_endpoints(list, 0, got, kPlaces);
  size_t next = 0;
  CHECK(count == switchback_list_count(list));
  for (int place = 0; place < kPlaces; ++place) {
    if (expected->weights[place] == kAbsent) continue;
    CHECK(next < count);
    CheckEndpoint(&got[next++], place, expected->weights[place]);
  }
  CHECK(next == count);
}

static void EmptyList(model_list* list) {
  for (int place = 0; place < kPlaces; ++place) list->weights[place] = kAbsent;
}

// One ID's part of a change, and what it makes of the list.
static void AddReplacement(switchback_change* change, const char* name, model_list* list) {
  switchback_endpoint endpoints[kPlaces];
  size_t count = 0;
  EmptyList(list);
  for (int place = kPlaces - 1; place >= 0; --place) {  // in no order that the store has
    if (Random(3) == 0) continue;
    list->weights[place] = (int)Random(4) - 1;
    endpoints[count++] = EndpointAt(place, list->weights[place]);
  }
  list->exists = 1;
  CHECK_OK(switchback_change_replace(change, name, endpoints, count, &error));
}

static void AddEdits(switchback_change* change, const char* name, model_list* list) {
  for (int place = (int)Random(5); place < kPlaces; place += 1 + (int)Random(12)) {
    const int before = list->weights[place];
    const int after = (int)Random(5) - 1;
    switchback_endpoint endpoint = EndpointAt(place, after);
    if (before == kAbsent) {
      CHECK_OK(switchback_change_edit(change, name, SWITCHBACK_EDIT_ADD, &endpoint, &error));
      list->weights[place] = after;
    } else if (Random(2) == 0) {
      endpoint = EndpointAt(place, before);
      CHECK_OK(
          switchback_change_edit(change, name, SWITCHBACK_EDIT_REMOVE_EXACT, &endpoint, &error));
      list->weights[place] = kAbsent;
    } else {
      CHECK_OK(switchback_change_edit(change, name, SWITCHBACK_EDIT_SET, &endpoint, &error));
      list->weights[place] = after;
    }
    list->exists = 1;
  }
}

static void AddAction(switchback_change* change, const model* of, int id, model_list* list) {
  const uint32_t kind = Random(10);
  if (kind < 6) {
    AddEdits(change, kNames[id], list);
  } else if (kind < 8 || !list->exists) {
    AddReplacement(change, kNames[id], list);
  } else if (kind < 9) {
    const uint64_t version = 1 + Random((uint32_t)of->newest[id]);
    if (!of->versions[id][version].exists) return;  // a deletion can't be copied
    CHECK_OK(switchback_change_copy(change, kNames[id], version, &error));
    *list = of->versions[id][version];
  } else {
    CHECK_OK(switchback_change_delete(change, kNames[id], &error));
    EmptyList(list);
    list->exists = 0;
  }
}

static int SameLists(const model_list* a, const model_list* b) {
  return a->exists == b->exists && memcmp(a->weights, b->weights, sizeof(a->weights)) == 0;
}

static void CommitSomething(switchback_store* store, model* of) {
  switchback_commit_options options = SWITCHBACK_COMMIT_OPTIONS_INIT;
  switchback_change* change;
  switchback_result* result;
  model_list lists[kIds];
  size_t changed = 0;
  options.durability = SWITCHBACK_BUFFERED;
  CHECK_OK(switchback_change_new(&change, &error));
  for (int id = 0; id < kIds; ++id) {
    lists[id] = *Newest(of, id);
    if (Random(2) == 0) AddAction(change, of, id, &lists[id]);
    changed += !SameLists(&lists[id], Newest(of, id));
  }
  CHECK_OK(switchback_commit(store, change, &options, &result, &error));
  CHECK(result->change_count == changed && (result->revision != 0) == (changed != 0));
  for (size_t i = 0; i < result->change_count; ++i) {
    int id = 0;
    while (strcmp(kNames[id], result->changes[i]->id) != 0) ++id;
    CHECK(result->changes[i]->version == of->newest[id] + 1);
    of->versions[id][++of->newest[id]] = lists[id];
  }
  switchback_result_free(result);
  switchback_change_free(change);
}

static void CheckNewest(const switchback_store* store, const model* of) {
  for (int id = 0; id < kIds; ++id) {
    const model_list* expected = &of->versions[id][of->newest[id]];
    switchback_list* list;
    const switchback_code code = switchback_get(store, kNames[id], &list, NULL);
    CHECK(code == (expected->exists ? SWITCHBACK_OK : SWITCHBACK_NOT_FOUND));
    if (code != SWITCHBACK_OK) continue;
    CHECK(switchback_list_version(list) == of->newest[id]);
    CheckSameList(list, expected);
    switchback_list_free(list);
  }
}

// Takes the diff away from `list`, or adds it.
static void ApplyPart(const switchback_diff* diff, switchback_diff_part part, model_list* list) {
  switchback_endpoint endpoints[kPlaces];
  const size_t count = switchback_diff_endpoints(diff, part, 0, endpoints, kPlaces);
  CHECK(count == switchback_diff_count(diff, part));
  for (size_t i = 0; i < count; ++i) {
    const int place = endpoints[i].address[3];
    const int weight = endpoints[i].has_weight ? (int)endpoints[i].weight : kNoWeight;
    CheckEndpoint(&endpoints[i], place, weight);
    if (part == SWITCHBACK_DIFF_REMOVED || part == SWITCHBACK_DIFF_CHANGED_FROM) {
      CHECK(list->weights[place] == weight);
      list->weights[place] = kAbsent;
    } else {
      CHECK(list->weights[place] == kAbsent);
      list->weights[place] = weight;
    }
  }
}

static void CheckDiff(const switchback_view* view, const model* of, int id, uint64_t from,
                      uint64_t to) {
  switchback_diff* diff;
  model_list list = of->versions[id][from];
  CHECK_OK(switchback_view_diff(view, kNames[id], from, to, &diff, &error));
  ApplyPart(diff, SWITCHBACK_DIFF_REMOVED, &list);
  ApplyPart(diff, SWITCHBACK_DIFF_CHANGED_FROM, &list);
  ApplyPart(diff, SWITCHBACK_DIFF_CHANGED_TO, &list);
  ApplyPart(diff, SWITCHBACK_DIFF_ADDED, &list);
  CHECK(memcmp(list.weights, of->versions[id][to].weights, sizeof(list.weights)) == 0);
  switchback_diff_free(diff);
}

static void CheckEveryVersion(const switchback_store* store, const model* of) {
  switchback_view* view;
  switchback_list* list;
  CHECK_OK(switchback_view_open(store, &view, &error));
  for (int id = 0; id < kIds; ++id) {
    for (uint64_t version = 1; version <= of->newest[id]; ++version) {
      const model_list* expected = &of->versions[id][version];
      CheckDiff(view, of, id, version - 1, version);
      CheckDiff(view, of, id, version, Random((uint32_t)of->newest[id] + 1));
      if (!expected->exists) continue;
      CHECK_OK(switchback_view_get_version(view, kNames[id], version, &list, &error));
      CheckSameList(list, expected);
      switchback_list_free(list);
    }
  }
  switchback_view_free(view);
}

static void RestoreEach(switchback_store* store, model* of) {
  for (int id = 0; id < kIds; ++id) {
    uint64_t version = of->newest[id] / 2;
    while (!of->versions[id][version].exists) ++version;
    const switchback_restore_target target = {kNames[id], version, of->newest[id], 1};
    switchback_result* result;
    const int is_so = SameLists(&of->versions[id][version], Newest(of, id));
    CHECK_OK(switchback_restore(store, &target, 1, NULL, &result, &error));
    CHECK((result->revision == 0) == is_so);
    if (!is_so) {
      of->newest[id] += 1;
      *Newest(of, id) = of->versions[id][version];
    }
    switchback_result_free(result);
  }
}

static void CheckSound(const switchback_store* store) {
  switchback_report* report;
  CHECK_OK(switchback_verify(store, &report, &error));
  CHECK(report->damage_count == 0);
  switchback_report_free(report);
}

static void AgreesWithAModel(void) {
  char* folder = NewFolder();
  char path[4200];
  switchback_open_options options = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_store* store;
  model* of = calloc(1, sizeof(*of));
  CHECK(of != NULL);
  for (int id = 0; id < kIds; ++id) EmptyList(Newest(of, id));
  snprintf(path, sizeof(path), "%s/store", folder);
  options.environment = "test";
  CHECK_OK(switchback_create(path, &options, &store, &error));
  for (int i = 0; i < kCommits; ++i) {
    CommitSomething(store, of);
    CheckNewest(store, of);
    if (i % 100 != 60) continue;
    switchback_close(store);
    CHECK_OK(switchback_open(path, &options, &store, &error));
    CheckNewest(store, of);
  }
  CheckEveryVersion(store, of);
  RestoreEach(store, of);
  CheckNewest(store, of);
  CheckSound(store);
  switchback_close(store);
  options.read_only = 1;
  CHECK_OK(switchback_open(path, &options, &store, &error));
  CheckEveryVersion(store, of);
  switchback_close(store);
  free(of);
  RemoveFolder(folder);
}

int main(int argc, char** argv) {
  static const test_case kCases[] = {{"AgreesWithAModel", AgreesWithAModel}};
  return RunCases(kCases, sizeof(kCases) / sizeof(kCases[0]), argc, argv);
}
