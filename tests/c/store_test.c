// What a routing system does with a store, in C.
#include "checks.h"

static const char kFirst[] = "10.20.1.1:8000 weight=100\n10.20.1.2:8000 weight=100\n10.20.1.3\n";
static const char kBroken[] = "172.16.9.4:8000 weight=100\n";

static switchback_store* CreateStore(const char* folder) {
  char path[4200];
  switchback_open_options options = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_store* store;
  snprintf(path, sizeof(path), "%s/store", folder);
  options.environment = "test";
  options.user = "router";
  options.host = "edge-1";
  options.program = "store_test";
  options.program_version = "7";
  CHECK_OK(switchback_create(path, &options, &store, &error));
  return store;
}

static switchback_store* OpenStoreAs(const char* folder, int32_t read_only, int32_t follow) {
  char path[4200];
  switchback_open_options options = SWITCHBACK_OPEN_OPTIONS_INIT;
  switchback_store* store;
  snprintf(path, sizeof(path), "%s/store", folder);
  options.environment = "test";
  options.read_only = read_only;
  options.follow = follow;
  options.head_cache_bytes = SWITCHBACK_NO_CACHE;
  options.list_cache_bytes = 1 << 20;
  CHECK_OK(switchback_open(path, &options, &store, &error));
  return store;
}

static switchback_store* OpenStore(const char* folder, int32_t read_only) {
  return OpenStoreAs(folder, read_only, 0);
}

static switchback_view* OpenView(const switchback_store* store) {
  switchback_view* view;
  CHECK_OK(switchback_view_open(store, &view, &error));
  return view;
}

static void EveryFieldOfAnEndpointComesBack(void) {
  static const uint8_t kIPv6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  switchback_store* store = NewMemoryStore();
  switchback_endpoint given[4] = {{6, 128, 443, 1, 0, {0}, "rack=7 zone=b"},
                                  {4, 24, 0, 0, 0, {10, 0, 0, 0, 99, 99}, NULL},
                                  {4, 32, 65535, 1, UINT32_MAX, {192, 0, 2, 1}, ""},
                                  {4, 24, 0, 0, 0, {10, 0, 0, 0}, ""}};
  switchback_endpoint got[5];
  switchback_change* change;
  switchback_list* list;
  char text[SWITCHBACK_ENDPOINT_TEXT_BYTES];
  memcpy(given[0].address, kIPv6, sizeof(kIPv6));
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_replace(change, "a", given, 4, &error));
  CHECK_OK(switchback_commit(store, change, NULL, NULL, &error));
  switchback_change_free(change);

  CHECK_OK(switchback_get(store, "a", &list, &error));
  CHECK(strcmp(switchback_list_id(list), "a") == 0);
  CHECK(switchback_list_version(list) == 1 && switchback_list_revision(list) == 1);
  CHECK(switchback_list_count(list) == 3);  // the equal ones count once
  CHECK(switchback_list_endpoints(list, 0, got, 5) == 3);
  CHECK(got[0].family == 4 && got[0].prefix_length == 24 && got[0].port == 0);
  CHECK(memcmp(got[0].address, "\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16) == 0);
  CHECK(got[0].has_weight == 0 && strcmp(got[0].attributes, "") == 0);
  CHECK(got[1].port == 65535 && got[1].has_weight == 1 && got[1].weight == UINT32_MAX);
  CHECK(got[2].family == 6 && got[2].prefix_length == 128 && got[2].port == 443);
  CHECK(memcmp(got[2].address, kIPv6, 16) == 0);
  CHECK(got[2].has_weight == 1 && got[2].weight == 0);
  CHECK(strcmp(got[2].attributes, "rack=7 zone=b") == 0);
  CHECK(switchback_endpoint_format(&got[2], text, sizeof(text)) == strlen(text));
  CHECK(strcmp(text, "[2001:db8::1]:443 weight=0 rack=7 zone=b") == 0);
  // From any place on, as many as there is room for.
  CHECK(switchback_list_endpoints(list, 1, got, 1) == 1 && got[0].port == 65535);
  CHECK(switchback_list_endpoints(list, 2, got, 5) == 1 && got[0].family == 6);
  CHECK(switchback_list_endpoints(list, 3, got, 5) == 0);
  CHECK(switchback_list_endpoints(list, SIZE_MAX, got, 5) == 0);
  switchback_list_free(list);
  switchback_close(store);
}

static void TextsAreCutOffNowhere(void) {
  char attributes[1025] = "";
  char text[SWITCHBACK_ENDPOINT_TEXT_BYTES];
  switchback_endpoint longest = {6, 127, 65535, 1, UINT32_MAX, {0}, NULL};
  // 1,024 bytes of attributes, on the longest address that there is.
  for (int i = 0; i < 8; ++i) {
    const size_t used = strlen(attributes);
    memset(attributes + used, 'v', 127 + (i == 7));
    memcpy(attributes + used, i == 0 ? "k0=" : " k0=", i == 0 ? 3 : 4);
    attributes[used + (i == 0 ? 1 : 2)] = (char)('0' + i);
    attributes[used + 127 + (i == 7) + (i == 0 ? 0 : 1)] = '\0';
  }
  memset(longest.address, 0xab, 15);
  longest.address[15] = 0xaa;
  longest.attributes = attributes;
  const size_t length = switchback_endpoint_format(&longest, text, sizeof(text));
  CHECK(length > strlen(attributes) + 60 && length == strlen(text));
  CHECK(switchback_endpoint_format(&longest, text, length + 1) == length);
  CHECK(switchback_endpoint_format(&longest, text, length) == 0 && text[0] == '\0');
}

static void EqualListsHaveEqualDigests(void) {
  switchback_store* store = NewMemoryStore();
  uint8_t digests[3][16];
  static const uint8_t kNone[16] = {0};
  switchback_list* list;
  const char* ids[3] = {"a", "b", "c"};
  SetList(store, "a", "10.0.0.1\n10.0.0.2\n");
  SetList(store, "b", "10.0.0.2\n10.0.0.1\n");
  SetList(store, "c", "");
  for (int i = 0; i < 3; ++i) {
    CHECK_OK(switchback_get(store, ids[i], &list, &error));
    switchback_list_digest(list, digests[i]);
    switchback_list_free(list);
  }
  CHECK(memcmp(digests[0], digests[1], 16) == 0);
  CHECK(memcmp(digests[0], digests[2], 16) != 0);
  CHECK(memcmp(digests[2], kNone, 16) == 0);
  switchback_close(store);
}

static void EditsOfOneIdGather(void) {
  static const switchback_endpoint kFourth = {4, 32, 8000, 1, 7, {10, 20, 1, 4}, "zone=a"};
  switchback_store* store = NewMemoryStore();
  switchback_change* change;
  switchback_result* result;
  SetList(store, "a", kFirst);
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_edit(change, "a", SWITCHBACK_EDIT_ADD, &kFourth, &error));
  CHECK_OK(switchback_change_edit_text(change, "a", SWITCHBACK_EDIT_REMOVE, "10.20.1.3", &error));
  CHECK_OK(switchback_change_edit_text(change, "a", SWITCHBACK_EDIT_REMOVE_EXACT,
                                       "10.20.1.2:8000 weight=100", &error));
  CHECK_OK(switchback_change_edit_text(change, "a", SWITCHBACK_EDIT_SET, "10.20.1.1:8000 weight=5",
                                       &error));
  CHECK_OK(switchback_change_edit_text(change, "b", SWITCHBACK_EDIT_ADD, "::1", &error));
  CHECK_OK(switchback_commit(store, change, NULL, &result, &error));
  CHECK(result->revision == 2 && result->replayed == 0 && result->change_count == 2);
  CHECK(strcmp(result->changes[0]->id, "a") == 0 && result->changes[0]->version == 2);
  CHECK(result->changes[0]->from == 1 && result->changes[0]->deleted == 0);
  CHECK(result->changes[0]->count_before == 3 && result->changes[0]->count == 2);
  CHECK(result->changes[0]->added == 1 && result->changes[0]->removed == 2);
  CHECK(result->changes[0]->changed == 1);
  CHECK(strcmp(result->changes[1]->id, "b") == 0 && result->changes[1]->from == 0);
  switchback_result_free(result);
  // What is so already is no conflict where that was said.
  switchback_change_free(change);
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_edit_text(change, "b", SWITCHBACK_EDIT_ADD, "::1", &error));
  CHECK_OK(switchback_change_edit_text(change, "b", SWITCHBACK_EDIT_REMOVE, "::2", &error));
  CHECK_OK(switchback_change_if_needed(change, "b", &error));
  CHECK_OK(switchback_commit(store, change, NULL, &result, &error));
  CHECK(result->revision == 0 && result->change_count == 0);
  switchback_result_free(result);
  switchback_change_free(change);
  CheckList(store, "a", "10.20.1.1:8000 weight=5\n10.20.1.4:8000 weight=7 zone=a\n");
  CheckList(store, "b", "::1\n");
  switchback_close(store);
}

static void ExpectationsHoldOrNothingIsWritten(void) {
  switchback_store* store = NewMemoryStore();
  switchback_commit_options options = SWITCHBACK_COMMIT_OPTIONS_INIT;
  switchback_change* change;
  SetList(store, "a", kFirst);
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_replace_text(change, "a", kBroken, &error));
  CHECK_OK(switchback_change_replace_text(change, "b", kBroken, &error));
  CHECK_OK(switchback_change_expect(change, "a", 1, &error));
  CHECK_OK(switchback_change_expect(change, "b", 7, &error));
  CHECK_FAILS(SWITCHBACK_CONFLICT, "b", switchback_commit(store, change, NULL, NULL, &error));
  CheckList(store, "a", kFirst);
  // A change can be mended and committed again.
  CHECK_OK(switchback_change_expect(change, "b", 0, &error));
  options.has_expect_head = 1;
  options.expect_head = 5;
  CHECK_FAILS(SWITCHBACK_CONFLICT, "r5", switchback_commit(store, change, &options, NULL, &error));
  options.expect_head = 1;
  CHECK_OK(switchback_commit(store, change, &options, NULL, &error));
  CheckList(store, "a", kBroken);
  switchback_change_free(change);
  switchback_close(store);
}

static void ARepeatedRequestReturnsTheFirstResult(void) {
  switchback_store* store = NewMemoryStore();
  switchback_commit_options options = SWITCHBACK_COMMIT_OPTIONS_INIT;
  switchback_change* change;
  switchback_result* result;
  options.request_id = "deploy-17";
  options.author = "ann";
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_edit_text(change, "a", SWITCHBACK_EDIT_ADD, "10.0.0.1", &error));
  CHECK_OK(switchback_commit(store, change, &options, NULL, &error));
  SetList(store, "a", kBroken);
  CHECK_OK(switchback_commit(store, change, &options, &result, &error));
  CHECK(result->replayed == 1 && result->revision == 1 && result->change_count == 1);
  CHECK(result->changes[0]->added == 1);
  switchback_result_free(result);
  options.author = "bob";
  CHECK_FAILS(SWITCHBACK_CONFLICT, "deploy-17",
              switchback_commit(store, change, &options, NULL, &error));
  switchback_change_free(change);
  CheckList(store, "a", kBroken);
  switchback_close(store);
}

static void ADryRunWritesNothing(void) {
  switchback_store* store = NewMemoryStore();
  switchback_commit_options options = SWITCHBACK_COMMIT_OPTIONS_INIT;
  switchback_restore_target target = {"a", 1, 0, 0};
  switchback_result* result;
  SetList(store, "a", kFirst);
  SetList(store, "a", kBroken);
  options.dry_run = 1;
  CHECK_OK(switchback_restore(store, &target, 1, &options, &result, &error));
  CHECK(result->revision == 0 && result->change_count == 1 && result->changes[0]->version == 3);
  CHECK(result->changes[0]->added == 3 && result->changes[0]->removed == 1);
  switchback_result_free(result);
  CheckList(store, "a", kBroken);
  switchback_close(store);
}

static void RestoringPutsListsBack(void) {
  switchback_store* store = NewMemoryStore();
  switchback_restore_target targets[2] = {{"a", 1, 2, 1}, {"b", 1, 0, 0}};
  switchback_change* change;
  switchback_result* result;
  SetList(store, "a", kFirst);
  SetList(store, "b", kFirst);
  SetList(store, "a", kBroken);
  targets[1].has_expect = 1;
  targets[1].expect = 9;
  CHECK_FAILS(SWITCHBACK_CONFLICT, "b", switchback_restore(store, targets, 2, NULL, NULL, &error));
  targets[1].has_expect = 0;
  CHECK_OK(switchback_restore(store, targets, 2, NULL, &result, &error));
  CHECK(result->revision == 4 && result->change_count == 1);  // b is so already
  CHECK(strcmp(result->changes[0]->id, "a") == 0 && result->changes[0]->version == 3);
  switchback_result_free(result);
  CheckList(store, "a", kFirst);
  // As an action among others.
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_copy(change, "a", 2, &error));
  CHECK_OK(switchback_change_delete(change, "b", &error));
  CHECK_OK(switchback_commit(store, change, NULL, &result, &error));
  CHECK(result->change_count == 2 && result->changes[1]->deleted == 1);
  CHECK(result->changes[1]->removed == 3 && result->changes[1]->count == 0);
  switchback_result_free(result);
  switchback_change_free(change);
  CheckList(store, "a", kBroken);
  // The whole table as of r2, then only what a glob matches.
  CHECK_OK(switchback_restore_table(store, 2, NULL, NULL, &result, &error));
  CHECK(result->revision == 6 && result->change_count == 2);
  switchback_result_free(result);
  CheckList(store, "a", kFirst);
  CheckList(store, "b", kFirst);
  CHECK_OK(switchback_restore_table(store, 1, "x*", NULL, &result, &error));
  CHECK(result->revision == 0);
  switchback_result_free(result);
  switchback_close(store);
}

static void AddressesNameVersions(void) {
  switchback_store* store = NewMemoryStore();
  switchback_list* list;
  uint64_t version;
  uint64_t revision;
  int32_t deleted;
  SetList(store, "a", kFirst);
  SetList(store, "b", kFirst);
  SetList(store, "a", kBroken);
  DeleteId(store, "b");
  CHECK_OK(switchback_snapshot_create(store, "good", 2, NULL, &error));
  switchback_view* view = OpenView(store);
  SetList(store, "a", "");
  CHECK(switchback_view_revision(view) == 4);
  static const struct {
    const char* address;
    uint64_t version;
  } kCases[] = {
      {"a", 2},     {"a@head", 2}, {"a@1", 1},  {"a@head~1", 1}, {"a@r3", 2},
      {"a@r3^", 1}, {"a@good", 1}, {"b@r2", 1}, {"a@0m", 2},     {"a@2999-01-01T00:00:00Z", 2}};
  for (size_t i = 0; i < sizeof(kCases) / sizeof(kCases[0]); ++i) {
    CHECK_OK(switchback_view_get(view, kCases[i].address, &list, &error));
    CHECK(switchback_list_version(list) == kCases[i].version);
    switchback_list_free(list);
  }
  CHECK_OK(switchback_view_get_version(view, "a", 1, &list, &error));
  CHECK(switchback_list_count(list) == 3 && switchback_list_revision(list) == 1);
  switchback_list_free(list);
  CHECK_OK(switchback_view_resolve(view, "b", &version, &revision, &deleted, &error));
  CHECK(version == 2 && revision == 4 && deleted == 1);
  CHECK_OK(switchback_view_resolve(view, "a@r2", NULL, NULL, NULL, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "a", switchback_view_get(view, "a@9", &list, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "b", switchback_view_get(view, "b", &list, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "none", switchback_view_get(view, "a@none", &list, &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "",
              switchback_view_get(view, "a@head~x", &list, &error));
  CHECK(list == NULL);
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "",
              switchback_view_resolve(view, "a@r9", &version, &revision, &deleted, &error));
  CHECK(version == 0 && revision == 0 && deleted == 0);
  CHECK_OK(switchback_view_resolve_revision(view, "good", &revision, &error));
  CHECK(revision == 2);
  CHECK_OK(switchback_view_resolve_revision(view, "r1^", &revision, &error));
  CHECK(revision == 0);
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "",
              switchback_view_resolve_revision(view, "41", &revision, &error));
  switchback_view_free(view);
  switchback_close(store);
}

static void ADiffHasFourParts(void) {
  switchback_store* store = NewMemoryStore();
  switchback_diff* diff;
  char text[4096];
  SetList(store, "a", "10.0.0.1 weight=1\n10.0.0.2 weight=2\n10.0.0.3\n");
  SetList(store, "a", "10.0.0.1 weight=9 zone=a\n10.0.0.3\n10.0.0.4\n10.0.0.5\n");
  switchback_view* view = OpenView(store);
  CHECK_OK(switchback_view_diff(view, "a", 1, 2, &diff, &error));
  CHECK(switchback_diff_count(diff, SWITCHBACK_DIFF_REMOVED) == 1);
  CHECK(switchback_diff_count(diff, SWITCHBACK_DIFF_ADDED) == 2);
  CHECK(switchback_diff_count(diff, SWITCHBACK_DIFF_CHANGED_FROM) == 1);
  CHECK(switchback_diff_count(diff, SWITCHBACK_DIFF_CHANGED_TO) == 1);
  CHECK(switchback_diff_count(diff, 0) == 0 && switchback_diff_count(diff, 5) == 0);
  TextOfPart(diff, SWITCHBACK_DIFF_REMOVED, text, sizeof(text));
  CHECK(strcmp(text, "10.0.0.2 weight=2\n") == 0);
  TextOfPart(diff, SWITCHBACK_DIFF_ADDED, text, sizeof(text));
  CHECK(strcmp(text, "10.0.0.4\n10.0.0.5\n") == 0);
  TextOfPart(diff, SWITCHBACK_DIFF_CHANGED_FROM, text, sizeof(text));
  CHECK(strcmp(text, "10.0.0.1 weight=1\n") == 0);
  TextOfPart(diff, SWITCHBACK_DIFF_CHANGED_TO, text, sizeof(text));
  CHECK(strcmp(text, "10.0.0.1 weight=9 zone=a\n") == 0);
  switchback_diff_free(diff);
  CHECK_OK(switchback_view_diff(view, "a", 2, 0, &diff, &error));
  CHECK(switchback_diff_count(diff, SWITCHBACK_DIFF_REMOVED) == 4);
  switchback_diff_free(diff);
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "a", switchback_view_diff(view, "a", 1, 3, &diff, &error));
  CHECK(diff == NULL);
  switchback_view_free(view);
  switchback_close(store);
}

static void HistoryAndLogTellWhoDidWhat(void) {
  char* folder = NewFolder();
  switchback_store* store = CreateStore(folder);
  switchback_commit_options options = SWITCHBACK_COMMIT_OPTIONS_INIT;
  switchback_change* change;
  switchback_versions* versions;
  switchback_revisions* revisions;
  const switchback_version_info* version;
  const switchback_revision_info* revision;
  options.author = "ann";
  options.message = "pool of a";
  options.ticket = "OPS-1";
  options.source = "cmdb";
  options.request_id = "k1";
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_replace_text(change, "a", kFirst, &error));
  CHECK_OK(switchback_change_replace_text(change, "b", kFirst, &error));
  CHECK_OK(switchback_commit(store, change, &options, NULL, &error));
  switchback_change_free(change);
  SetList(store, "a", kBroken);
  switchback_restore_target target = {"a", 1, 0, 0};
  CHECK_OK(switchback_restore(store, &target, 1, NULL, NULL, &error));
  switchback_view* view = OpenView(store);

  CHECK_OK(switchback_view_history(view, "a", 0, &versions, &error));
  CHECK_OK(switchback_versions_next(versions, &version, &error));
  CHECK(version->version == 3 && version->same_as == 1 && version->count == 3);
  CHECK(strcmp(version->commit->operation, "restore") == 0 && version->commit->revision == 3);
  CHECK_OK(switchback_versions_next(versions, &version, &error));
  CHECK(version->version == 2 && version->added == 1 && version->removed == 3);
  CHECK(strcmp(version->commit->operation, "set") == 0 && version->same_as == 0);
  CHECK_OK(switchback_versions_next(versions, &version, &error));
  CHECK(version->version == 1 && strcmp(version->id, "a") == 0);
  CHECK(version->deleted == 0 && version->pruned == 0);
  CHECK(strcmp(version->commit->author, "ann") == 0);
  CHECK_OK(switchback_versions_next(versions, &version, &error));
  CHECK(version == NULL);
  CHECK_OK(switchback_versions_next(versions, &version, &error));
  CHECK(version == NULL);
  switchback_versions_free(versions);
  CHECK_OK(switchback_view_history(view, "a", 2, &versions, &error));
  CHECK_OK(switchback_versions_next(versions, &version, &error));
  CHECK(version->version == 2);
  switchback_versions_free(versions);
  CHECK_OK(switchback_view_changes(view, 1, &versions, &error));
  CHECK_OK(switchback_versions_next(versions, &version, &error));
  CHECK(strcmp(version->id, "a") == 0);
  CHECK_OK(switchback_versions_next(versions, &version, &error));
  CHECK(strcmp(version->id, "b") == 0);
  switchback_versions_free(versions);

  CHECK_OK(switchback_view_log(view, 0, &revisions, &error));
  CHECK_OK(switchback_revisions_next(revisions, &revision, &error));
  CHECK(revision->revision == 3);
  switchback_revisions_free(revisions);
  CHECK_OK(switchback_view_log(view, 1, &revisions, &error));
  CHECK_OK(switchback_revisions_next(revisions, &revision, &error));
  CHECK(revision->revision == 1 && revision->id_count == 2 && revision->added == 6);
  CHECK(revision->time > 1700000000000000 && revision->effective_time >= revision->time);
  CHECK(strcmp(revision->operation, "apply") == 0);
  CHECK(strcmp(revision->message, "pool of a") == 0 && strcmp(revision->ticket, "OPS-1") == 0);
  CHECK(strcmp(revision->source, "cmdb") == 0 && strcmp(revision->request_id, "k1") == 0);
  CHECK(strcmp(revision->user, "router") == 0 && strcmp(revision->host, "edge-1") == 0);
  CHECK(strcmp(revision->program, "store_test") == 0);
  CHECK(strcmp(revision->program_version, "7") == 0);
  CHECK_OK(switchback_revisions_next(revisions, &revision, &error));
  CHECK(revision == NULL);
  switchback_revisions_free(revisions);
  switchback_view_free(view);
  switchback_close(store);
  RemoveFolder(folder);
}

static void TheTableListsWhatThereIs(void) {
  switchback_store* store = NewMemoryStore();
  switchback_table* table;
  const switchback_table_entry* entry;
  SetList(store, "shop/a", kFirst);
  SetList(store, "shop/b", kFirst);
  SetList(store, "web/a", kFirst);
  SetList(store, "shop/a", kBroken);
  DeleteId(store, "web/a");
  switchback_view* view = OpenView(store);
  CHECK_OK(switchback_view_table(view, 0, NULL, &table, &error));
  CHECK_OK(switchback_table_next(table, &entry, &error));
  CHECK(strcmp(entry->id, "shop/a") == 0 && entry->version == 2 && entry->revision == 4);
  CHECK_OK(switchback_table_next(table, &entry, &error));
  CHECK(strcmp(entry->id, "shop/b") == 0);
  CHECK_OK(switchback_table_next(table, &entry, &error));
  CHECK(entry == NULL);
  switchback_table_free(table);
  CHECK_OK(switchback_view_table(view, 3, "web/", &table, &error));
  CHECK_OK(switchback_table_next(table, &entry, &error));
  CHECK(strcmp(entry->id, "web/a") == 0 && entry->version == 1);
  CHECK_OK(switchback_table_next(table, &entry, &error));
  CHECK(entry == NULL);
  switchback_table_free(table);
  switchback_view_free(view);
  switchback_close(store);
}

static void SnapshotsNameRevisions(void) {
  switchback_store* store = NewMemoryStore();
  switchback_commit_options options = SWITCHBACK_COMMIT_OPTIONS_INIT;
  switchback_snapshots* snapshots;
  SetList(store, "a", kFirst);
  SetList(store, "a", kBroken);
  options.author = "ann";
  options.message = "before the move";
  CHECK_OK(switchback_snapshot_create(store, "good", 1, &options, &error));
  CHECK_OK(switchback_snapshot_create(store, "bad", 2, NULL, &error));
  CHECK_FAILS(SWITCHBACK_ALREADY_EXISTS, "good",
              switchback_snapshot_create(store, "good", 2, NULL, &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "",
              switchback_snapshot_create(store, "head", 2, NULL, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "r9",
              switchback_snapshot_create(store, "later", 9, NULL, &error));
  CHECK_OK(switchback_snapshots_list(store, &snapshots, &error));
  CHECK(snapshots->count == 2 && strcmp(snapshots->snapshots[0]->name, "bad") == 0);
  CHECK(snapshots->snapshots[1]->revision == 1 && snapshots->snapshots[1]->created > 0);
  CHECK(strcmp(snapshots->snapshots[1]->author, "ann") == 0);
  CHECK(strcmp(snapshots->snapshots[1]->message, "before the move") == 0);
  switchback_snapshots_free(snapshots);
  CHECK_OK(switchback_snapshot_delete(store, "bad", NULL, &error));
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "bad", switchback_snapshot_delete(store, "bad", NULL, &error));
  CHECK_OK(switchback_snapshots_list(store, &snapshots, &error));
  CHECK(snapshots->count == 1);
  switchback_snapshots_free(snapshots);
  switchback_close(store);
}

static void HandlesOutliveTheirStore(void) {
  char* folder = NewFolder();
  switchback_store* store = CreateStore(folder);
  switchback_versions* versions;
  switchback_subscription* subscription;
  switchback_list* list;
  const switchback_version_info* version;
  char path[4200];
  char text[1024];
  SetList(store, "a", kFirst);
  CHECK_OK(switchback_get(store, "a", &list, &error));
  switchback_view* view = OpenView(store);
  CHECK_OK(switchback_view_history(view, "a", 0, &versions, &error));
  CHECK_OK(switchback_subscribe(store, NULL, &subscription, &error));
  switchback_close(store);
  switchback_view_free(view);
  switchback_subscription_free(subscription);
  // The cursor alone keeps the store open now.
  snprintf(path, sizeof(path), "%s/store", folder);
  CHECK_FAILS(SWITCHBACK_HELD, path, switchback_open(path, NULL, &store, &error));
  CHECK_OK(switchback_versions_next(versions, &version, &error));
  CHECK(version->version == 1);
  switchback_versions_free(versions);
  store = OpenStore(folder, 0);
  switchback_close(store);
  CHECK(strcmp(TextOf(list, text, sizeof(text)),
               "10.20.1.1:8000 weight=100\n10.20.1.2:8000 weight=100\n10.20.1.3\n") == 0);
  switchback_list_free(list);
  RemoveFolder(folder);
}

static void AReaderNeedsNoLock(void) {
  char* folder = NewFolder();
  switchback_store* store = CreateStore(folder);
  switchback_change* change;
  SetList(store, "a", kFirst);
  switchback_store* reader = OpenStore(folder, 1);
  SetList(store, "a", kBroken);
  CheckList(reader, "a", kFirst);
  CHECK(strcmp(switchback_store_identity(reader)->uuid, switchback_store_identity(store)->uuid) ==
        0);
  CHECK(strcmp(switchback_store_identity(reader)->environment, "test") == 0);
  CHECK(switchback_store_identity(reader)->created > 0);
  CHECK(switchback_store_identity(reader)->format > 0);
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_delete(change, "a", &error));
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "read-only",
              switchback_commit(reader, change, NULL, NULL, &error));
  switchback_change_free(change);
  switchback_close(reader);
  switchback_close(store);
  RemoveFolder(folder);
}

static int32_t CatchUp(switchback_store* store) {
  int32_t newer = 7;
  CHECK_OK(switchback_catch_up(store, &newer, &error));
  return newer;
}

static void AReaderThatFollowsMovesOn(void) {
  char* folder = NewFolder();
  switchback_store* store = CreateStore(folder);
  uint64_t revision;
  SetList(store, "a", kFirst);
  switchback_store* follower = OpenStoreAs(folder, 1, 1);
  SetList(store, "a", kBroken);
  CheckList(follower, "a", kFirst);
  CHECK(CatchUp(follower) == 1);
  CheckList(follower, "a", kBroken);
  CHECK(CatchUp(follower) == 0);
  // A view holds it where it is; and it may be asked for nothing.
  switchback_view* view = OpenView(follower);
  SetList(store, "a", kFirst);
  CHECK(CatchUp(follower) == 0);
  CheckList(follower, "a", kBroken);
  switchback_view_free(view);
  CHECK_OK(switchback_catch_up(follower, NULL, &error));
  CheckList(follower, "a", kFirst);
  // Whoever waits makes it catch up.
  SetList(store, "a", kBroken);
  CHECK_OK(switchback_wait(follower, 3, 30000, &revision, &error));
  CHECK(revision == 4 && CatchUp(follower) == 0);
  CheckList(follower, "a", kBroken);
  CHECK(CatchUp(store) == 0);
  switchback_close(follower);
  switchback_close(store);
  RemoveFolder(folder);
}

static void OnlyAReaderFollows(void) {
  char* folder = NewFolder();
  switchback_store* store = CreateStore(folder);
  char path[4200];
  switchback_open_options options = SWITCHBACK_OPEN_OPTIONS_INIT;
  SetList(store, "a", kFirst);
  switchback_store* reader = OpenStore(folder, 1);
  SetList(store, "a", kBroken);
  CHECK(CatchUp(reader) == 0);
  CheckList(reader, "a", kFirst);
  switchback_close(reader);
  switchback_close(store);
  snprintf(path, sizeof(path), "%s/store", folder);
  options.follow = 1;
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "read-only",
              switchback_open(path, &options, &store, &error));
  RemoveFolder(folder);
}

static void VerifyCountsWhatIsSound(void) {
  switchback_store* store = NewMemoryStore();
  switchback_report* report;
  SetList(store, "a", kFirst);
  SetList(store, "a", kBroken);
  SetList(store, "b", kFirst);
  CHECK_OK(switchback_verify(store, &report, &error));
  CHECK(report->damage_count == 0 && report->damage_listed == 0);
  CHECK(report->ids == 2 && report->versions == 3 && report->revisions == 3);
  CHECK(report->endpoints > 0);
  switchback_report_free(report);
  switchback_close(store);
}

int main(int argc, char** argv) {
  static const test_case kCases[] = {
      {"EveryFieldOfAnEndpointComesBack", EveryFieldOfAnEndpointComesBack},
      {"TextsAreCutOffNowhere", TextsAreCutOffNowhere},
      {"EqualListsHaveEqualDigests", EqualListsHaveEqualDigests},
      {"EditsOfOneIdGather", EditsOfOneIdGather},
      {"ExpectationsHoldOrNothingIsWritten", ExpectationsHoldOrNothingIsWritten},
      {"ARepeatedRequestReturnsTheFirstResult", ARepeatedRequestReturnsTheFirstResult},
      {"ADryRunWritesNothing", ADryRunWritesNothing},
      {"RestoringPutsListsBack", RestoringPutsListsBack},
      {"AddressesNameVersions", AddressesNameVersions},
      {"ADiffHasFourParts", ADiffHasFourParts},
      {"HistoryAndLogTellWhoDidWhat", HistoryAndLogTellWhoDidWhat},
      {"TheTableListsWhatThereIs", TheTableListsWhatThereIs},
      {"SnapshotsNameRevisions", SnapshotsNameRevisions},
      {"HandlesOutliveTheirStore", HandlesOutliveTheirStore},
      {"AReaderNeedsNoLock", AReaderNeedsNoLock},
      {"AReaderThatFollowsMovesOn", AReaderThatFollowsMovesOn},
      {"OnlyAReaderFollows", OnlyAReaderFollows},
      {"VerifyCountsWhatIsSound", VerifyCountsWhatIsSound},
  };
  return RunCases(kCases, sizeof(kCases) / sizeof(kCases[0]), argc, argv);
}
