// Of params/checkpoint_hand_in.h, params/checkpoint_snapshot.h: how copies are written and the ranks agree.
#include "weft/params/checkpoint_writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/ops/expect_error.h"
#include "weft/ops/pointwise/add.h"
#include "weft/params/checkpoint.h"
#include "weft/params/checkpoint_hand_in.h"
#include "weft/params/parameters.h"
#include "weft/plan/pipeline.h"
#include "weft/run/executor.h"
#include "weft/store/durable_file.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

/// A store with one weight of 300 numbers, which begins at 0.
class CheckpointWriterTest : public ::testing::Test {
 protected:
  CheckpointWriterTest() {
    GraphBuilder build;
    const ValueId weight = build.state("weight", {DType::f32, {300}}, {}, kParameter);
    build.output("y", add(build, weight, weight));
    DeviceRegistry devices;
    register_all_devices(devices);
    executor_ = std::make_unique<Executor>(
        make_plan(std::move(build).build(), devices.find("cpu"), {}).program, store_, Communicator::world());
    fs::create_directories(folder_);
  }
  ~CheckpointWriterTest() override { fs::remove_all(folder_); }

  void set(float value) {
    store_.write("weight", [&](const View& view) { std::fill_n(view.as<float>(), view.elems(), value); });
  }
  float in_checkpoint(int64_t step) const {
    const CheckpointReader reader(checkpoint_folder(folder_, step));
    std::vector<float> read(300);
    reader.read_region("weight", Region::all({300}),
                       {reinterpret_cast<std::byte*>(read.data()), {DType::f32, {300}}});
    EXPECT_EQ(read.front(), read.back());
    return read.front();
  }
  CheckpointWriter::Options options(bool copies, int64_t keep = 0) const { return {folder_, keep, copies}; }

  fs::path folder_ = fs::temp_directory_path() / fmt::format("weft-writer-{}", getpid());
  StateStore store_;
  std::unique_ptr<Executor> executor_;
  const Communicator world_ = Communicator::world();
};

TEST_F(CheckpointWriterTest, WritesWhatWasCopiedWhateverComesAfterwards) {
  CheckpointWriter writer(store_, world_, options(true));
  for (int64_t step = 1; step <= 5; ++step) {
    set(static_cast<float>(step));
    writer.write(step, fmt::format(R"({{"at":{}}})", step));
    set(-1);
  }
  writer.finish();
  for (int64_t step = 1; step <= 5; ++step) EXPECT_EQ(in_checkpoint(step), static_cast<float>(step));
  EXPECT_EQ(CheckpointReader(checkpoint_folder(folder_, 3)).extra_json(), R"({"at":3})");
}

TEST_F(CheckpointWriterTest, WithoutACopyTheStatesThemselvesAreWritten) {
  CheckpointWriter writer(store_, world_, options(false));
  set(7);
  writer.write(1, "{}");
  writer.finish();
  EXPECT_EQ(in_checkpoint(1), 7);
}

TEST_F(CheckpointWriterTest, KeepsTheNewestOnceTheyAreReadBack) {
  CheckpointWriter writer(store_, world_, options(true, 2));
  for (int64_t step = 1; step <= 4; ++step) {
    writer.write(step, "{}");
  }
  writer.finish();
  std::vector<int64_t> steps;
  for (const CheckpointName& name : list_checkpoints(folder_)) steps.push_back(name.step);
  EXPECT_EQ(steps, (std::vector<int64_t>{4, 3}));
}

TEST_F(CheckpointWriterTest, TheNewestCopyIsRescued) {
  std::atomic<bool> ending = false;
  CheckpointWriter::Options rescuing = options(true);
  rescuing.rescue = [&] { return ending.load(); };
  CheckpointWriter writer(store_, world_, rescuing);
  for (int64_t step = 1; step <= 3; ++step) {
    set(static_cast<float>(step));
    writer.copy(step, "{}");
  }
  set(-1);  // in the middle of a step
  EXPECT_TRUE(list_checkpoints(folder_).empty());
  ending = true;
  for (int i = 0; i < 1000 && list_checkpoints(folder_).empty(); ++i) usleep(10'000);
  EXPECT_EQ(in_checkpoint(3), 3);
  EXPECT_EQ(list_checkpoints(folder_).size(), 1U) << "once";
}

TEST_F(CheckpointWriterTest, WhatGoesWrongIsSaidLaterAndLeavesNothing) {
  const fs::path file = folder_ / "file";
  std::ofstream(file) << "no folder";
  CheckpointWriter::Options nowhere = options(true);
  nowhere.folder = file;
  CheckpointWriter writer(store_, world_, nowhere);
  writer.write(1, "{}");
  testing::expect_user_error([&] { writer.finish(); }, "could not create the folder " + file.string());
  writer.finish();  // said once
}

TEST_F(CheckpointWriterTest, WhoWaitsForTheWritingHurriesIt) {
  CheckpointWriter::Options slow = options(true, 1);
  slow.share = 1e-9;  // asleep for 100 ms after every piece, of which a checkpoint has two
  CheckpointWriter writer(store_, world_, slow);
  const auto start = std::chrono::steady_clock::now();
  constexpr int kCheckpoints = 20;
  for (int step = 1; step <= kCheckpoints; ++step) {
    writer.write(step, "{}");
    writer.finish();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200) * kCheckpoints);
}

TEST_F(CheckpointWriterTest, NotesOfAnotherAttemptAreNotRead) {
  const fs::path left = temporary_checkpoint(folder_, 1);
  fs::create_directories(left);
  std::ofstream(left / "rank-00000.written") << "deadbeef\n!the disk of an earlier run was full";
  CheckpointWriter writer(store_, world_, options(true));
  writer.write(1, "{}");
  writer.finish();
  EXPECT_EQ(in_checkpoint(1), 0);
  EXPECT_FALSE(fs::exists(left));
  EXPECT_FALSE(fs::exists(checkpoint_folder(folder_, 1) / "rank-00000.written"));
}

TEST_F(CheckpointWriterTest, PartsOfAnotherAttemptDoNoHarm) {
  const fs::path left = temporary_checkpoint(folder_, 1);
  fs::create_directories(left);
  for (const std::string& name : {shard_name(0, 1), shard_name(1, 2), std::string("index.json")})
    std::ofstream(PartFile::part_of(left / name)) << std::string(5000, 'x');
  CheckpointWriter writer(store_, world_, options(true));
  writer.write(1, "{}");
  writer.finish();
  EXPECT_EQ(in_checkpoint(1), 0);
  for (const fs::directory_entry& entry : fs::directory_iterator(checkpoint_folder(folder_, 1)))
    EXPECT_NE(entry.path().extension(), ".part") << entry.path();
}

TEST_F(CheckpointWriterTest, ARankThatIsNotToBeSeenIsNamed) {
  const fs::path temporary = temporary_checkpoint(folder_, 1);
  fs::create_directories(temporary);
  HandIn desk(temporary, "abc", 0, 2, std::chrono::seconds(0));
  testing::expect_user_error(
      [&] { desk.check_neighbour(); },
      fmt::format("checkpoint {}: nothing of rank 1 was to be seen there within 0 s; is the folder on "
                  "a disk that all hosts share?",
                  temporary.string()));
}

TEST_F(CheckpointWriterTest, AFailureOfOneRankIsToldToTheOthers) {
  const fs::path temporary = temporary_checkpoint(folder_, 1);
  HandIn first(temporary, "abc", 0, 2, std::chrono::seconds(1));
  HandIn second(temporary, "abc", 1, 2, std::chrono::seconds(1));
  second.fail("its disk is full");
  testing::expect_user_error([&] { first.check_neighbour(); }, "its disk is full");
}

TEST_F(CheckpointWriterTest, AFolderThatIsRemovedMeanwhileKeepsNobodyWaiting) {
  const fs::path temporary = temporary_checkpoint(folder_, 1);
  HandIn desk(temporary, "abc", 0, 2, std::chrono::seconds(60));
  desk.hand_in(write_shard(temporary, 0, 2, {}));
  fs::remove_all(temporary);
  testing::expect_user_error(
      [&] { desk.check_neighbour(); },
      fmt::format("checkpoint {}: its files were removed while it was written; only the run may change it",
                  temporary.string()));
}

TEST_F(CheckpointWriterTest, ARankWhoseFileGrowsIsWaitedFor) {
  const fs::path temporary = temporary_checkpoint(folder_, 1);
  fs::create_directories(temporary);
  HandIn first(temporary, "abc", 0, 2, std::chrono::seconds(1));
  HandIn second(temporary, "abc", 1, 2, std::chrono::seconds(1));
  std::thread slow([&] {
    for (int i = 0; i < 8; ++i) {  // twice as long as the patience
      std::ofstream(PartFile::part_of(temporary / shard_name(1, 2)), std::ios::app) << "more";
      usleep(250'000);
    }
    second.fail("it came so far");
  });
  testing::expect_user_error([&] { first.check_neighbour(); }, "it came so far");
  slow.join();
}

TEST_F(CheckpointWriterTest, WhatTheNeighbourReadsBackMustBeWhatWasWritten) {
  const fs::path temporary = temporary_checkpoint(folder_, 1);
  float number = 7;
  const View value{reinterpret_cast<std::byte*>(&number), {DType::f32, {1}}};
  const std::vector<TensorShard> shards{{"one", DType::f32, {1}, {{{0, 1}}}, value}};
  const ShardSummary written = write_shard(temporary, 1, 2, shards);
  HandIn first(temporary, "abc", 0, 2, std::chrono::seconds(1));
  HandIn second(temporary, "abc", 1, 2, std::chrono::seconds(1));
  second.hand_in(written);
  first.check_neighbour();
  // The disk gives back another byte.
  std::fstream file(temporary / written.file, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-1, std::ios::end);
  file.put('x');
  file.close();
  testing::expect_user_error([&] { first.check_neighbour(); }, "its checksum is ");
}

}  // namespace
}  // namespace weft
