// A routing system in small, in C, built against an installed Switchback: does what ../embedder
// does in C++, and prints the same.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "switchback/switchback.h"

static void Check(switchback_error* error) {
  if (error == NULL) return;
  fprintf(stderr, "%s: %s\n", error->reason, error->message);
  exit(1);
}

static uint64_t Commit(switchback_store* store, const char* const* ids, size_t count,
                       const char* list) {
  switchback_error* error;
  switchback_change* change;
  switchback_result* result;
  switchback_change_new(&change, &error);
  Check(error);
  for (size_t i = 0; i < count; ++i) switchback_change_replace_text(change, ids[i], list, NULL);
  switchback_commit(store, change, NULL, &result, &error);
  Check(error);
  const uint64_t revision = result->revision;
  switchback_result_free(result);
  switchback_change_free(change);
  return revision;
}

static void PrintDiff(const switchback_store* store, const char* id) {
  switchback_error* error;
  switchback_view* view;
  switchback_diff* diff;
  switchback_view_open(store, &view, &error);
  Check(error);
  switchback_view_diff(view, id, 1, 2, &diff, &error);
  Check(error);
  printf("+%zu -%zu\n", switchback_diff_count(diff, SWITCHBACK_DIFF_ADDED),
         switchback_diff_count(diff, SWITCHBACK_DIFF_REMOVED));
  switchback_diff_free(diff);
  switchback_view_free(view);
}

static void PutBack(switchback_store* store, const char* id) {
  const switchback_restore_target target = {id, 1, 0, 0};
  switchback_commit_options options = SWITCHBACK_COMMIT_OPTIONS_INIT;
  switchback_error* error;
  switchback_result* result;
  options.author = "ann";
  switchback_restore(store, &target, 1, &options, &result, &error);
  Check(error);
  printf("@%" PRIu64 "\n", result->changes[0]->version);
  switchback_result_free(result);
}

static void PrintList(const switchback_store* store, const char* id) {
  switchback_error* error;
  switchback_list* list;
  switchback_endpoint endpoint;
  char text[SWITCHBACK_ENDPOINT_TEXT_BYTES];
  switchback_get(store, id, &list, &error);
  Check(error);
  for (size_t i = 0; switchback_list_endpoints(list, i, &endpoint, 1) == 1; ++i) {
    switchback_endpoint_format(&endpoint, text, sizeof(text));
    puts(text);
  }
  switchback_list_free(list);
}

int main(int argc, char** argv) {
  static const char* const kIds[] = {"394521", "400000"};
  switchback_open_options options = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_error* error;
  switchback_store* store;
  char nowhere[4096];
  if (argc != 2) return 2;
  options.environment = "test";
  switchback_create(argv[1], &options, &store, &error);
  Check(error);
  printf("r%" PRIu64 "\n", Commit(store, kIds, 2, "10.20.1.1:8000 weight=100\n10.20.1.2:8000\n"));
  Commit(store, kIds, 1, "172.16.9.4:8000\n");
  PrintDiff(store, kIds[0]);
  PutBack(store, kIds[0]);
  PrintList(store, kIds[0]);
  switchback_close(store);
  snprintf(nowhere, sizeof(nowhere), "%s/nowhere", argv[1]);
  puts(switchback_reason(switchback_open(nowhere, NULL, &store, NULL)));
  return 0;
}
