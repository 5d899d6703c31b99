// The single process: every operation is local and MPI is not touched. tests/mpi holds the rest.
#include "weft/comm/communicator.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "weft/base/check.h"

namespace weft {
namespace {

std::byte* bytes_at(void* data) { return static_cast<std::byte*>(data); }

template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const InternalError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(SingleProcess, IsAWorldOfOne) {
  const CommSession session(nullptr, nullptr);
  const Communicator world = Communicator::world();
  EXPECT_EQ(world.rank(), 0);
  EXPECT_EQ(world.size(), 1);
  const Communicator group = world.split(5, -3);
  EXPECT_EQ(group.rank(), 0);
  EXPECT_EQ(group.size(), 1);
  world.barrier();
}

TEST(SingleProcess, CollectivesKeepOrCopyTheData) {
  const Communicator world = Communicator::world();
  std::vector<float> data = {1, 2, 3};
  world.all_reduce(data.data(), 3, Element::f32, Reduce::sum).wait();
  EXPECT_EQ(data, (std::vector<float>{1, 2, 3}));
  const std::array<int64_t, 1> counts = {3};
  std::vector<float> received(3);
  EXPECT_TRUE(world.reduce_scatter(data.data(), received.data(), counts, Element::f32, Reduce::max).test());
  EXPECT_EQ(received, data);
  received.assign(3, 0);
  world.all_gather(data.data(), received.data(), counts, Element::f32).wait();
  EXPECT_EQ(received, data);
  world.all_gather(data.data(), data.data(), counts, Element::f32).wait();
  EXPECT_EQ(received, data);
  world.broadcast(data.data(), 12, 0);
  EXPECT_EQ(received, data);
  EXPECT_EQ(world.all_gather_text("one"), std::vector<std::string>{"one"});
}

TEST(SingleProcess, ExchangeWithItselfMatchesInOrder) {
  const Communicator world = Communicator::world();
  std::array<int32_t, 3> out = {1, 2, 3};
  std::array<int32_t, 3> in = {0, 0, 0};
  const std::vector<Message> sends = {
      {0, bytes_at(&out[0]), 4}, {0, bytes_at(&out[1]), 0}, {0, bytes_at(&out[2]), 4}};
  const std::vector<Message> receives = {
      {0, bytes_at(&in[0]), 0}, {0, bytes_at(&in[1]), 4}, {0, bytes_at(&in[2]), 4}};
  world.exchange(sends, receives, 0).wait();
  EXPECT_EQ(in, (std::array<int32_t, 3>{0, 1, 3}));
}

TEST(SingleProcess, ExchangeThatDoesNotMatchIsAnError) {
  const Communicator world = Communicator::world();
  std::array<std::byte, 8> data{};
  const Message eight{0, data.data(), 8};
  const Message four{0, data.data(), 4};
  const Message stranger{1, data.data(), 4};
  const Message negative{0, data.data(), -1};
  expect_contains(message_of([&] {
                    world.exchange({&eight, 1}, {}, 0);
                  }),
                  "rank 0 sends itself 8 bytes that it does not receive");
  expect_contains(message_of([&] {
                    world.exchange({}, {&eight, 1}, 0);
                  }),
                  "rank 0 expects 8 bytes from itself that it does not send");
  expect_contains(message_of([&] {
                    world.exchange({&eight, 1}, {&four, 1}, 0);
                  }),
                  "rank 0 sends itself 8 bytes where it expects 4");
  expect_contains(message_of([&] { world.exchange({&stranger, 1}, {}, 0); }), "a message names rank 1 of 1");
  expect_contains(message_of([&] { world.exchange({}, {&negative, 1}, 0); }), "a message has -1 bytes");
}

TEST(SingleProcess, BadArgumentsAreErrors) {
  const Communicator world = Communicator::world();
  float data = 0;
  float other = 0;
  const std::array<int64_t, 2> two = {1, 1};
  const std::array<int64_t, 1> negative = {-1};
  expect_contains(message_of([&] { world.all_reduce(&data, -1, Element::f32, Reduce::sum); }),
                  "all_reduce got the count -1");
  expect_contains(message_of([&] { world.reduce_scatter(&data, &other, two, Element::f32, Reduce::sum); }),
                  "reduce_scatter got 2 counts for 1 ranks");
  expect_contains(message_of([&] { world.all_gather(&data, &other, negative, Element::f32); }),
                  "all_gather got the count -1");
  expect_contains(message_of([&] { world.broadcast(&data, 4, 1); }), "broadcast names rank 1 of 1");
  expect_contains(message_of([&] { world.broadcast(&data, -4, 0); }), "broadcast got -4 bytes");
  expect_contains(message_of([&] { static_cast<void>(world.split(-1, 0)); }), "split got the color -1");
  expect_contains(message_of([&] { static_cast<void>(world.with_piece_limit(0)); }),
                  "the piece limit 0 is not in [1, 134217728]");
}

TEST(SingleProcess, HandsNoBytesToMpi) {
  const Communicator world = Communicator::world();
  std::vector<float> data(10);
  world.all_reduce(data.data(), 10, Element::f32, Reduce::sum).wait();
  const Message message{0, bytes_at(data.data()), 40};
  world.exchange({&message, 1}, {&message, 1}, 0).wait();
  EXPECT_EQ(world.bytes_handed(), 0);
}

TEST(SingleProcess, AbortLeavesWithTheCode) {
  EXPECT_EXIT(Communicator::abort_job(7), testing::ExitedWithCode(7), "");
}

TEST(Launched, WorldNeedsASession) {
  ASSERT_EQ(setenv("OMPI_COMM_WORLD_SIZE", "4", 1), 0);
  expect_contains(message_of([] { Communicator::world(); }),
                  "Communicator::world() without a CommSession in a job of several ranks");
  unsetenv("OMPI_COMM_WORLD_SIZE");
}

TEST(Launched, AForeignLauncherIsNamedAsTheProblem) {
  // In a child process: MPI can be started only once in a process.
  const auto start_alone = [] {
    setenv("SLURM_STEP_NUM_TASKS", "4", 1);
    try {
      const CommSession session(nullptr, nullptr);
    } catch (const UserError& error) {
      std::fputs(error.what(), stderr);
      std::_Exit(2);
    }
    std::_Exit(0);
  };
  EXPECT_EXIT(start_alone(), testing::ExitedWithCode(2),
              "the launcher started 4 processes, but each is alone to MPI");
}

}  // namespace
}  // namespace weft
