// What committing_process writes, and the tests that start it therefore expect: commit n follows
// from n alone.
#pragma once

#include <string>

#include "store/store_fixture.h"

namespace switchback {

enum class CommitShape : uint8_t { kOneId, kSeveralIds, kSliced };
inline constexpr size_t kSeveralIds = 10;
inline constexpr size_t kSlicedIds = 1100;  // more than one slice

inline CommitShape ShapeOf(uint64_t number) {
  if (number % 10 == 7) return CommitShape::kSliced;
  return number % 3 == 0 ? CommitShape::kSeveralIds : CommitShape::kOneId;
}
inline size_t IdsOf(CommitShape shape) {
  if (shape == CommitShape::kOneId) return 1;
  return shape == CommitShape::kSeveralIds ? kSeveralIds : kSlicedIds;
}
inline BusinessId IdOf(CommitShape shape, size_t i) {
  const char* names[] = {"one-", "several-", "sliced-"};
  return Id(names[static_cast<size_t>(shape)] + std::to_string(10000 + i));
}
// Large enough to be chunked every now and then; no two numbers give the same.
inline EndpointList NumberedList(uint64_t number) {
  const bool large = ShapeOf(number) == CommitShape::kOneId && number % 5 == 0;
  return Range(static_cast<uint32_t>(number) * 8192, large ? 6000 : 1 + number % 4);
}
inline Change NumberedChange(uint64_t number) {
  Change change;
  const CommitShape shape = ShapeOf(number);
  for (size_t i = 0; i < IdsOf(shape); ++i) {
    change.ids.push_back({IdOf(shape, i), Replace{NumberedList(number)}, std::nullopt});
  }
  return change;
}
inline CommitOptions NumberedOptions(uint64_t number) {
  CommitOptions options =
      By("committer", number % 4 == 0 ? Durability::kSynced : Durability::kBuffered);
  options.message = "commit " + std::to_string(number);
  options.bookmark = Bookmark{"number", std::to_string(number)};
  return options;
}

// The newest commit of a shape up to `number`; 0 for none.
inline uint64_t NewestOf(CommitShape shape, uint64_t number) {
  while (number > 0 && ShapeOf(number) != shape) --number;
  return number;
}

// Every ID (or each step-th) holds what the newest commit of its shape says, at the version that so
// many commits make.
inline void CheckHeads(const View& view, uint64_t newest, size_t step = 1) {
  for (const CommitShape shape :
       {CommitShape::kOneId, CommitShape::kSeveralIds, CommitShape::kSliced}) {
    const uint64_t number = NewestOf(shape, newest);
    uint64_t version = 0;
    for (uint64_t n = 1; n <= newest; ++n) version += ShapeOf(n) == shape ? 1 : 0;
    const EndpointList expected = NumberedList(number);
    for (size_t i = 0; i < IdsOf(shape); i += step) {
      const Result<ListHandle> read = view.Read(IdOf(shape, i));
      ASSERT_EQ(read.has_value(), number > 0) << (read ? "" : read.error().message);
      if (!read) continue;
      ASSERT_EQ((*read)->revision.value, number);
      ASSERT_EQ((*read)->version.value, version);
      ASSERT_EQ(*(*read)->list, expected);
    }
  }
}

}  // namespace switchback
