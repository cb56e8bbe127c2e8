#include "list/digest.h"

#include <gtest/gtest.h>

#include "codec/hash.h"
#include "list/random_lists.h"

namespace switchback {
namespace {

// The digest said plainly: hash each endpoint's canonical bytes and add.
Digest PlainDigest(const EndpointList& list) {
  Digest sum;
  for (const Endpoint endpoint : list) {
    std::string bytes;
    AppendCanonicalBytes(endpoint, bytes);
    sum += HashBytes(bytes);
  }
  return sum;
}

TEST(Digest, FastPathsGiveWhatThePlainSumGives) {
  Random random(1);
  for (const Shape& shape : Shapes()) {
    for (const size_t size : Sizes()) {
      const EndpointList list = FromModel(RandomModel(shape, size, random));
      EXPECT_EQ(list.digest(), PlainDigest(list)) << shape.name;
    }
  }
}

TEST(Digest, OfPartsAddUpToTheWhole) {
  Random random(2);
  for (const Shape& shape : Shapes()) {
    const EndpointList list = FromModel(RandomModel(shape, 300, random));
    const size_t middle = random() % (list.size() + 1);
    Digest sum = DigestOfRange(list, 0, middle);
    sum += DigestOfRange(list, middle, list.size());
    EXPECT_EQ(sum, list.digest());
  }
}

TEST(Digest, OfTheEmptyListIsZero) {
  EXPECT_EQ(EndpointList().digest(), Digest());
}

TEST(Digest, TellsNoWeightFromZeroAndNoPortFromOne) {
  const EndpointKey key{{Family::kIPv4, 0, 1}, 32, 0};
  EndpointKey with_port = key;
  with_port.port = 1;
  EXPECT_NE(EndpointDigest({key, {}}), EndpointDigest({key, {0, {}}}));
  EXPECT_NE(EndpointDigest({key, {}}), EndpointDigest({with_port, {}}));
}

TEST(Digest, AnyOrderAndGroupingOfEditsEndsInTheSame) {
  Random random(3);
  for (const Shape& shape : Shapes()) {
    const Model start = RandomModel(shape, 400, random);
    const EndpointList goal = FromModel(Edit(start, shape, 300, random));
    for (int round = 0; round < 5; ++round) {
      EndpointList list = FromModel(start);
      // Detours through random lists, then the goal.
      for (int detour = 0; detour < round; ++detour) {
        const EndpointList next = FromModel(Edit(ToModel(list), shape, 100, random));
        list = Apply(list, Diff(list, next)).value();
      }
      list = Apply(list, Diff(list, goal)).value();
      EXPECT_EQ(list, goal);
      EXPECT_EQ(list.digest(), PlainDigest(goal)) << shape.name;
    }
  }
}

}  // namespace
}  // namespace switchback
