// What the C interface refuses, and how it says so.
#include "checks.h"

#define CHECK_NEEDED(call) CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "is NULL; it is needed", call)

static const char kList[] = "10.0.0.1:80 weight=1\n10.0.0.2:80\n";

// What the calls under test are made on: a store with two versions of `a`.
typedef struct scene {
  switchback_store* store;
  switchback_view* view;
  switchback_change* change;
} scene;

static scene NewScene(void) {
  scene made;
  made.store = NewMemoryStore();
  SetList(made.store, "a", kList);
  SetList(made.store, "a", "");
  CHECK_OK(switchback_view_open(made.store, &made.view, &error));
  CHECK_OK(switchback_change_new(&made.change, &error));
  return made;
}

static void FreeScene(scene old) {
  switchback_change_free(old.change);
  switchback_view_free(old.view);
  switchback_close(old.store);
}

static void EveryCodeHasItsNumberAndItsWord(void) {
  static const char* const kWords[] = {"ok",
                                       "invalid_argument",
                                       "limit_exceeded",
                                       "not_found",
                                       "pruned",
                                       "already_exists",
                                       "conflict",
                                       "wrong_environment",
                                       "refused",
                                       "data_loss",
                                       "store_held",
                                       "io_error",
                                       "unknown_outcome",
                                       "unknown"};
  for (int code = 0; code < 14; ++code) {
    CHECK(strcmp(switchback_reason(code), kWords[code]) == 0);
  }
  CHECK(SWITCHBACK_UNKNOWN_OUTCOME == 12 && SWITCHBACK_NOT_FOUND == 3);
  CHECK(strcmp(switchback_reason(SWITCHBACK_NO_MEMORY), "no_memory") == 0);
  CHECK(strcmp(switchback_reason(SWITCHBACK_INTERNAL), "internal") == 0);
  CHECK(strcmp(switchback_reason(-1), "unknown") == 0);
}

static void TheHeaderIsOfTheLibrary(void) {
  CHECK(strcmp(switchback_version(), SWITCHBACK_VERSION) == 0);
  // Bindings write these down.
  CHECK(sizeof(switchback_code) == 4);
  if (sizeof(void*) == 8) {
    CHECK(sizeof(switchback_endpoint) == 40 && offsetof(switchback_endpoint, attributes) == 32);
    CHECK(sizeof(switchback_restore_target) == 32);
    CHECK(sizeof(switchback_open_options) == 80);
    CHECK(sizeof(switchback_commit_options) == 72);
    CHECK(sizeof(switchback_subscribe_options) == 56);
  }
}

static void StoresNeedTheirArguments(void) {
  switchback_open_options options = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_store* store;
  options.environment = "test";
  CHECK_NEEDED(switchback_create(NULL, &options, &store, &error));
  CHECK_NEEDED(switchback_create("x", &options, NULL, &error));
  CHECK_NEEDED(switchback_create_in_memory(&options, NULL, &error));
  CHECK_NEEDED(switchback_open(NULL, &options, &store, &error));
  CHECK(store == NULL);
  CHECK_NEEDED(switchback_open("x", &options, NULL, &error));
  CHECK_NEEDED(switchback_sync(NULL, &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "environment",
              switchback_create_in_memory(NULL, &store, &error));
  options.read_only = 1;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "read-only",
              switchback_create_in_memory(&options, &store, &error));
}

static void ReadsNeedTheirArguments(void) {
  const scene at = NewScene();
  switchback_list* list;
  switchback_view* view;
  uint64_t number;
  CHECK_NEEDED(switchback_get(NULL, "a", &list, &error));
  CHECK_NEEDED(switchback_get(at.store, NULL, &list, &error));
  CHECK_NEEDED(switchback_get(at.store, "a", NULL, &error));
  CHECK_NEEDED(switchback_get_if_newer(NULL, "a", 0, &list, &error));
  CHECK_NEEDED(switchback_get_if_newer(at.store, NULL, 0, &list, &error));
  CHECK_NEEDED(switchback_get_if_newer(at.store, "a", 0, NULL, &error));
  CHECK_NEEDED(switchback_wait_for_newer(NULL, "a", 0, 0, &list, &error));
  CHECK_NEEDED(switchback_wait_for_newer(at.store, NULL, 0, 0, &list, &error));
  CHECK_NEEDED(switchback_wait_for_newer(at.store, "a", 0, 0, NULL, &error));
  CHECK_NEEDED(switchback_view_open(NULL, &view, &error));
  CHECK_NEEDED(switchback_view_open(at.store, NULL, &error));
  CHECK_NEEDED(switchback_view_get(NULL, "a", &list, &error));
  CHECK_NEEDED(switchback_view_get(at.view, NULL, &list, &error));
  CHECK_NEEDED(switchback_view_get(at.view, "a", NULL, &error));
  CHECK_NEEDED(switchback_view_get_version(NULL, "a", 1, &list, &error));
  CHECK_NEEDED(switchback_view_get_version(at.view, NULL, 1, &list, &error));
  CHECK_NEEDED(switchback_view_get_version(at.view, "a", 1, NULL, &error));
  CHECK_NEEDED(switchback_view_resolve(NULL, "a", &number, NULL, NULL, &error));
  CHECK_NEEDED(switchback_view_resolve(at.view, NULL, &number, NULL, NULL, &error));
  CHECK_NEEDED(switchback_view_resolve_revision(NULL, "r1", &number, &error));
  CHECK_NEEDED(switchback_view_resolve_revision(at.view, NULL, &number, &error));
  CHECK_NEEDED(switchback_view_resolve_revision(at.view, "r1", NULL, &error));
  FreeScene(at);
}

static void CursorsNeedTheirArguments(void) {
  const scene at = NewScene();
  switchback_diff* diff;
  switchback_versions* versions;
  switchback_revisions* revisions;
  switchback_table* table;
  const switchback_version_info* version;
  const switchback_revision_info* revision;
  const switchback_table_entry* entry;
  CHECK_NEEDED(switchback_view_diff(NULL, "a", 1, 2, &diff, &error));
  CHECK_NEEDED(switchback_view_diff(at.view, NULL, 1, 2, &diff, &error));
  CHECK_NEEDED(switchback_view_diff(at.view, "a", 1, 2, NULL, &error));
  CHECK_NEEDED(switchback_view_history(NULL, "a", 0, &versions, &error));
  CHECK_NEEDED(switchback_view_history(at.view, NULL, 0, &versions, &error));
  CHECK_NEEDED(switchback_view_history(at.view, "a", 0, NULL, &error));
  CHECK_NEEDED(switchback_view_changes(NULL, 1, &versions, &error));
  CHECK_NEEDED(switchback_view_changes(at.view, 1, NULL, &error));
  CHECK_NEEDED(switchback_versions_next(NULL, &version, &error));
  CHECK_NEEDED(switchback_view_log(NULL, 0, &revisions, &error));
  CHECK_NEEDED(switchback_view_log(at.view, 0, NULL, &error));
  CHECK_NEEDED(switchback_revisions_next(NULL, &revision, &error));
  CHECK_NEEDED(switchback_view_table(NULL, 0, NULL, &table, &error));
  CHECK_NEEDED(switchback_view_table(at.view, 0, NULL, NULL, &error));
  CHECK_NEEDED(switchback_table_next(NULL, &entry, &error));
  CHECK_OK(switchback_view_history(at.view, "a", 0, &versions, &error));
  CHECK_NEEDED(switchback_versions_next(versions, NULL, &error));
  switchback_versions_free(versions);
  CHECK_OK(switchback_view_log(at.view, 0, &revisions, &error));
  CHECK_NEEDED(switchback_revisions_next(revisions, NULL, &error));
  switchback_revisions_free(revisions);
  CHECK_OK(switchback_view_table(at.view, 0, NULL, &table, &error));
  CHECK_NEEDED(switchback_table_next(table, NULL, &error));
  switchback_table_free(table);
  FreeScene(at);
}

static void ChangesNeedTheirArguments(void) {
  const scene at = NewScene();
  static const switchback_endpoint kEndpoint = {4, 32, 80, 0, 0, {10}, NULL};
  const switchback_edit_kind add = SWITCHBACK_EDIT_ADD;
  CHECK_NEEDED(switchback_change_new(NULL, &error));
  CHECK_NEEDED(switchback_change_replace(NULL, "a", &kEndpoint, 1, &error));
  CHECK_NEEDED(switchback_change_replace(at.change, NULL, &kEndpoint, 1, &error));
  CHECK_NEEDED(switchback_change_replace(at.change, "a", NULL, 1, &error));
  CHECK_NEEDED(switchback_change_replace_text(NULL, "a", "", &error));
  CHECK_NEEDED(switchback_change_replace_text(at.change, NULL, "", &error));
  CHECK_NEEDED(switchback_change_replace_text(at.change, "a", NULL, &error));
  CHECK_NEEDED(switchback_change_edit(NULL, "a", add, &kEndpoint, &error));
  CHECK_NEEDED(switchback_change_edit(at.change, NULL, add, &kEndpoint, &error));
  CHECK_NEEDED(switchback_change_edit(at.change, "a", add, NULL, &error));
  CHECK_NEEDED(switchback_change_edit_text(NULL, "a", add, "::1", &error));
  CHECK_NEEDED(switchback_change_edit_text(at.change, NULL, add, "::1", &error));
  CHECK_NEEDED(switchback_change_edit_text(at.change, "a", add, NULL, &error));
  CHECK_NEEDED(switchback_change_if_needed(NULL, "a", &error));
  CHECK_NEEDED(switchback_change_if_needed(at.change, NULL, &error));
  CHECK_NEEDED(switchback_change_delete(NULL, "a", &error));
  CHECK_NEEDED(switchback_change_delete(at.change, NULL, &error));
  CHECK_NEEDED(switchback_change_copy(NULL, "a", 1, &error));
  CHECK_NEEDED(switchback_change_copy(at.change, NULL, 1, &error));
  CHECK_NEEDED(switchback_change_expect(NULL, "a", 1, &error));
  CHECK_NEEDED(switchback_change_expect(at.change, NULL, 1, &error));
  FreeScene(at);
}

static void WritesNeedTheirArguments(void) {
  const scene at = NewScene();
  switchback_restore_target target = {NULL, 1, 0, 0};
  switchback_snapshots* snapshots;
  switchback_report* report;
  CHECK_NEEDED(switchback_commit(NULL, at.change, NULL, NULL, &error));
  CHECK_NEEDED(switchback_commit(at.store, NULL, NULL, NULL, &error));
  CHECK_NEEDED(switchback_restore(NULL, &target, 1, NULL, NULL, &error));
  CHECK_NEEDED(switchback_restore(at.store, NULL, 1, NULL, NULL, &error));
  CHECK_NEEDED(switchback_restore(at.store, &target, 1, NULL, NULL, &error));
  CHECK_NEEDED(switchback_restore_table(NULL, 1, NULL, NULL, NULL, &error));
  CHECK_NEEDED(switchback_snapshot_create(NULL, "s", 1, NULL, &error));
  CHECK_NEEDED(switchback_snapshot_create(at.store, NULL, 1, NULL, &error));
  CHECK_NEEDED(switchback_snapshot_delete(NULL, "s", NULL, &error));
  CHECK_NEEDED(switchback_snapshot_delete(at.store, NULL, NULL, &error));
  CHECK_NEEDED(switchback_snapshots_list(NULL, &snapshots, &error));
  CHECK_NEEDED(switchback_snapshots_list(at.store, NULL, &error));
  CHECK_NEEDED(switchback_verify(NULL, &report, &error));
  CHECK_NEEDED(switchback_verify(at.store, NULL, &error));
  FreeScene(at);
}

static void SubscriptionsNeedTheirArguments(void) {
  const scene at = NewScene();
  static const char* const kIds[] = {"a", NULL};
  switchback_subscribe_options options = SWITCHBACK_SUBSCRIBE_OPTIONS_INIT;
  switchback_subscription* subscription;
  const switchback_event* event;
  const char* token;
  uint64_t revision;
  CHECK_NEEDED(switchback_subscribe(NULL, NULL, &subscription, &error));
  CHECK_NEEDED(switchback_subscribe(at.store, NULL, NULL, &error));
  CHECK_NEEDED(switchback_subscription_next(NULL, 0, &event, &error));
  CHECK_NEEDED(switchback_subscription_token(NULL, &token, &error));
  CHECK_NEEDED(switchback_wait(NULL, 0, 0, &revision, &error));
  CHECK_NEEDED(switchback_wait(at.store, 0, 0, NULL, &error));
  CHECK_NEEDED(switchback_catch_up(NULL, NULL, &error));
  options.ids = kIds;
  options.id_count = 2;
  CHECK_NEEDED(switchback_subscribe(at.store, &options, &subscription, &error));
  options.ids = NULL;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "id_count",
              switchback_subscribe(at.store, &options, &subscription, &error));
  CHECK_OK(switchback_subscribe(at.store, NULL, &subscription, &error));
  CHECK_NEEDED(switchback_subscription_next(subscription, 0, NULL, &error));
  CHECK_NEEDED(switchback_subscription_token(subscription, NULL, &error));
  switchback_subscription_free(subscription);
  FreeScene(at);
}

static void WhatCannotFailTakesNull(void) {
  char text[8] = "x";
  uint8_t digest[16];
  switchback_endpoint endpoint = {4, 32, 0, 0, 0, {10}, NULL};
  switchback_error_free(NULL);
  switchback_close(NULL);
  switchback_list_free(NULL);
  switchback_change_free(NULL);
  switchback_result_free(NULL);
  switchback_view_free(NULL);
  switchback_diff_free(NULL);
  switchback_versions_free(NULL);
  switchback_revisions_free(NULL);
  switchback_table_free(NULL);
  switchback_subscription_free(NULL);
  switchback_subscription_cancel(NULL);
  switchback_snapshots_free(NULL);
  switchback_report_free(NULL);
  CHECK(switchback_store_identity(NULL) == NULL && switchback_durable(NULL) == 0);
  CHECK(switchback_list_id(NULL) == NULL && switchback_list_count(NULL) == 0);
  CHECK(switchback_list_version(NULL) == 0 && switchback_list_revision(NULL) == 0);
  CHECK(switchback_list_endpoints(NULL, 0, &endpoint, 1) == 0);
  memset(digest, 1, sizeof(digest));
  switchback_list_digest(NULL, digest);
  CHECK(digest[0] == 0 && digest[15] == 0);
  switchback_list_digest(NULL, NULL);
  CHECK(switchback_view_revision(NULL) == 0);
  CHECK(switchback_diff_count(NULL, SWITCHBACK_DIFF_ADDED) == 0);
  CHECK(switchback_diff_endpoints(NULL, SWITCHBACK_DIFF_ADDED, 0, &endpoint, 1) == 0);
  CHECK(switchback_endpoint_format(NULL, text, sizeof(text)) == 0);
  CHECK(switchback_endpoint_format(&endpoint, NULL, 9) == 0);
  CHECK(switchback_endpoint_format(&endpoint, text, 0) == 0);
  CHECK(switchback_endpoint_format(&endpoint, text, sizeof(text)) == 0);  // 10.0.0.0: 9 bytes
  endpoint.family = 5;
  CHECK(switchback_endpoint_format(&endpoint, text, sizeof(text)) == 0 && text[0] == '\0');
}

static void NobodyNeedsToTakeTheError(void) {
  const scene at = NewScene();
  switchback_list* list = NULL;
  CHECK(switchback_get(at.store, "none", &list, NULL) == SWITCHBACK_NOT_FOUND && list == NULL);
  CHECK(switchback_get(at.store, NULL, &list, NULL) == SWITCHBACK_INVALID_ARGUMENT);
  CHECK(switchback_get(at.store, "a", &list, NULL) == SWITCHBACK_OK && list != NULL);
  switchback_list_free(list);
  FreeScene(at);
}

// A struct of a later release, as this one's library gets it.
typedef struct later_options {
  switchback_commit_options known;
  uint64_t new_in_it;
} later_options;

static void OptionsOfAnotherReleaseAreTakenOrRefused(void) {
  const scene at = NewScene();
  later_options later;
  switchback_open_options open = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_subscribe_options subscribe = SWITCHBACK_SUBSCRIBE_OPTIONS_INIT;
  switchback_store* store;
  switchback_subscription* subscription;
  CHECK_OK(switchback_change_replace_text(at.change, "b", kList, &error));
  memset(&later, 0, sizeof(later));
  for (size_t size = 0; size < sizeof(switchback_commit_options); ++size) {
    later.known.size = size;
    CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "size",
                switchback_commit(at.store, at.change, &later.known, NULL, &error));
  }
  later.known.size = SIZE_MAX;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "size",
              switchback_commit(at.store, at.change, &later.known, NULL, &error));
  later.known.size = sizeof(later);
  later.new_in_it = 1;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "does not know",
              switchback_commit(at.store, at.change, &later.known, NULL, &error));
  later.new_in_it = 0;
  CHECK_OK(switchback_commit(at.store, at.change, &later.known, NULL, &error));
  open.environment = "test";
  open.size = 8;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "switchback_open_options.size",
              switchback_create_in_memory(&open, &store, &error));
  subscribe.size = 8;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "switchback_subscribe_options.size",
              switchback_subscribe(at.store, &subscribe, &subscription, &error));
  FreeScene(at);
}

static void FlagsAndNumbersThatNobodySetAreRefused(void) {
  const scene at = NewScene();
  switchback_commit_options options = SWITCHBACK_COMMIT_OPTIONS_INIT;
  switchback_open_options open = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_subscribe_options subscribe = SWITCHBACK_SUBSCRIBE_OPTIONS_INIT;
  switchback_restore_target target = {"a", 1, 0, 2};
  switchback_store* store;
  switchback_subscription* subscription;
  CHECK_OK(switchback_change_delete(at.change, "a", &error));
  options.dry_run = -1;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "dry_run",
              switchback_commit(at.store, at.change, &options, NULL, &error));
  options.dry_run = 0;
  options.has_expect_head = 256;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "has_expect_head",
              switchback_commit(at.store, at.change, &options, NULL, &error));
  options.has_expect_head = 0;
  options.durability = 2;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "durability",
              switchback_commit(at.store, at.change, &options, NULL, &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "has_expect",
              switchback_restore(at.store, &target, 1, NULL, NULL, &error));
  open.read_only = 3;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "read_only",
              switchback_create_in_memory(&open, &store, &error));
  open.read_only = 0;
  open.follow = 2;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "follow",
              switchback_create_in_memory(&open, &store, &error));
  subscribe.has_after = 2;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "has_after",
              switchback_subscribe(at.store, &subscribe, &subscription, &error));
  FreeScene(at);
}

static void BadLinesAreNamedEach(void) {
  const scene at = NewScene();
  switchback_error* error;
  CHECK(switchback_change_replace_text(at.change, "b", "10.0.0.1\nx\n10.0.0.1/24\n10.0.0.2\n",
                                       &error) == SWITCHBACK_INVALID_ARGUMENT);
  CHECK(error->item_count == 2 && error->fault_count == 2);
  CHECK(strncmp(error->items[0], "b:2: x: ", 8) == 0);
  CHECK(strncmp(error->items[1], "b:3: 10.0.0.1/24: ", 18) == 0);
  switchback_error_free(error);
  FreeScene(at);
}

static void BadEndpointsAreNamedEach(void) {
  const scene at = NewScene();
  switchback_error* refused;
  switchback_endpoint given[5] = {{4, 32, 80, 0, 0, {10, 0, 0, 1}, NULL},
                                  {5, 32, 80, 0, 0, {10, 0, 0, 2}, NULL},
                                  {4, 33, 80, 0, 0, {10, 0, 0, 3}, NULL},
                                  {6, 129, 80, 0, 0, {0}, NULL},
                                  {4, 32, 80, 2, 0, {10, 0, 0, 4}, NULL}};
  CHECK(switchback_change_replace(at.change, "b", given, 5, &refused) ==
        SWITCHBACK_INVALID_ARGUMENT);
  CHECK(refused->item_count == 4 && refused->fault_count == 4);
  CHECK(strcmp(refused->items[0], "endpoints[1]: the family is 5; expected 4 or 6") == 0);
  CHECK(strncmp(refused->items[3], "endpoints[4]: the flag has_weight is 2", 38) == 0);
  switchback_error_free(refused);
  // A key twice, with different values.
  given[1] = given[0];
  given[1].has_weight = 1;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "10.0.0.1:80 weight=0",
              switchback_change_replace(at.change, "b", given, 2, &error));
  FreeScene(at);
}

static void TheCommitJudgesWhatOneEndpointCannotTell(void) {
  static const switchback_endpoint kHostBits = {4, 24, 80, 0, 0, {10, 0, 0, 1}, NULL};
  static const switchback_endpoint kAttributes = {4, 32, 80, 0, 0, {10, 0, 0, 1}, "b=1 a=1"};
  const switchback_endpoint* const given[2] = {&kHostBits, &kAttributes};
  for (int i = 0; i < 2; ++i) {
    const scene at = NewScene();
    CHECK_OK(switchback_change_replace(at.change, "b", given[i], 1, &error));
    CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "10.0.0.1",
                switchback_commit(at.store, at.change, NULL, NULL, &error));
    FreeScene(at);
  }
}

static void AnIdHasOneAction(void) {
  const scene at = NewScene();
  switchback_change* change;
  CHECK_OK(switchback_change_edit_text(at.change, "a", SWITCHBACK_EDIT_ADD, "::1", &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "already",
              switchback_change_delete(at.change, "a", &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "already",
              switchback_change_copy(at.change, "a", 1, &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "already",
              switchback_change_replace_text(at.change, "a", kList, &error));
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_delete(change, "a", &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "already",
              switchback_change_edit_text(change, "a", SWITCHBACK_EDIT_ADD, "::1", &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "no action",
              switchback_change_expect(change, "b", 1, &error));
  switchback_change_free(change);
  FreeScene(at);
}

static void AChangeRemembersItsFirstFailure(void) {
  const scene at = NewScene();
  switchback_list* list;
  switchback_change_replace_text(at.change, "b", kList, NULL);
  switchback_change_edit_text(at.change, "a", SWITCHBACK_EDIT_ADD, "10.0.0.300", NULL);
  switchback_change_edit_text(at.change, "a b", SWITCHBACK_EDIT_ADD, "10.0.0.3", NULL);
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT,
              "a: 10.0.0.300: ", switchback_commit(at.store, at.change, NULL, NULL, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "b", switchback_get(at.store, "b", &list, &error));
  FreeScene(at);
}

static void UnknownKindsOfEditsAreRefused(void) {
  static const switchback_edit_kind kKinds[] = {0, 5, -1};
  for (int i = 0; i < 3; ++i) {
    const scene at = NewScene();
    CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "kind",
                switchback_change_edit_text(at.change, "a", kKinds[i], "::1", &error));
    FreeScene(at);
  }
}

static void EditsThatDoNotFitAreNamedEach(void) {
  const scene at = NewScene();
  switchback_error* error;
  SetList(at.store, "a", kList);
  switchback_change_edit_text(at.change, "a", SWITCHBACK_EDIT_ADD, "10.0.0.1:80", NULL);
  switchback_change_edit_text(at.change, "a", SWITCHBACK_EDIT_REMOVE, "10.0.0.9", NULL);
  switchback_change_edit_text(at.change, "a", SWITCHBACK_EDIT_REMOVE_EXACT, "10.0.0.2:80 weight=7",
                              NULL);
  CHECK(switchback_commit(at.store, at.change, NULL, NULL, &error) == SWITCHBACK_CONFLICT);
  CHECK(error->item_count == 3 && error->fault_count == 3);
  CHECK(strstr(error->items[0], "10.0.0.1:80") != NULL);
  switchback_error_free(error);
  CheckList(at.store, "a", kList);
  FreeScene(at);
}

static void WhatIsNotThereIsNotFound(void) {
  const scene at = NewScene();
  const switchback_restore_target target = {"a", 9, 0, 0};
  switchback_list* list;
  switchback_store* store = at.store;
  switchback_versions* versions;
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "none", switchback_get(at.store, "none", &list, &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "", switchback_get(at.store, "no id", &list, &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "", switchback_get(at.store, "", &list, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "a",
              switchback_view_get_version(at.view, "a", 9, &list, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "",
              switchback_view_history(at.view, "none", 0, &versions, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "", switchback_view_changes(at.view, 9, &versions, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "a",
              switchback_restore(at.store, &target, 1, NULL, NULL, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "",
              switchback_restore_table(at.store, 9, NULL, NULL, NULL, &error));
  CHECK_OK(switchback_change_delete(at.change, "none", &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "none",
              switchback_commit(at.store, at.change, NULL, NULL, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "/nowhere", switchback_open("/nowhere", NULL, &store, &error));
  CHECK(store == NULL);
  FreeScene(at);
}

static void WhatIsTooLongIsPastALimit(void) {
  const scene at = NewScene();
  char text[5000];
  switchback_commit_options options = SWITCHBACK_COMMIT_OPTIONS_INIT;
  memset(text, 'x', sizeof(text));
  text[sizeof(text) - 1] = '\0';
  options.message = text;
  CHECK_OK(switchback_change_delete(at.change, "a", &error));
  CHECK_FAILS(SWITCHBACK_LIMIT_EXCEEDED, "4096",
              switchback_commit(at.store, at.change, &options, NULL, &error));
  options.message = NULL;
  options.author = "\xff";
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "UTF-8",
              switchback_commit(at.store, at.change, &options, NULL, &error));
  static const switchback_endpoint kEndpoint = {4, 32, 80, 0, 0, {10}, NULL};
  CHECK_FAILS(SWITCHBACK_LIMIT_EXCEEDED, "10000000",
              switchback_change_replace(at.change, "b", &kEndpoint, 10000001, &error));
  FreeScene(at);
}

static void OpeningSaysWhatIsInTheWay(void) {
  char* folder = NewFolder();
  char path[4200];
  switchback_open_options options = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_store* store;
  switchback_store* second;
  snprintf(path, sizeof(path), "%s/store", folder);
  options.environment = "test";
  CHECK_OK(switchback_create(path, &options, &store, &error));
  CHECK_FAILS(SWITCHBACK_HELD, path, switchback_open(path, &options, &second, &error));
  CHECK(second == NULL);
  CHECK_FAILS(SWITCHBACK_ALREADY_EXISTS, folder,
              switchback_create(folder, &options, &second, &error));
  switchback_close(store);
  CHECK_FAILS(SWITCHBACK_ALREADY_EXISTS, path, switchback_create(path, &options, &second, &error));
  options.environment = "production";
  CHECK_FAILS(SWITCHBACK_WRONG_ENVIRONMENT, "'test'",
              switchback_open(path, &options, &store, &error));
  options.environment = "no name";
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "no name",
              switchback_create_in_memory(&options, &store, &error));
  // A file where a folder should be.
  options.environment = "test";
  snprintf(path, sizeof(path), "%s/store/LOCK/below", folder);
  CHECK_FAILS(SWITCHBACK_IO_ERROR, path, switchback_create(path, &options, &store, &error));
  RemoveFolder(folder);
}

// -- Damage ---------------------------------------------------------------------------------------

// What to damage: the largest file with this ending. nftw hands nothing through.
static const char* damaged_ending;
static char damaged_path[4200];
static off_t damaged_size;

static int FindLargest(const char* path, const struct stat* status, int kind, struct FTW* place) {
  const char* ending = strrchr(path, '.');
  (void)place;
  if (kind != FTW_F || ending == NULL || strcmp(ending, damaged_ending) != 0) return 0;
  if (status->st_size <= damaged_size) return 0;
  damaged_size = status->st_size;
  snprintf(damaged_path, sizeof(damaged_path), "%s", path);
  return 0;
}

// Overwrites what stands near its beginning.
static void DamageLargest(const char* folder, const char* ending) {
  damaged_ending = ending;
  damaged_size = 0;
  CHECK(nftw(folder, FindLargest, 16, FTW_PHYS) == 0);
  CHECK(damaged_size > 64);
  FILE* file = fopen(damaged_path, "r+b");
  CHECK(file != NULL && fseek(file, 8, SEEK_SET) == 0);
  for (int i = 0; i < 56; ++i) CHECK(fputc(0x5a, file) == 0x5a);
  CHECK(fclose(file) == 0);
}

static void SetLongList(switchback_store* store, const char* id) {
  enum { kLong = 200000 };
  switchback_change* change;
  switchback_endpoint* endpoints = calloc(kLong, sizeof(*endpoints));
  CHECK(endpoints != NULL);
  for (uint32_t i = 0; i < kLong; ++i) {
    endpoints[i].family = 4;
    endpoints[i].prefix_length = 32;
    endpoints[i].has_weight = 1;
    endpoints[i].weight = i * 2654435761U;
    endpoints[i].address[0] = 10;
    endpoints[i].address[1] = (uint8_t)(i >> 16);
    endpoints[i].address[2] = (uint8_t)(i >> 8);
    endpoints[i].address[3] = (uint8_t)i;
  }
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_replace(change, id, endpoints, kLong, &error));
  CHECK_OK(switchback_commit(store, change, NULL, NULL, &error));
  switchback_change_free(change);
  free(endpoints);
}

static void DamageIsReported(void) {
  char* folder = NewFolder();
  char path[4200];
  switchback_open_options options = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_store* store;
  switchback_list* list;
  switchback_report* report;
  snprintf(path, sizeof(path), "%s/store", folder);
  options.environment = "test";
  CHECK_OK(switchback_create(path, &options, &store, &error));
  SetLongList(store, "a");
  SetList(store, "b", kList);
  switchback_close(store);
  DamageLargest(path, ".sst");  // where the chunks of `a` are
  CHECK_OK(switchback_open(path, &options, &store, &error));
  CHECK_FAILS(SWITCHBACK_DATA_LOSS, "", switchback_get(store, "a", &list, &error));
  CheckList(store, "b", kList);
  CHECK_OK(switchback_verify(store, &report, &error));
  CHECK(report->damage_count > 0 && report->damage_listed > 0);
  CHECK(strlen(report->damage[0]->what) > 0 && strlen(report->damage[0]->consequence) > 0);
  int named = 0;
  for (size_t i = 0; i < report->damage_listed; ++i) {
    named = named || (strcmp(report->damage[i]->id, "a") == 0 && report->damage[i]->version == 1);
  }
  CHECK(named);
  switchback_report_free(report);
  switchback_close(store);
  RemoveFolder(folder);
}

static void DamageInTheWayOfOpeningIsReported(void) {
  char* folder = NewFolder();
  char path[4200];
  switchback_open_options options = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_store* store;
  snprintf(path, sizeof(path), "%s/store", folder);
  options.environment = "test";
  CHECK_OK(switchback_create(path, &options, &store, &error));
  SetList(store, "a", kList);
  SetList(store, "a", "");
  switchback_close(store);
  DamageLargest(path, ".log");
  CHECK_FAILS(SWITCHBACK_DATA_LOSS, path, switchback_open(path, &options, &store, &error));
  CHECK(store == NULL);
  RemoveFolder(folder);
}

int main(int argc, char** argv) {
  static const test_case kCases[] = {
      {"EveryCodeHasItsNumberAndItsWord", EveryCodeHasItsNumberAndItsWord},
      {"TheHeaderIsOfTheLibrary", TheHeaderIsOfTheLibrary},
      {"StoresNeedTheirArguments", StoresNeedTheirArguments},
      {"ReadsNeedTheirArguments", ReadsNeedTheirArguments},
      {"CursorsNeedTheirArguments", CursorsNeedTheirArguments},
      {"ChangesNeedTheirArguments", ChangesNeedTheirArguments},
      {"WritesNeedTheirArguments", WritesNeedTheirArguments},
      {"SubscriptionsNeedTheirArguments", SubscriptionsNeedTheirArguments},
      {"WhatCannotFailTakesNull", WhatCannotFailTakesNull},
      {"NobodyNeedsToTakeTheError", NobodyNeedsToTakeTheError},
      {"OptionsOfAnotherReleaseAreTakenOrRefused", OptionsOfAnotherReleaseAreTakenOrRefused},
      {"FlagsAndNumbersThatNobodySetAreRefused", FlagsAndNumbersThatNobodySetAreRefused},
      {"BadLinesAreNamedEach", BadLinesAreNamedEach},
      {"BadEndpointsAreNamedEach", BadEndpointsAreNamedEach},
      {"TheCommitJudgesWhatOneEndpointCannotTell", TheCommitJudgesWhatOneEndpointCannotTell},
      {"AnIdHasOneAction", AnIdHasOneAction},
      {"AChangeRemembersItsFirstFailure", AChangeRemembersItsFirstFailure},
      {"UnknownKindsOfEditsAreRefused", UnknownKindsOfEditsAreRefused},
      {"EditsThatDoNotFitAreNamedEach", EditsThatDoNotFitAreNamedEach},
      {"WhatIsNotThereIsNotFound", WhatIsNotThereIsNotFound},
      {"WhatIsTooLongIsPastALimit", WhatIsTooLongIsPastALimit},
      {"OpeningSaysWhatIsInTheWay", OpeningSaysWhatIsInTheWay},
      {"DamageIsReported", DamageIsReported},
      {"DamageInTheWayOfOpeningIsReported", DamageInTheWayOfOpeningIsReported},
  };
  return RunCases(kCases, sizeof(kCases) / sizeof(kCases[0]), argc, argv);
}
