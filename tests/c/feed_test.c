// Being told of commits: by a thread that follows, and by one that goes on with a token.
#include <pthread.h>

#include "checks.h"

enum { kFollowed = 200, kLongMs = 30000 };

static const char* WeightText(uint64_t weight, char text[64]) {
  snprintf(text, 64, "10.0.0.1:8000 weight=%d\n", (int)weight);
  return text;
}

static switchback_subscription* Subscribe(const switchback_store* store, const char* token,
                                          uint64_t after) {
  switchback_subscribe_options options = SWITCHBACK_SUBSCRIBE_OPTIONS_INIT;
  switchback_subscription* subscription;
  options.token = token;
  options.has_after = 1;
  options.after = after;
  CHECK_OK(switchback_subscribe(store, &options, &subscription, &error));
  return subscription;
}

static const switchback_event* Next(switchback_subscription* subscription) {
  const switchback_event* event;
  CHECK_OK(switchback_subscription_next(subscription, kLongMs, &event, &error));
  CHECK(event != NULL);
  return event;
}

static char* CopyToken(switchback_subscription* subscription) {
  const char* token;
  CHECK_OK(switchback_subscription_token(subscription, &token, &error));
  char* copy = malloc(strlen(token) + 1);
  CHECK(copy != NULL);
  return strcpy(copy, token);
}

// Takes up again every 30 events, as a process would that was started anew.
static void* FollowAll(void* argument) {
  const switchback_store* store = argument;
  switchback_subscription* subscription = Subscribe(store, NULL, 0);
  for (uint64_t revision = 1; revision <= kFollowed; ++revision) {
    const switchback_event* event = Next(subscription);
    CHECK(event->commit->revision == revision && event->change_count == 1 && event->last == 1);
    CHECK(strcmp(event->changes[0]->id, "a") == 0 && event->changes[0]->version == revision);
    CHECK(event->changes[0]->from == revision - 1 && event->changes[0]->count == 1);
    CHECK(event->changes[0]->count_before == (revision == 1 ? 0 : 1));
    CHECK(switchback_durable(store) >= revision);
    if (revision % 30 != 0) continue;
    char* token = CopyToken(subscription);
    switchback_subscription_free(subscription);
    subscription = Subscribe(store, token, 0);
    free(token);
  }
  switchback_subscription_free(subscription);
  return NULL;
}

static void* FollowList(void* argument) {
  const switchback_store* store = argument;
  uint64_t known = 0;
  while (known < kFollowed) {
    switchback_list* list;
    CHECK_OK(switchback_wait_for_newer(store, "a", known, kLongMs, &list, &error));
    CHECK(list != NULL && switchback_list_version(list) > known);
    known = switchback_list_version(list);
    switchback_endpoint endpoint;
    CHECK(switchback_list_endpoints(list, 0, &endpoint, 1) == 1 && endpoint.weight == known);
    switchback_list_free(list);
  }
  return NULL;
}

static void* ReadAlong(void* argument) {
  const switchback_store* store = argument;
  uint64_t known = 0;
  while (known < kFollowed) {
    switchback_list* list;
    const switchback_code code = switchback_get_if_newer(store, "a", known, &list, NULL);
    CHECK(code == SWITCHBACK_OK || (known == 0 && code == SWITCHBACK_NOT_FOUND));
    if (list != NULL) {
      CHECK(switchback_list_version(list) > known);
      known = switchback_list_version(list);
    }
    switchback_list_free(list);
  }
  return NULL;
}

static void FollowersMissNothingWhileAnotherCommits(void) {
  switchback_store* store = NewMemoryStore();
  pthread_t threads[3];
  char text[64];
  CHECK(pthread_create(&threads[0], NULL, FollowAll, store) == 0);
  CHECK(pthread_create(&threads[1], NULL, FollowList, store) == 0);
  CHECK(pthread_create(&threads[2], NULL, ReadAlong, store) == 0);
  for (uint64_t i = 1; i <= kFollowed; ++i) SetList(store, "a", WeightText(i, text));
  for (int i = 0; i < 3; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
  switchback_close(store);
}

static void* NextAtLength(void* argument) {
  const switchback_event* event;
  CHECK_OK(switchback_subscription_next(argument, UINT32_MAX, &event, &error));
  CHECK(event == NULL);
  return NULL;
}

static void CancellingEndsAWait(void) {
  switchback_store* store = NewMemoryStore();
  switchback_subscription* subscription = Subscribe(store, NULL, 0);
  const switchback_event* event;
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, NextAtLength, subscription) == 0);
  switchback_subscription_cancel(subscription);
  CHECK(pthread_join(thread, NULL) == 0);
  SetList(store, "a", "10.0.0.1\n");
  CHECK_OK(switchback_subscription_next(subscription, kLongMs, &event, &error));
  CHECK(event == NULL);
  switchback_subscription_free(subscription);
  switchback_close(store);
}

static void OnlyWhatWasAskedForIsTold(void) {
  static const char* const kIds[] = {"shop/b", "web/a"};
  switchback_store* store = NewMemoryStore();
  switchback_subscribe_options options = SWITCHBACK_SUBSCRIBE_OPTIONS_INIT;
  switchback_subscription* subscription;
  const switchback_event* event;
  options.has_after = 1;
  options.glob = "shop/*";
  options.ids = kIds;
  options.id_count = 2;
  SetList(store, "shop/a", "10.0.0.1\n");
  SetList(store, "web/a", "10.0.0.1\n");
  SetList(store, "shop/b", "10.0.0.1\n10.0.0.2\n");
  DeleteId(store, "shop/b");
  CHECK_OK(switchback_subscribe(store, &options, &subscription, &error));
  event = Next(subscription);
  CHECK(event->commit->revision == 3 && strcmp(event->changes[0]->id, "shop/b") == 0);
  event = Next(subscription);
  CHECK(event->commit->revision == 4 && event->changes[0]->deleted == 1);
  CHECK(event->changes[0]->removed == 2 && event->changes[0]->count_before == 2);
  CHECK(strcmp(event->commit->operation, "delete") == 0);
  CHECK_OK(switchback_subscription_next(subscription, 0, &event, &error));
  CHECK(event == NULL);
  switchback_subscription_free(subscription);
  // Without options: all that comes from now on.
  CHECK_OK(switchback_subscribe(store, NULL, &subscription, &error));
  CHECK_OK(switchback_subscription_next(subscription, 0, &event, &error));
  CHECK(event == NULL);
  SetList(store, "web/a", "10.0.0.2\n");
  CHECK(Next(subscription)->commit->revision == 5);
  switchback_subscription_free(subscription);
  switchback_close(store);
}

static void ATokenIsOfItsStore(void) {
  switchback_store* store = NewMemoryStore();
  switchback_store* other = NewMemoryStore();
  switchback_subscribe_options options = SWITCHBACK_SUBSCRIBE_OPTIONS_INIT;
  switchback_subscription* subscription = Subscribe(store, NULL, 0);
  char* token;
  SetList(store, "a", "10.0.0.1\n");
  SetList(other, "a", "10.0.0.1\n");
  CHECK(Next(subscription)->commit->revision == 1);
  token = CopyToken(subscription);
  switchback_subscription_free(subscription);
  options.token = token;
  CHECK_FAILS(SWITCHBACK_CONFLICT, "",
              switchback_subscribe(other, &options, &subscription, &error));
  CHECK(subscription == NULL);
  options.token = "no token";
  CHECK_FAILS(SWITCHBACK_INVALID_ARGUMENT, "",
              switchback_subscribe(store, &options, &subscription, &error));
  options.token = NULL;
  options.has_after = 1;
  options.after = 2;
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "r2",
              switchback_subscribe(store, &options, &subscription, &error));
  free(token);
  switchback_close(store);
  switchback_close(other);
}

static void WaitingEndsWithTheTime(void) {
  switchback_store* store = NewMemoryStore();
  switchback_list* list;
  uint64_t revision = 7;
  CHECK_OK(switchback_wait(store, 0, 1, &revision, &error));
  CHECK(revision == 0);
  CHECK_FAILS(SWITCHBACK_NOT_FOUND, "a",
              switchback_wait_for_newer(store, "a", 0, 1, &list, &error));
  SetList(store, "a", "10.0.0.1\n");
  CHECK_OK(switchback_wait(store, 0, kLongMs, &revision, &error));
  CHECK(revision == 1 && switchback_durable(store) == 1);
  CHECK_OK(switchback_wait_for_newer(store, "a", 1, 1, &list, &error));
  CHECK(list == NULL);
  CHECK_OK(switchback_get_if_newer(store, "a", 1, &list, &error));
  CHECK(list == NULL);
  CHECK_OK(switchback_get_if_newer(store, "a", 0, &list, &error));
  CHECK(list != NULL);
  switchback_list_free(list);
  switchback_close(store);
}

static void ABufferedCommitIsToldOnceSynced(void) {
  switchback_store* store = NewMemoryStore();
  switchback_commit_options options = SWITCHBACK_COMMIT_OPTIONS_INIT;
  switchback_subscription* subscription = Subscribe(store, NULL, 0);
  switchback_change* change;
  const switchback_event* event;
  options.durability = SWITCHBACK_BUFFERED;
  CHECK_OK(switchback_change_new(&change, &error));
  CHECK_OK(switchback_change_replace_text(change, "a", "10.0.0.1\n", &error));
  CHECK_OK(switchback_commit(store, change, &options, NULL, &error));
  switchback_change_free(change);
  CHECK_OK(switchback_subscription_next(subscription, 0, &event, &error));
  CHECK(event == NULL && switchback_durable(store) == 0);
  CHECK_OK(switchback_sync(store, &error));
  CHECK(Next(subscription)->commit->revision == 1);
  switchback_subscription_free(subscription);
  switchback_close(store);
}

static void ARevisionOfManyIdsComesInParts(void) {
  enum { kMany = 1500 };
  switchback_store* store = NewMemoryStore();
  switchback_subscription* subscription = Subscribe(store, NULL, 0);
  switchback_change* change;
  CHECK_OK(switchback_change_new(&change, &error));
  for (int i = 0; i < kMany; ++i) {
    char id[16];
    snprintf(id, sizeof(id), "%06d", i);
    CHECK_OK(switchback_change_replace_text(change, id, "10.0.0.1\n", &error));
  }
  CHECK_OK(switchback_commit(store, change, NULL, NULL, &error));
  switchback_change_free(change);
  const switchback_event* event = Next(subscription);
  CHECK(event->change_count == 1024 && event->last == 0 && event->commit->id_count == kMany);
  CHECK(strcmp(event->changes[1023]->id, "001023") == 0);
  event = Next(subscription);
  CHECK(event->change_count == kMany - 1024 && event->last == 1);
  switchback_subscription_free(subscription);
  switchback_close(store);
}

int main(int argc, char** argv) {
  static const test_case kCases[] = {
      {"FollowersMissNothingWhileAnotherCommits", FollowersMissNothingWhileAnotherCommits},
      {"CancellingEndsAWait", CancellingEndsAWait},
      {"OnlyWhatWasAskedForIsTold", OnlyWhatWasAskedForIsTold},
      {"ATokenIsOfItsStore", ATokenIsOfItsStore},
      {"WaitingEndsWithTheTime", WaitingEndsWithTheTime},
      {"ABufferedCommitIsToldOnceSynced", ABufferedCommitIsToldOnceSynced},
      {"ARevisionOfManyIdsComesInParts", ARevisionOfManyIdsComesInParts},
  };
  return RunCases(kCases, sizeof(kCases) / sizeof(kCases[0]), argc, argv);
}
