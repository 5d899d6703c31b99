// Of data/tier/memory_tier.h, data/tier/directory_tier.h: what any tier promises.
#include "weft/data/tier/tier.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>

#include "weft/base/check.h"
#include "weft/data/tier/directory_tier.h"
#include "weft/data/tier/memory_tier.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

std::vector<std::byte> content_of(RecordId record, int64_t bytes) {
  std::mt19937_64 random(static_cast<uint64_t>(record));
  std::vector<std::byte> content(static_cast<size_t>(bytes));
  for (std::byte& b : content) b = static_cast<std::byte>(random());
  return content;
}

/// Waits for writes, then reads as a fetcher would; nothing: the tier has given the record up.
std::optional<std::vector<std::byte>> read_back(Tier& tier, AsyncReader& reader, RecordId record) {
  std::optional<Tier::Stored> stored = tier.find(record);
  while (!stored && tier.holds(record)) {
    tier.progress();
    stored = tier.find(record);
  }
  if (!stored) return std::nullopt;
  std::vector<std::byte> bytes(static_cast<size_t>(stored->bytes));
  if (stored->memory != nullptr) {
    if (!bytes.empty()) std::memcpy(bytes.data(), stored->memory, bytes.size());
  } else {
    ReadTask task = stored->read;
    task.into = bytes.data();
    reader.submit(task);
    std::vector<ReadResult> done;
    while (reader.pending() > 0) reader.collect(done, 1000);
    EXPECT_EQ(done.at(0).error, 0);
    EXPECT_EQ(done.at(0).bytes, stored->bytes);
  }
  EXPECT_EQ(record_checksum(bytes), stored->checksum);
  return bytes;
}

bool put(Tier& tier, RecordId record, int64_t bytes) {
  const std::vector<std::byte> content = content_of(record, bytes);
  return tier.put(record, content, record_checksum(content));
}

class Tiers : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string pattern = fs::temp_directory_path() / "weft-tier-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::unique_ptr<Tier> tier(int64_t bytes) {
    if (GetParam() == "memory") return make_memory_tier(bytes);
    return make_directory_tier({.directory = folder_, .bytes = bytes, .key = 1});
  }
  fs::path folder_;
};

std::string parameter_name(const testing::TestParamInfo<std::string>& info) { return info.param; }

}  // namespace

TEST_P(Tiers, AgreeWithAMap) {
  constexpr int64_t kCapacity = 300'000;
  const auto t = tier(kCapacity);
  const auto reader = make_async_reader(4);
  std::map<RecordId, std::vector<std::byte>> model;
  std::mt19937 random(3);
  int refused = 0;
  for (int i = 0; i < 6000; ++i) {
    const RecordId record = random() % 60;
    const int64_t bytes = random() % 20 == 0 ? 0 : random() % 15'000;
    switch (random() % 4) {
      case 0:
      case 1:
        if (const bool held = model.contains(record); put(*t, record, bytes)) {
          if (!held) model[record] = content_of(record, bytes);
        } else {
          // Only for want of space.
          ASSERT_FALSE(held);
          ASSERT_GT(t->used() + bytes, kCapacity / 2);
          ++refused;
        }
        break;
      case 2:
        t->drop(record);
        model.erase(record);
        break;
      default: {
        const auto got = read_back(*t, *reader, record);
        ASSERT_EQ(got.has_value(), model.contains(record));
        if (got) {
          ASSERT_EQ(*got, model[record]);
        }
      }
    }
    ASSERT_EQ(t->holds(record), model.contains(record));
    ASSERT_LE(t->used(), t->capacity());
    ASSERT_EQ(t->trouble(), "");
  }
  EXPECT_GT(refused, 10);
  EXPECT_LT(refused, 2000);
  for (const auto& [record, content] : model) EXPECT_EQ(read_back(*t, *reader, record), content);
}

TEST_P(Tiers, CountRealBytes) {
  const auto t = tier(10'000);
  EXPECT_EQ(t->used(), 0);
  EXPECT_EQ(t->capacity() / 64, 10'000 / 64);
  ASSERT_TRUE(put(*t, 1, 1000));
  EXPECT_GE(t->used(), 1000);
  EXPECT_LE(t->used(), 1000 + 64 + 64);
  EXPECT_FALSE(put(*t, 2, 10'000));
  EXPECT_FALSE(t->holds(2));
  t->drop(1);
  t->drop(1);
  while (t->used() > 0) t->progress();  // the write that was under way
  EXPECT_FALSE(t->find(1));
  EXPECT_FALSE(t->find(77));
}

TEST_P(Tiers, MayHaveNoSpaceAtAll) {
  const auto t = tier(0);
  EXPECT_FALSE(put(*t, 1, 1));
  EXPECT_FALSE(put(*t, 1, 0));
  EXPECT_EQ(t->capacity(), 0);
  EXPECT_EQ(t->trouble(), "");
}

INSTANTIATE_TEST_SUITE_P(Tier, Tiers, testing::Values("memory", "directory"), parameter_name);

TEST(MemoryTier, RefusesMoreThanTheMachineHas) {
  try {
    make_memory_tier(int64_t{1} << 60);
    FAIL();
  } catch (const UserError& error) {
    const std::string said = error.what();
    EXPECT_TRUE(said.starts_with("the memory tier: 1048576 TiB were asked for, expected at most the "))
        << said;
    EXPECT_TRUE(said.ends_with("iB that this machine has")) << said;
  }
}

// Pages are taken once: what the process has in memory does not grow from epoch to epoch.
TEST(MemoryTier, StaysFlatForAHundredEpochs) {
  const auto resident = [] {
    std::ifstream file("/proc/self/statm");
    int64_t all = 0;
    int64_t here = 0;
    file >> all >> here;
    return here * 4096;
  };
  constexpr int64_t kCapacity = int64_t{16} << 20;
  const auto t = make_memory_tier(kCapacity);
  const std::vector<std::byte> content(60'000, std::byte{1});
  std::mt19937 random(4);
  int64_t after_ten = 0;
  for (int epoch = 0; epoch < 100; ++epoch) {
    for (RecordId record = 0; record < 500; ++record) {
      if (random() % 3 == 0) t->drop(static_cast<RecordId>(random() % 500));
      t->put(record, std::span(content).first(100 + random() % 59'900), 0);
    }
    if (epoch == 10) after_ten = resident();
  }
  EXPECT_GT(t->used(), kCapacity / 2);
  // Of other things in this process; the tier alone would have put by 90 times 10 MB.
  EXPECT_LT(resident(), after_ten + kCapacity + (int64_t{4} << 20));
}

}  // namespace weft
