// The communicator against what each rank can work out alone, since every rank knows what all ranks hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "weft/base/check.h"
#include "weft/comm/communicator.h"

namespace weft {
namespace {

struct Bf16 {
  uint16_t bits = 0;
};
float value_of(Bf16 x) { return std::bit_cast<float>(static_cast<uint32_t>(x.bits) << 16); }
template <class T>
double value_of(T x) {
  return static_cast<double>(x);
}
template <class T>
T make(int value) {
  if constexpr (std::is_same_v<T, Bf16>) {
    // Exact: the tests use integers below 256, which eight bits of fraction hold.
    return {static_cast<uint16_t>(std::bit_cast<uint32_t>(static_cast<float>(value)) >> 16)};
  } else {
    return static_cast<T>(value);
  }
}

template <class T>
struct ElementOf;
template <>
struct ElementOf<double> {
  static constexpr Element value = Element::f64;
};
template <>
struct ElementOf<float> {
  static constexpr Element value = Element::f32;
};
template <>
struct ElementOf<Bf16> {
  static constexpr Element value = Element::bf16;
};
template <>
struct ElementOf<int64_t> {
  static constexpr Element value = Element::i64;
};
template <>
struct ElementOf<int32_t> {
  static constexpr Element value = Element::i32;
};
template <>
struct ElementOf<uint8_t> {
  static constexpr Element value = Element::u8;
};

/// What `rank` holds at `index`: small enough that the sum over 8 ranks is exact in every type.
int held(int rank, int64_t index) { return static_cast<int>((index * 7 + rank * 5 + rank * index) % 29); }

template <class T>
std::vector<T> held_by(int rank, int64_t count) {
  std::vector<T> data;
  for (int64_t i = 0; i < count; ++i) data.push_back(make<T>(held(rank, i)));
  return data;
}

int combined(int ranks, int64_t index, Reduce reduce) {
  int result = held(0, index);
  for (int r = 1; r < ranks; ++r) {
    const int next = held(r, index);
    result = reduce == Reduce::sum   ? result + next
             : reduce == Reduce::max ? std::max(result, next)
                                     : std::min(result, next);
  }
  return result;
}

std::byte* bytes_at(void* data) { return static_cast<std::byte*>(data); }

/// Uneven shares of about `each` elements, every third of them empty.
std::vector<int64_t> uneven_counts(int ranks, int64_t each) {
  std::vector<int64_t> counts;
  for (int r = 0; r < ranks; ++r) counts.push_back(r % 3 == 1 ? 0 : each + r * 3);
  return counts;
}

template <class T>
class CommTyped : public testing::Test {};
using Elements = testing::Types<double, float, Bf16, int64_t, int32_t, uint8_t>;
TYPED_TEST_SUITE(CommTyped, Elements);

TYPED_TEST(CommTyped, AllReduceCombinesAllRanks) {
  const Communicator world = Communicator::world();
  for (const Reduce reduce : {Reduce::sum, Reduce::max, Reduce::min}) {
    for (const int64_t count : {0, 1, 2, 7, 1023, 70001}) {
      std::vector<TypeParam> data = held_by<TypeParam>(world.rank(), count);
      world.all_reduce(data.data(), count, ElementOf<TypeParam>::value, reduce).wait();
      for (int64_t i = 0; i < count; ++i) {
        ASSERT_EQ(value_of(data[i]), combined(world.size(), i, reduce)) << i << " of " << count;
      }
    }
  }
}

template <class T>
class CommReal : public testing::Test {};
using Reals = testing::Types<double, float>;
TYPED_TEST_SUITE(CommReal, Reals);

TYPED_TEST(CommReal, TheGreatestAndTheLeastOfWhatIsNotANumberIsNone) {
  const Communicator world = Communicator::world();
  for (const Reduce reduce : {Reduce::max, Reduce::min}) {
    for (int bad = 0; bad < world.size(); ++bad) {
      std::vector<TypeParam> data = {static_cast<TypeParam>(world.rank()), 1};
      if (world.rank() == bad) data[0] = std::numeric_limits<TypeParam>::quiet_NaN();
      world.all_reduce(data.data(), 2, ElementOf<TypeParam>::value, reduce).wait();
      EXPECT_TRUE(std::isnan(data[0])) << "rank " << bad;
      EXPECT_EQ(data[1], 1);
    }
  }
}

template <class T>
void expect_reduce_scatter(const Communicator& comm, const std::vector<int64_t>& counts, Reduce reduce) {
  const int64_t total = std::reduce(counts.begin(), counts.end());
  const int64_t offset = std::reduce(counts.begin(), counts.begin() + comm.rank());
  const std::vector<T> send = held_by<T>(comm.rank(), total);
  std::vector<T> receive(counts[comm.rank()]);
  comm.reduce_scatter(send.data(), receive.data(), counts, ElementOf<T>::value, reduce).wait();
  for (int64_t i = 0; i < std::ssize(receive); ++i) {
    ASSERT_EQ(value_of(receive[i]), combined(comm.size(), offset + i, reduce)) << i << " of " << total;
  }
}

TYPED_TEST(CommTyped, ReduceScatterGivesEachRankItsPart) {
  const Communicator world = Communicator::world();
  for (const Reduce reduce : {Reduce::sum, Reduce::max, Reduce::min}) {
    for (const int64_t each : {0, 1, 5, 4099}) {
      expect_reduce_scatter<TypeParam>(world, uneven_counts(world.size(), each), reduce);
      expect_reduce_scatter<TypeParam>(world, std::vector<int64_t>(world.size(), each), reduce);
    }
  }
}

TYPED_TEST(CommTyped, ReduceScatterLeavesWhatItSendsAlone) {
  const Communicator world = Communicator::world();
  const std::vector<int64_t> counts = uneven_counts(world.size(), 11);
  const int64_t total = std::reduce(counts.begin(), counts.end());
  const std::vector<TypeParam> send = held_by<TypeParam>(world.rank(), total);
  std::vector<TypeParam> receive(counts[world.rank()]);
  world.reduce_scatter(send.data(), receive.data(), counts, ElementOf<TypeParam>::value, Reduce::sum).wait();
  for (int64_t i = 0; i < total; ++i) ASSERT_EQ(value_of(send[i]), held(world.rank(), i));
}

template <class T>
void expect_all_gather(const Communicator& comm, const std::vector<int64_t>& counts, bool in_place) {
  const int64_t total = std::reduce(counts.begin(), counts.end());
  const int64_t offset = std::reduce(counts.begin(), counts.begin() + comm.rank());
  const std::vector<T> own = held_by<T>(comm.rank(), counts[comm.rank()]);
  std::vector<T> receive(total);
  const T* send = own.data();
  if (in_place) {
    std::copy(own.begin(), own.end(), receive.begin() + offset);
    send = receive.data() + offset;
  }
  comm.all_gather(send, receive.data(), counts, ElementOf<T>::value).wait();
  auto got = receive.begin();
  for (int r = 0; r < comm.size(); ++r) {
    for (int64_t i = 0; i < counts[r]; ++i) ASSERT_EQ(value_of(*got++), held(r, i)) << "rank " << r;
  }
}

TYPED_TEST(CommTyped, AllGatherConcatenatesInOrderOfRank) {
  const Communicator world = Communicator::world();
  for (const bool in_place : {false, true}) {
    for (const int64_t each : {0, 1, 5, 4099}) {
      expect_all_gather<TypeParam>(world, uneven_counts(world.size(), each), in_place);
      expect_all_gather<TypeParam>(world, std::vector<int64_t>(world.size(), each), in_place);
    }
  }
}

TYPED_TEST(CommTyped, PiecesChangeNothing) {
  const Communicator world = Communicator::world();
  for (const int64_t limit : {1, 3, 64}) {
    const Communicator pieces = world.with_piece_limit(limit);
    std::vector<TypeParam> data = held_by<TypeParam>(world.rank(), 70);
    pieces.all_reduce(data.data(), 70, ElementOf<TypeParam>::value, Reduce::sum).wait();
    for (int64_t i = 0; i < 70; ++i) {
      ASSERT_EQ(value_of(data[i]), combined(world.size(), i, Reduce::sum));
    }
    expect_reduce_scatter<TypeParam>(pieces, uneven_counts(world.size(), 30), Reduce::max);
    expect_all_gather<TypeParam>(pieces, uneven_counts(world.size(), 30), false);
    expect_all_gather<TypeParam>(pieces, uneven_counts(world.size(), 30), true);
  }
}

TEST(Comm, SumsOfBf16AreAsCloseAsTheirRounding) {
  const Communicator world = Communicator::world();
  const int p = world.size();
  const auto share = [](int rank, int i) { return 1.0F + static_cast<float>(rank * 17 + i) / 128.0F; };
  std::vector<Bf16> data;
  for (int i = 0; i < 64; ++i)
    data.push_back({static_cast<uint16_t>(std::bit_cast<uint32_t>(share(world.rank(), i)) >> 16)});
  std::vector<Bf16> mine = data;
  world.all_reduce(data.data(), 64, Element::bf16, Reduce::sum).wait();
  for (int i = 0; i < 64; ++i) {
    float exact = 0;
    for (int r = 0; r < p; ++r) {
      exact += value_of(Bf16{static_cast<uint16_t>(std::bit_cast<uint32_t>(share(r, i)) >> 16)});
    }
    // Each of the p - 1 additions rounds by half a unit of 2^-8 at most.
    EXPECT_NEAR(value_of(data[i]), exact, exact * static_cast<float>(p - 1) / 256.0F);
  }
}

TEST(Comm, ManyCollectivesMayBeUnderWayAtOnce) {
  const Communicator world = Communicator::world();
  constexpr int kCollectives = 12;
  std::vector<std::vector<float>> data;
  std::vector<CommRequest> requests;
  for (int c = 0; c < kCollectives; ++c) data.push_back(held_by<float>(world.rank(), 1000 + c));
  for (std::vector<float>& one : data) {
    requests.push_back(world.all_reduce(one.data(), std::ssize(one), Element::f32, Reduce::sum));
  }
  while (!requests.back().test()) {
  }
  for (auto request = requests.rbegin(); request != requests.rend(); ++request) request->wait();
  for (const std::vector<float>& one : data) {
    for (int64_t i = 0; i < std::ssize(one); ++i) {
      ASSERT_EQ(one[i], static_cast<float>(combined(world.size(), i, Reduce::sum)));
    }
  }
}

TEST(Comm, ARequestWaitsWhenItIsDestroyedOrReplaced) {
  const Communicator world = Communicator::world();
  std::vector<int32_t> first = held_by<int32_t>(world.rank(), 5000);
  std::vector<int32_t> second = first;
  {
    CommRequest request = world.all_reduce(first.data(), 5000, Element::i32, Reduce::sum);
    request = world.all_reduce(second.data(), 5000, Element::i32, Reduce::max);
    EXPECT_EQ(first[4999], combined(world.size(), 4999, Reduce::sum));
  }
  EXPECT_EQ(second[4999], combined(world.size(), 4999, Reduce::max));
}

TEST(Comm, ExchangeMovesDifferentLengthsBetweenAllPairs) {
  const Communicator world = Communicator::world();
  const int p = world.size();
  const int me = world.rank();
  const auto length = [](int from, int to) { return int64_t{from * 37 + to * 11} % 50 * 997; };
  for (const int64_t limit : {int64_t{1} << 27, int64_t{1000}}) {
    std::vector<std::vector<uint8_t>> out;
    std::vector<std::vector<uint8_t>> in;
    std::vector<Message> sends;
    std::vector<Message> receives;
    for (int peer = 0; peer < p; ++peer) {
      out.emplace_back(length(me, peer), static_cast<uint8_t>(me * 16 + peer));
      in.emplace_back(length(peer, me), uint8_t{255});
      sends.push_back({peer, bytes_at(out.back().data()), std::ssize(out.back())});
      receives.push_back({peer, bytes_at(in.back().data()), std::ssize(in.back())});
    }
    world.with_piece_limit(limit).exchange(sends, receives, 3).wait();
    for (int peer = 0; peer < p; ++peer) {
      const std::vector<uint8_t> expected(length(peer, me), static_cast<uint8_t>(peer * 16 + me));
      EXPECT_EQ(in[peer], expected) << "from " << peer;
    }
  }
}

TEST(Comm, MessagesOfOneTagMatchInOrder) {
  const Communicator world = Communicator::world();
  const int right = (world.rank() + 1) % world.size();
  const int left = (world.rank() + world.size() - 1) % world.size();
  std::array<int64_t, 3> out{};
  for (int i = 0; i < 3; ++i) out[i] = world.rank() * 10 + i;
  std::array<int64_t, 3> in{};
  std::vector<Message> sends;
  std::vector<Message> receives;
  for (int i = 0; i < 3; ++i) {
    sends.push_back({right, bytes_at(&out[i]), 8});
    receives.push_back({left, bytes_at(&in[i]), 8});
  }
  // The other tag is started first and arrives first, but must not take the place of this one.
  int64_t other_out = -1;
  int64_t other_in = -1;
  CommRequest other;
  // A rank alone is its own neighbour, and may send to itself only within one exchange.
  if (world.size() > 1) {
    other_in = 0;
    const Message send{right, bytes_at(&other_out), 8};
    other = world.exchange({&send, 1}, {}, 9);
  }
  world.exchange(sends, receives, 8).wait();
  if (world.size() > 1) {
    const Message receive{left, bytes_at(&other_in), 8};
    world.exchange({}, {&receive, 1}, 9).wait();
  }
  other.wait();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(in[i], left * 10 + i);
  EXPECT_EQ(other_in, -1);
}

TEST(Comm, AMessageShorterThanExpectedIsAnError) {
  const Communicator world = Communicator::world();
  if (world.size() == 1) GTEST_SKIP() << "needs two ranks";
  std::array<std::byte, 8> data{};
  if (world.rank() == 0) {
    const Message send{1, data.data(), 5};
    world.exchange({&send, 1}, {}, 1).wait();
  } else if (world.rank() == 1) {
    const Message receive{0, data.data(), 8};
    CommRequest request = world.exchange({}, {&receive, 1}, 1);
    try {
      request.wait();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const InternalError& error) {
      EXPECT_NE(std::string(error.what()).find("a message from rank 0 has 5 bytes where 8 were expected"),
                std::string::npos)
          << error.what();
    }
  }
  world.barrier();
}

TEST(Comm, SubgroupsReduceApart) {
  const Communicator world = Communicator::world();
  const Communicator group = world.split(world.rank() % 2, -world.rank());
  const int members = (world.size() + 1 - world.rank() % 2) / 2;
  ASSERT_EQ(group.size(), members);
  // The negative key turns the order round.
  EXPECT_EQ(group.rank(), members - 1 - world.rank() / 2);
  std::vector<int64_t> data = {world.rank(), 1};
  group.all_reduce(data.data(), 2, Element::i64, Reduce::sum).wait();
  int64_t expected = 0;
  for (int r = world.rank() % 2; r < world.size(); r += 2) expected += r;
  EXPECT_EQ(data, (std::vector<int64_t>{expected, members}));
  expect_all_gather<float>(group, uneven_counts(members, 9), false);
  expect_reduce_scatter<Bf16>(group, uneven_counts(members, 9), Reduce::sum);
}

TEST(Comm, GroupsOfOneAndGroupsOfGroupsWork) {
  const Communicator world = Communicator::world();
  const Communicator alone = world.split(world.rank(), 0);
  EXPECT_EQ(alone.size(), 1);
  expect_all_gather<int32_t>(alone, {4}, false);
  const Communicator half = world.split(world.rank() < world.size() / 2 ? 0 : 1, world.rank());
  const Communicator quarter = half.split(half.rank() < half.size() / 2 ? 0 : 1, half.rank());
  int64_t ones = 1;
  quarter.all_reduce(&ones, 1, Element::i64, Reduce::sum).wait();
  EXPECT_EQ(ones, quarter.size());
}

TEST(Comm, AGroupLivesAsLongAsItsRequests) {
  const Communicator world = Communicator::world();
  int64_t one = 1;
  CommRequest request = world.split(0, 0).all_reduce(&one, 1, Element::i64, Reduce::sum);
  request.wait();
  EXPECT_EQ(one, world.size());
}

TEST(Comm, BroadcastReachesAllFromEveryRoot) {
  const Communicator world = Communicator::world();
  for (int root = 0; root < world.size(); ++root) {
    for (const int64_t bytes : {0, 1, 100003}) {
      std::vector<uint8_t> data(bytes, static_cast<uint8_t>(world.rank() == root ? root + 1 : 0));
      world.with_piece_limit(4096).broadcast(data.data(), bytes, root);
      EXPECT_EQ(data, std::vector<uint8_t>(bytes, static_cast<uint8_t>(root + 1)));
    }
  }
}

TEST(Comm, TextOfEveryRankArrivesInOrder) {
  const Communicator world = Communicator::world();
  const auto text_of = [](int rank) {
    return rank % 3 == 1 ? std::string() : std::string(rank * 5, 'a' + rank);
  };
  const std::vector<std::string> texts = world.all_gather_text(text_of(world.rank()));
  ASSERT_EQ(std::ssize(texts), world.size());
  for (int r = 0; r < world.size(); ++r) EXPECT_EQ(texts[r], text_of(r));
}

TEST(Comm, CountsTheBytesThatMpiIsHanded) {
  // A limit below the operands: what is cut into pieces is counted piece by piece, and comes to the same.
  for (const int64_t limit : {int64_t{1} << 27, int64_t{100}}) {
    const Communicator world = Communicator::world().with_piece_limit(limit);
    const int64_t p = world.size();
    std::vector<float> data(840);
    std::vector<float> all(840 * p);
    std::vector<int64_t> counts(p, 840 / p);
    counts[0] = 840 - (p - 1) * (840 / p);
    const auto handed = [&](const auto& operation) {
      const int64_t before = world.bytes_handed();
      operation();
      return world.bytes_handed() - before;
    };
    const auto unless_alone = [&](int64_t bytes) { return p == 1 ? 0 : bytes; };
    EXPECT_EQ(handed([&] { world.all_reduce(data.data(), 840, Element::f32, Reduce::sum).wait(); }),
              unless_alone(840 * 4));
    EXPECT_EQ(handed([&] {
                world.reduce_scatter(data.data(), all.data(), counts, Element::f32, Reduce::sum).wait();
              }),
              unless_alone(840 * 4));
    EXPECT_EQ(handed([&] { world.all_gather(data.data(), all.data(), counts, Element::bf16).wait(); }),
              unless_alone(counts[world.rank()] * 2));
    EXPECT_EQ(handed([&] { world.broadcast(data.data(), 1000, 0); }),
              world.rank() == 0 ? unless_alone(1000) : 0);
    const int right = static_cast<int>((world.rank() + 1) % p);
    const int left = static_cast<int>((world.rank() + p - 1) % p);
    const Message send{right, bytes_at(data.data()), 123};
    const Message receive{left, bytes_at(all.data()), 123};
    EXPECT_EQ(handed([&] { world.exchange({&send, 1}, {&receive, 1}, 0).wait(); }), unless_alone(123));
  }
}

TEST(Comm, CountsEachGroupForItself) {
  const Communicator world = Communicator::world();
  const Communicator pair = world.split(world.rank() / 2, 0);
  const Communicator same = pair;  // a copy of the handle
  float value = 1;
  pair.all_reduce(&value, 1, Element::f32, Reduce::sum).wait();
  EXPECT_EQ(same.bytes_handed(), pair.size() == 1 ? 0 : 4);
  EXPECT_EQ(world.bytes_handed(), 0);
}

}  // namespace
}  // namespace weft
