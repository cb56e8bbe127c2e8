// Small helpers for the tests in C: checks that name what failed and end the program, folders that
// go with it, lists by their texts.
#ifndef SWITCHBACK_TESTS_C_CHECKS_H_
#define SWITCHBACK_TESTS_C_CHECKS_H_

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "switchback/switchback.h"

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

// A call that hands its error to `error`, a variable at hand, and must succeed.
#define CHECK_OK(call)                                                               \
  do {                                                                               \
    switchback_error* error = NULL;                                                  \
    const switchback_code code_ = (call);                                            \
    if (code_ != SWITCHBACK_OK) {                                                    \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, error->message); \
      exit(1);                                                                       \
    }                                                                                \
    CHECK(error == NULL);                                                            \
  } while (0)

// The same of a call that must fail with this code, and with a message that has `part`.
#define CHECK_FAILS(expected, part, call)                                                     \
  do {                                                                                        \
    switchback_error* error = NULL;                                                           \
    const switchback_code code_ = (call);                                                     \
    if (code_ != (expected) || error == NULL || error->code != code_ ||                       \
        strcmp(error->reason, switchback_reason(code_)) != 0 ||                               \
        strstr(error->message, (part)) == NULL) {                                             \
      fprintf(stderr, "%s:%d: %s: code %d (%s): %s\n", __FILE__, __LINE__, #call, (int)code_, \
              switchback_reason(code_), error == NULL ? "no error" : error->message);         \
      exit(1);                                                                                \
    }                                                                                         \
    switchback_error_free(error);                                                             \
  } while (0)

typedef struct test_case {
  const char* name;
  void (*run)(void);
} test_case;

// All cases, or those that are named.
static inline int RunCases(const test_case* cases, size_t count, int argc, char** argv) {
  for (size_t i = 0; i < count; ++i) {
    int wanted = argc < 2;
    for (int j = 1; j < argc; ++j) wanted = wanted || strcmp(argv[j], cases[i].name) == 0;
    if (!wanted) continue;
    printf("%s\n", cases[i].name);
    fflush(stdout);
    cases[i].run();
  }
  return 0;
}

// -- Folders --------------------------------------------------------------------------------------

static inline int RemoveEntry(const char* path, const struct stat* status, int kind,
                              struct FTW* place) {
  (void)status;
  (void)kind;
  (void)place;
  return remove(path);
}

// A new folder, to be given to RemoveFolder.
static inline char* NewFolder(void) {
  const char* parent = getenv("TMPDIR");
  char* path = malloc(4096);
  CHECK(path != NULL);
  snprintf(path, 4096, "%s/switchback-c-XXXXXX", parent == NULL ? "/tmp" : parent);
  CHECK(mkdtemp(path) != NULL);
  return path;
}

static inline void RemoveFolder(char* path) {
  CHECK(nftw(path, RemoveEntry, 16, FTW_DEPTH | FTW_PHYS) == 0);
  free(path);
}

// -- Stores and lists -----------------------------------------------------------------------------

static inline switchback_store* NewMemoryStore(void) {
  switchback_open_options options = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_store* store;
  options.environment = "test";
  CHECK_OK(switchback_create_in_memory(&options, &store, &error));
  return store;
}

// Replaces a list; the revision.
static inline uint64_t SetList(switchback_store* store, const char* id, const char* text) {
  switchback_change* change;
  switchback_result* result;
  uint64_t revision;
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_replace_text(change, id, text, &error));
  CHECK_OK(switchback_commit(store, change, NULL, &result, &error));
  revision = result->revision;
  switchback_result_free(result);
  switchback_change_free(change);
  return revision;
}

static inline uint64_t DeleteId(switchback_store* store, const char* id) {
  switchback_change* change;
  switchback_result* result;
  uint64_t revision;
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_delete(change, id, &error));
  CHECK_OK(switchback_commit(store, change, NULL, &result, &error));
  revision = result->revision;
  switchback_result_free(result);
  switchback_change_free(change);
  return revision;
}

static inline void AppendLine(const switchback_endpoint* endpoint, char* text, size_t capacity) {
  const size_t used = strlen(text);
  const size_t length = switchback_endpoint_format(endpoint, text + used, capacity - used - 1);
  CHECK(length > 0);
  strcpy(text + used + length, "\n");
}

// The list, one endpoint a line.
static inline const char* TextOf(const switchback_list* list, char* text, size_t capacity) {
  switchback_endpoint endpoint;
  text[0] = '\0';
  for (size_t i = 0; switchback_list_endpoints(list, i, &endpoint, 1) == 1; ++i) {
    AppendLine(&endpoint, text, capacity);
  }
  return text;
}

static inline const char* TextOfPart(const switchback_diff* diff, switchback_diff_part part,
                                     char* text, size_t capacity) {
  switchback_endpoint endpoint;
  text[0] = '\0';
  for (size_t i = 0; switchback_diff_endpoints(diff, part, i, &endpoint, 1) == 1; ++i) {
    AppendLine(&endpoint, text, capacity);
  }
  return text;
}

// Whether the current list of an ID has these lines.
static inline void CheckList(const switchback_store* store, const char* id, const char* expected) {
  char text[8192];
  switchback_list* list;
  CHECK_OK(switchback_get(store, id, &list, &error));
  TextOf(list, text, sizeof(text));
  if (strcmp(text, expected) != 0) {
    fprintf(stderr, "%s has\n%sexpected\n%s", id, text, expected);
    exit(1);
  }
  switchback_list_free(list);
}

#endif  // SWITCHBACK_TESTS_C_CHECKS_H_
