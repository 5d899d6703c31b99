#include "weft/params/checkpoint_files.h"

#define XXH_INLINE_ALL
#include <gtest/gtest.h>
#include <unistd.h>
#include <xxhash.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tests/store/file_limit.h"
#include "weft/base/check.h"
#include "weft/params/checkpoint_index.h"
#include "weft/tensor/bits.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

/// A [7, 5] tensor whose elements count up from `first`, cut by rows over `ranks` (uneven for most), and a
/// scalar that rank 0 holds.
class CheckpointFiles : public ::testing::Test {
 protected:
  CheckpointFiles() : parent_(fs::path(::testing::TempDir()) / ("checkpoints-" + std::to_string(getpid()))) {
    fs::create_directories(parent_);
  }
  ~CheckpointFiles() override { fs::remove_all(parent_); }

  static std::vector<float> whole(float first) {
    std::vector<float> values(35);
    std::iota(values.begin(), values.end(), first);
    return values;
  }

  ShardSummary write_rank(int64_t step, int rank, int ranks, float first) {
    std::vector<float> all = whole(first);
    const Range rows = split_range(7, ranks, rank);
    std::vector<TensorShard> shards;
    const View view{reinterpret_cast<std::byte*>(all.data() + rows.begin * 5),
                    {DType::f32, {rows.size(), 5}}};
    shards.push_back({"w", DType::f32, {7, 5}, {{rows, {0, 5}}}, view});
    int64_t count = 42;
    if (rank == 0) {
      shards.push_back(
          {"count", DType::i64, {}, {}, {reinterpret_cast<std::byte*>(&count), {DType::i64, {}}}});
    }
    return write_shard(temporary_checkpoint(parent_, step), rank, ranks, shards);
  }

  fs::path write(int64_t step, int ranks, float first = 0) {
    std::vector<ShardSummary> summaries;
    for (int rank = 0; rank < ranks; ++rank) {
      summaries.push_back(ShardSummary::from_text(write_rank(step, rank, ranks, first).to_text()));
    }
    return commit_checkpoint(parent_, step, summaries, R"({"data_position": 640, "mesh": {"data": 2}})");
  }

  static std::vector<float> read(const CheckpointReader& reader, const Region& region) {
    std::vector<float> out(static_cast<size_t>(region.elems()), -1);
    reader.read_region("w", region, {reinterpret_cast<std::byte*>(out.data()), {DType::f32, region.shape()}});
    return out;
  }

  template <class Work>
  static std::string error_of(const Work& work) {
    try {
      work();
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  }

  static void flip_byte(const fs::path& path, int64_t at) {
    ASSERT_LT(at, static_cast<int64_t>(fs::file_size(path)));
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(at);
    file.put(byte);
  }

  fs::path parent_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(CheckpointFiles, NamesAreAsDocumented) {
  const fs::path folder = write(1234, 4);
  EXPECT_EQ(folder, parent_ / "step-0000001234");
  EXPECT_TRUE(fs::exists(folder / "rank-00003-of-00004.safetensors"));
  EXPECT_TRUE(fs::exists(folder / "index.json"));
  EXPECT_FALSE(fs::exists(temporary_checkpoint(parent_, 1234)));
}

TEST_F(CheckpointFiles, AnyNumberOfRanksReadsWhatAnyOtherWrote) {
  for (const int writers : {1, 2, 3, 4, 9}) {  // 9 ranks for 7 rows: two shards are empty
    const CheckpointReader reader(write(writers, writers, 100));
    EXPECT_EQ(reader.step(), writers);
    EXPECT_EQ(reader.extra_json(), R"({"data_position":640,"mesh":{"data":2}})");
    EXPECT_EQ(reader.tensors().at("w"), (TensorType{DType::f32, {7, 5}}));
    int64_t count = 0;
    reader.read_region("count", {}, {reinterpret_cast<std::byte*>(&count), {DType::i64, {}}});
    EXPECT_EQ(count, 42);
    for (const int readers : {1, 2, 3, 8}) {
      for (int rank = 0; rank < readers; ++rank) {
        // Cut along the other dimension, so that every region gathers from all shards.
        const Region region{{{0, 7}, split_range(5, readers, rank)}};
        const std::vector<float> got = read(reader, region);
        size_t at = 0;
        for (int64_t row = 0; row < 7; ++row) {
          for (int64_t column = region.ranges[1].begin; column < region.ranges[1].end; ++column) {
            EXPECT_EQ(got[at++], 100 + static_cast<float>(row * 5 + column));
          }
        }
      }
    }
  }
}

/// Rows of 5 bits begin at any bit of a byte.
TEST_F(CheckpointFiles, PackedBitsOfAnyNumberOfRanksAreReadByAnyOther) {
  const auto is_set = [](int64_t row, int64_t column) { return (row * row + column) % 3 == 1; };
  for (const int writers : {1, 2, 3, 9}) {
    std::vector<ShardSummary> summaries;
    for (int rank = 0; rank < writers; ++rank) {
      const Range rows = split_range(7, writers, rank);
      std::vector<std::byte> bits(static_cast<size_t>(bytes_of(DType::bit, rows.size() * 5)),
                                  std::byte{0xff});
      for (int64_t i = 0; i < rows.size() * 5; ++i)
        store_bit(bits.data(), i, is_set(rows.begin + i / 5, i % 5));
      const std::vector<TensorShard> shards = {
          {"mask", DType::bit, {7, 5}, {{rows, {0, 5}}}, {bits.data(), {DType::bit, {rows.size(), 5}}}}};
      summaries.push_back(write_shard(temporary_checkpoint(parent_, writers), rank, writers, shards));
    }
    const CheckpointReader reader(commit_checkpoint(parent_, writers, summaries, "{}"));
    EXPECT_EQ(reader.tensors().at("mask"), (TensorType{DType::bit, {7, 5}}));
    for (const int readers : {1, 2, 4}) {
      for (int rank = 0; rank < readers; ++rank) {
        const Region region{{{0, 7}, split_range(5, readers, rank)}};
        std::vector<std::byte> got(static_cast<size_t>(bytes_of(DType::bit, region.elems())),
                                   std::byte{0xff});
        reader.read_region("mask", region, {got.data(), {DType::bit, region.shape()}});
        int64_t at = 0;
        for (int64_t row = 0; row < 7; ++row) {
          for (int64_t column = region.ranges[1].begin; column < region.ranges[1].end; ++column) {
            EXPECT_EQ(load_bit(got.data(), at++), is_set(row, column)) << row << ", " << column;
          }
        }
      }
    }
  }
}

TEST_F(CheckpointFiles, SeveralAndOverlappingRegionsOfOneTensorInOneShard) {
  std::vector<float> all = whole(0);
  std::vector<TensorShard> shards;
  for (const Range rows : {Range{0, 4}, Range{2, 7}}) {
    shards.push_back(
        {"w",
         DType::f32,
         {7, 5},
         {{rows, {0, 5}}},
         {reinterpret_cast<std::byte*>(all.data() + rows.begin * 5), {DType::f32, {rows.size(), 5}}}});
  }
  const std::vector<ShardSummary> summaries = {write_shard(temporary_checkpoint(parent_, 1), 0, 1, shards)};
  const CheckpointReader reader(commit_checkpoint(parent_, 1, summaries, "{}"));
  EXPECT_EQ(read(reader, Region::all({7, 5})), all);
}

TEST_F(CheckpointFiles, RegionThatNoShardHoldsIsNamed) {
  std::vector<ShardSummary> summaries = {write_rank(1, 0, 3, 0), write_rank(1, 2, 3, 0)};
  const CheckpointReader reader(commit_checkpoint(parent_, 1, summaries, "{}"));
  EXPECT_TRUE(contains(error_of([&] {
                         read(reader, Region::all({7, 5}));
                       }),
                       "step-0000000001: no shard holds region [3:5, 0:5] of tensor 'w'"));
  EXPECT_EQ(read(reader, {{{5, 7}, {0, 1}}}), (std::vector<float>{25, 30}));
}

TEST_F(CheckpointFiles, WrongNameDtypeAndShapeAreNamed) {
  const CheckpointReader reader(write(1, 2));
  std::vector<double> out(40);
  const auto data = reinterpret_cast<std::byte*>(out.data());
  EXPECT_TRUE(contains(error_of([&] {
                         reader.read_region("v", {}, {data, {DType::f32, {}}});
                       }),
                       "the checkpoint holds no tensor 'v'"));
  EXPECT_TRUE(contains(error_of([&] {
                         reader.read_region("w", Region::all({7, 5}), {data, {DType::f64, {7, 5}}});
                       }),
                       "tensor 'w' is f32, expected f64"));
  EXPECT_TRUE(contains(error_of([&] {
                         reader.read_region("w", Region::all({8, 5}), {data, {DType::f32, {8, 5}}});
                       }),
                       "tensor 'w' has shape [7, 5], expected one that contains [0:8, 0:5]"));
}

TEST_F(CheckpointFiles, DamageIsFound) {
  const fs::path folder = write(1, 2);
  const fs::path shard = folder / "rank-00001-of-00002.safetensors";
  const auto bytes = static_cast<int64_t>(fs::file_size(shard));
  const auto error = [&](Verify verify = Verify::full) {
    return error_of([&] { CheckpointReader(folder, verify); });
  };

  flip_byte(shard, bytes - 1);
  EXPECT_TRUE(contains(error(), "rank-00001-of-00002.safetensors: its checksum is")) << error();
  EXPECT_EQ(error(Verify::sizes), "no error");
  flip_byte(shard, bytes - 1);
  EXPECT_EQ(error(), "no error");

  fs::resize_file(shard, static_cast<uintmax_t>(bytes - 1));
  EXPECT_TRUE(
      contains(error(Verify::sizes), fmt::format("has {} bytes, the index says {}", bytes - 1, bytes)));
  fs::remove(shard);
  EXPECT_TRUE(
      contains(error(), "rank-00001-of-00002.safetensors: cannot be read: No such file or directory"));
}

TEST_F(CheckpointFiles, DamagedIndexIsFound) {
  const fs::path index = write(1, 2) / "index.json";
  std::ifstream in(index);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  const auto error_with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    std::ofstream(index) << text;
    return error_of([&] { CheckpointReader{index.parent_path()}; });
  };
  EXPECT_TRUE(contains(error_with("640", "641"), "index.json: its checksum does not match its contents"));
  EXPECT_TRUE(
      contains(error_with("\"version\": 1", "\"version\": 2"), "its version is 2, this program reads 1"));
  EXPECT_TRUE(contains(error_with("weft-checkpoint", "x"), "its format is \"x\", expected weft-checkpoint"));
  EXPECT_TRUE(contains(error_with("\"version\"", "\"v\""), "index.json: is no index of a checkpoint"));
  EXPECT_TRUE(contains(error_with("{", ""), "index.json: is no index of a checkpoint"));
  EXPECT_EQ(
      error_with("\"step\": 1", "\"step\": 1, \"step\": 1"),
      index.string() + ": is no index of a checkpoint: its JSON says a key twice or nests more than 64 deep");
  EXPECT_TRUE(
      contains(error_with("\"checksum\": \"", "\"checksum\": \"x"), "' is not 16 hexadecimal digits"));
  for (const std::string checksum : {"0x12345678abcdef", "-123456789abcdef", " 123456789abcdef"}) {
    const std::string error =
        error_with(nlohmann::json::parse(good)["checksum"].get<std::string>(), checksum);
    EXPECT_EQ(error, index.string() + ": checksum '" + checksum + "' is not 16 hexadecimal digits");
  }
  fs::remove(index);
  EXPECT_EQ(error_of([&] { CheckpointReader{index.parent_path()}; }),
            index.string() + ": the index of a checkpoint does not exist");
}

// Whoever writes an index with the checksum that belongs to it may still write nonsense.
TEST_F(CheckpointFiles, AnIndexOfNonsenseIsFound) {
  const fs::path index = write(1, 2) / "index.json";
  const CheckpointIndex good = read_index(index.parent_path());
  const auto error_with = [&](const std::function<void(CheckpointIndex&)>& change) {
    CheckpointIndex made = good;
    change(made);
    std::ofstream(index) << index_text(made);
    return error_of([&] { CheckpointReader{index.parent_path()}; });
  };
  EXPECT_TRUE(contains(error_with([](CheckpointIndex& made) { made.shards[0].file = "../rank"; }),
                       "index.json: shard '../rank' lies outside of the checkpoint"));
  const std::string outside = error_with([](CheckpointIndex& made) {
    for (StoredPart& part : made.shards[0].parts) {
      for (Range& range : part.region.ranges) range.end += 1000;
    }
  });
  EXPECT_TRUE(contains(outside, "' does not lie in ")) << outside;
}

TEST_F(CheckpointFiles, AnIndexOfOtherTensorsIsFound) {
  const fs::path index = write(1, 2) / "index.json";
  std::ifstream in(index);
  const auto good = nlohmann::json::parse(in);
  const auto error_with = [&](const std::function<void(nlohmann::json&)>& change) {
    nlohmann::json made = good;
    made.erase("checksum");
    change(made["tensors"]["w"]);
    const std::string text = made.dump();
    made["checksum"] = fmt::format("{:016x}", XXH64(text.data(), text.size(), 0));
    std::ofstream(index) << made.dump();
    return error_of([&] { CheckpointReader{index.parent_path()}; });
  };
  EXPECT_EQ(error_with([](nlohmann::json&) {}), "no error");
  EXPECT_EQ(error_with([](nlohmann::json& tensor) { tensor["dtype"] = "f16"; }),
            index.string() + ": tensor 'w' has the unknown dtype 'f16'");
  EXPECT_EQ(error_with([](nlohmann::json& tensor) { tensor["parts"][1]["file"] = "rank-7"; }),
            index.string() + ": tensor 'w' lies in \"rank-7\", which is no shard of the checkpoint");
}

TEST_F(CheckpointFiles, ListIsNewestFirstAndIgnoresUnfinishedAndForeignNames) {
  for (const int64_t step : {5, 100, 20}) write(step, 1);
  write_rank(200, 0, 1, 0);  // never committed
  fs::create_directories(parent_ / "step-x");
  std::ofstream(parent_ / "step-0000000300") << "a file";
  std::vector<int64_t> steps;
  for (const CheckpointName& checkpoint : list_checkpoints(parent_)) steps.push_back(checkpoint.step);
  EXPECT_EQ(steps, (std::vector<int64_t>{100, 20, 5}));
  EXPECT_TRUE(list_checkpoints(parent_ / "absent").empty());
  std::ofstream(parent_ / "file") << "x";
  const std::string file = (parent_ / "file").string();
  EXPECT_EQ(error_of([&] { list_checkpoints(file); }),
            file + ": the checkpoints cannot be listed: Not a directory");
}

TEST_F(CheckpointFiles, PruneKeepsTheNewestAndRemovesOldUnfinishedOnes) {
  for (const int64_t step : {1, 2, 3, 4}) write(step, 2);
  write_rank(3, 0, 1, 0);
  write_rank(9, 0, 1, 0);  // under way
  prune_checkpoints(parent_, 2);
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(parent_)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"step-0000000003", "step-0000000004", "step-0000000009.tmp"}));
}

TEST_F(CheckpointFiles, SameStepAgainReplacesAndDropsFilesOfAnotherNumberOfRanks) {
  write(7, 4, 0);
  write_rank(7, 2, 3, 500);  // an attempt that died
  const fs::path folder = write(7, 2, 1000);
  EXPECT_EQ(read(CheckpointReader(folder), {{{6, 7}, {4, 5}}}), (std::vector<float>{1034}));
  int64_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder)) ++files;
  EXPECT_EQ(files, 3);
  EXPECT_FALSE(fs::exists(temporary_checkpoint(parent_, 7)));
}

TEST_F(CheckpointFiles, NewestGoodFallsBackAndSaysSo) {
  std::vector<std::string> warnings;
  const auto warn = [&](const std::string& text) { warnings.push_back(text); };
  EXPECT_FALSE(open_newest_good(parent_, warn).has_value());
  const fs::path first = write(1, 2);
  const fs::path second = write(2, 2);
  EXPECT_EQ(open_newest_good(parent_, warn)->folder(), second);
  EXPECT_TRUE(warnings.empty());

  flip_byte(second / "rank-00000-of-00002.safetensors", 150);
  EXPECT_EQ(open_newest_good(parent_, warn)->folder(), first);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(contains(warnings[0], "step-0000000002 cannot be used, trying the one before it: "));

  fs::remove(first / "index.json");
  EXPECT_TRUE(contains(error_of([&] { open_newest_good(parent_, warn); }),
                       ": none of its 2 checkpoints can be used"));
}

TEST_F(CheckpointFiles, FullDiskDuringAShardRemovesTheUnfinishedAndKeepsTheEarlier) {
  write(1, 1);
  const fs::path temporary = temporary_checkpoint(parent_, 2);
  fs::create_directories(temporary);
  fs::create_symlink("/dev/full", PartFile::part_of(temporary / "rank-00000-of-00001.safetensors"));
  const std::string error = error_of([&] { write_rank(2, 0, 1, 0); });
  EXPECT_TRUE(contains(error, "could not write " + (temporary / "rank-00000-of-00001.safetensors").string() +
                                  ": No space left on device ("))
      << error;
  EXPECT_TRUE(contains(error, "MiB free there)")) << error;
  EXPECT_FALSE(fs::exists(temporary));
  EXPECT_EQ(list_checkpoints(parent_).front().step, 1);
}

TEST_F(CheckpointFiles, FullDiskDuringTheIndexRemovesTheUnfinished) {
  const std::vector<ShardSummary> summaries = {write_rank(2, 0, 1, 0)};
  const fs::path temporary = temporary_checkpoint(parent_, 2);
  const testing::FileLimit full(20);
  const std::string error = error_of([&] { commit_checkpoint(parent_, 2, summaries, "{}"); });
  EXPECT_TRUE(contains(error, "index.json: File too large")) << error;
  EXPECT_FALSE(fs::exists(temporary));
  EXPECT_TRUE(list_checkpoints(parent_).empty());
}

TEST_F(CheckpointFiles, AWriteCutShortInTheMiddleOfAShardIsAnError) {
  // A limit on file size cuts the third piece of 8 MiB short, as a disk that fills up does.
  std::vector<float> large(size_t{6} << 20);
  const int64_t elems = static_cast<int64_t>(large.size());
  const std::vector<TensorShard> shards = {
      {"w",
       DType::f32,
       {elems},
       Region::all({elems}),
       {reinterpret_cast<std::byte*>(large.data()), {DType::f32, {elems}}}}};
  const testing::FileLimit limit(rlim_t{20} << 20);
  const fs::path temporary = temporary_checkpoint(parent_, 3);
  const std::string error = error_of([&] { write_shard(temporary, 0, 1, shards); });
  EXPECT_TRUE(contains(error, "rank-00000-of-00001.safetensors: File too large")) << error;
  EXPECT_FALSE(fs::exists(temporary));
}

TEST_F(CheckpointFiles, MalformedTextIsRefused) {
  EXPECT_TRUE(contains(error_of([] { ShardSummary::from_text("{}"); }),
                       "the summary of a checkpoint shard is malformed"));
  // A commit that fails leaves no shard.
  const auto error_with = [&](const std::string& extra) {
    const std::vector<ShardSummary> summaries = {write_rank(2, 0, 1, 0)};
    return error_of([&] { commit_checkpoint(parent_, 2, summaries, extra); });
  };
  EXPECT_TRUE(
      contains(error_with("[1]"), "the extra state of a checkpoint is a JSON array, expected an object"));
  EXPECT_TRUE(contains(error_with("{"), "the extra state of a checkpoint is not valid JSON: "));
}

TEST_F(CheckpointFiles, ShardsThatDisagreeAreABug) {
  std::vector<ShardSummary> summaries = {write_rank(2, 0, 2, 0), write_rank(2, 1, 2, 0)};
  summaries[1].parts[0].global.shape = {8, 5};
  EXPECT_THROW(commit_checkpoint(parent_, 2, summaries, "{}"), InternalError);
}

}  // namespace
}  // namespace weft
