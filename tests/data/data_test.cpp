// Of data/text/text_batches.h, data/load/streamed_batches.h, data/load/batch_ring.h,
// data/decode/image_statistics.h: text and image batches: any region alone equals its part of the whole;
// every epoch has each image once.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <set>

#include "tests/ops/expect_error.h"
#include "weft/base/threads.h"
#include "weft/data/decode/image_statistics.h"
#include "weft/data/load/image_form.h"
#include "weft/data/load/streamed_batches.h"
#include "weft/data/source/open_source.h"
#include "weft/data/text/text_batches.h"
#include "weft/data/text/token_file.h"

namespace weft {
namespace {

namespace fs = std::filesystem;
using testing::message_of;

class DataTest : public ::testing::Test {
 protected:
  DataTest()
      : folder_(fs::temp_directory_path() /
                fmt::format("weft-data-{}-{}", getpid(),
                            ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
  }
  ~DataTest() override { fs::remove_all(folder_); }

  void write_jpeg(const fs::path& path, int width, int height, int shade) const {
    fs::create_directories(path.parent_path());
    std::vector<unsigned char> pixels(static_cast<size_t>(width * height * 3));
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<unsigned char>((shade * 37 + i) % 256);
    tjhandle handle = tjInitCompress();
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    tjCompress2(handle, pixels.data(), width, 0, height, TJPF_RGB, &bytes, &size, TJSAMP_444, 95, 0);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<char*>(bytes), static_cast<std::streamsize>(size));
    tjFree(bytes);
    tjDestroy(handle);
  }

  fs::path folder_;
};

TEST_F(DataTest, ATextOfOneWindowHasATokenMore) {
  const auto tokens = std::make_shared<Tokens>(Tokens(11, 3));
  const TextOptions enough{2, 10, 1};
  EXPECT_EQ(TextEvaluation(tokens, enough).batches(), 1);
  TextBatches(tokens, enough);
  TextOptions more{2, 11, 1};
  EXPECT_EQ(message_of([&] { TextBatches(tokens, more); }),
            "data.path: 11 tokens are too few for windows of data.context=11 and one more; expected more "
            "text, or a shorter context");
  more.key = "data.validation";
  EXPECT_EQ(message_of([&] { TextEvaluation(tokens, more); }),
            "data.validation: 11 tokens are too few for windows of data.context=11 and one more; expected "
            "more text, or a shorter context");
}

TEST_F(DataTest, AStepHasTheSameWindowsHoweverItIsSplit) {
  Tokens counted(100);
  std::iota(counted.begin(), counted.end(), 0);
  const auto tokens = std::make_shared<Tokens>(counted);
  const auto rows_of = [&](int64_t parts) {
    TextOptions options{6 / parts, 4, 1};
    options.group = parts;
    TextBatches batches(tokens, options);
    std::vector<int32_t> all;
    for (int64_t number = 0; number < 3 * parts; ++number) {
      const Region whole = Region::all({options.batch, options.context});
      std::vector<int32_t> input(static_cast<size_t>(whole.elems()));
      std::vector<int32_t> target(input.size());
      const TensorType type{DType::i32, whole.shape()};
      batches.fill(number,
                   std::vector<View>{{reinterpret_cast<std::byte*>(input.data()), type},
                                     {reinterpret_cast<std::byte*>(target.data()), type}},
                   std::vector{whole, whole});
      all.insert(all.end(), input.begin(), input.end());
    }
    return all;
  };
  EXPECT_EQ(rows_of(2), rows_of(1));
  EXPECT_EQ(rows_of(6), rows_of(1));
}

TEST_F(DataTest, AnyRegionOfATextBatchIsItsPartOfTheWhole) {
  auto tokens = std::make_shared<Tokens>();
  for (int32_t i = 0; i < 1000; ++i) tokens->push_back(i % 251);
  TextBatches batches(tokens, {5, 8, 11});
  const TensorType type{DType::i32, {5, 8}};
  std::vector<int32_t> whole(40), targets(40);
  const auto view = [](std::vector<int32_t>& data, const Region& region) {
    return View{reinterpret_cast<std::byte*>(data.data()), {DType::i32, region.shape()}};
  };
  const Region all = Region::all(type.shape);
  batches.fill(7, std::vector{view(whole, all), view(targets, all)}, std::vector{all, all});
  for (size_t i = 0; i + 1 < 8; ++i) EXPECT_EQ(whole[i + 1], targets[i]);
  Region part = all;
  part.ranges[0] = {1, 4};
  part.ranges[1] = {3, 8};
  std::vector<int32_t> tokens_part(15), targets_part(15);
  batches.fill(7, std::vector{view(tokens_part, part), view(targets_part, part)}, std::vector{part, part});
  for (int64_t r = 0; r < 3; ++r) {
    for (int64_t c = 0; c < 5; ++c) {
      EXPECT_EQ(tokens_part[static_cast<size_t>(r * 5 + c)], whole[static_cast<size_t>((r + 1) * 8 + c + 3)]);
      EXPECT_EQ(targets_part[static_cast<size_t>(r * 5 + c)],
                targets[static_cast<size_t>((r + 1) * 8 + c + 3)]);
    }
  }
}

TEST_F(DataTest, EvaluationCoversEveryWindowOnce) {
  auto tokens = std::make_shared<Tokens>();
  for (int32_t i = 0; i < 101; ++i) tokens->push_back(i);
  TextEvaluation evaluation(tokens, {4, 10, 0});
  const Region all = Region::all({4, 10});
  std::multiset<int32_t> seen;
  for (int64_t b = 0; b < evaluation.batches(); ++b) {
    std::vector<int32_t> in(40), target(40);
    evaluation.fill(b,
                    std::vector{View{reinterpret_cast<std::byte*>(in.data()), {DType::i32, {4, 10}}},
                                View{reinterpret_cast<std::byte*>(target.data()), {DType::i32, {4, 10}}}},
                    std::vector{all, all});
    for (const int32_t t : target) {
      if (t >= 0) seen.insert(t);
    }
  }
  EXPECT_EQ(seen.size(), 100U);
  for (int32_t i = 1; i <= 100; ++i) EXPECT_EQ(seen.count(i), 1U);
}

TEST_F(DataTest, TokenFilesRoundTripAndRefuseWhatTheyAreNot) {
  write_token_file(folder_ / "a.tokens", std::vector<int32_t>{1, 2, 65535});
  std::ifstream file(folder_ / "a.tokens", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(parse_token_file(std::as_bytes(std::span(bytes)), "a"), (std::vector<int32_t>{1, 2, 65535}));
  const std::string cut = bytes.substr(0, bytes.size() - 1);
  EXPECT_EQ(message_of([&] { parse_token_file(std::as_bytes(std::span(cut)), "a"); }),
            "a: the header promises 3 tokens and the file has 5 bytes for them");
  const std::string other = "hello";
  EXPECT_EQ(message_of([&] { parse_token_file(std::as_bytes(std::span(other)), "b"); }),
            "b: this is no token file of Weft's (it does not start with WEFTTOK)");
}

/// The batches of a tree of small JPEGs.
class Images {
 public:
  Images(const fs::path& folder, int workers, const Region& region)
      : region_(region), source_(open_source({.path = folder, .split = "train"}).source) {
    StreamedBatchesOptions options;
    options.source = source_;
    ImageTransform transform;
    transform.height = 5;
    transform.width = 6;
    transform.crop = ImageTransform::Crop::padded;
    transform.mirror = true;
    options.form = std::make_shared<ImageForm>(source_, transform, 3);
    options.batch = 5;
    options.seed = 3;
    options.shuffle = true;
    options.memory_bytes = 1 << 20;
    options.workers = workers;
    batches_.emplace(std::move(options));
  }

  std::vector<float> fill(int64_t number) {
    std::vector<float> pixels(static_cast<size_t>(region_.elems()));
    labels.resize(5);
    batches_->fill(
        number,
        std::vector{View{reinterpret_cast<std::byte*>(pixels.data()), {DType::f32, region_.shape()}},
                    View{reinterpret_cast<std::byte*>(labels.data()), {DType::i32, {5}}}},
        std::vector{region_, Region::all({5})});
    return pixels;
  }
  /// The same batch, where the ring has it.
  std::vector<float> lend(int64_t number) {
    std::vector<View> views{{nullptr, {DType::f32, region_.shape()}}, {nullptr, {DType::i32, {5}}}};
    EXPECT_TRUE(batches_->lend(number, views, std::vector{region_, Region::all({5})}));
    labels.assign(views[1].as<int32_t>(), views[1].as<int32_t>() + 5);
    return {views[0].as<float>(), views[0].as<float>() + region_.elems()};
  }
  StreamedBatches& batches() { return *batches_; }
  const Source& source() const { return *source_; }

  std::vector<int32_t> labels;

 private:
  Region region_;
  std::shared_ptr<const Source> source_;
  std::optional<StreamedBatches> batches_;
};

TEST_F(DataTest, AnyRegionOfImagesIsItsPartWhateverTheThreads) {
  for (int i = 0; i < 11; ++i)
    write_jpeg(folder_ / (i % 2 ? "cat" : "ant") / fmt::format("{:02}.jpg", i), 6, 5, i);
  const Region all = Region::all({5, 5, 6, 3});
  Images whole(folder_, 1, all);
  EXPECT_EQ(whole.batches().batches(), 2);
  Region below = all;
  below.ranges[1] = {2, 5};
  Images part(folder_, 2, below);
  Images again(folder_, 3, all);
  for (const int64_t number : {0, 1, 2, 7, 3}) {  // in order, ahead, and back
    const std::vector<float> expected = whole.fill(number);
    const std::vector<float> lower = part.fill(number);
    EXPECT_EQ(again.fill(number), expected);
    EXPECT_EQ(again.labels, whole.labels);
    EXPECT_EQ(again.lend(number), expected) << "begins anew at the same batch";
    EXPECT_EQ(again.labels, whole.labels);
    for (size_t n = 0; n < 5; ++n) {
      for (size_t i = 0; i < 54; ++i) EXPECT_EQ(lower[n * 54 + i], expected[n * 90 + 36 + i]);
    }
  }
  EXPECT_NE(whole.fill(0), whole.fill(2)) << "another epoch, another order";
}

TEST_F(DataTest, StatisticsAreThoseOfAllPixels) {
  write_jpeg(folder_ / "a" / "1.jpg", 16, 16, 1);
  write_jpeg(folder_ / "a" / "2.jpg", 16, 16, 2);
  const auto source = open_source({.path = folder_}).source;
  const ImageStatistics statistics = image_statistics(*source, 1, Communicator::world());
  for (size_t c = 0; c < 3; ++c) {
    // The pixels of write_jpeg are near uniform over a byte.
    EXPECT_NEAR(statistics.mean[c], 0.5, 0.1);
    EXPECT_NEAR(statistics.deviation[c], 0.29, 0.05);
  }
}

TEST_F(DataTest, BadImagesAreNamed) {
  for (int i = 0; i < 5; ++i) write_jpeg(folder_ / "a" / fmt::format("{}.jpg", i), 6, 5, 1);
  const auto fill_all = [&] {
    Images images(folder_, 1, Region::all({5, 5, 6, 3}));
    for (int64_t number = 0; number < 20; ++number) images.fill(number);
  };
  EXPECT_EQ(message_of(fill_all), "");
  std::ofstream(folder_ / "a" / "5.jpg") << "no image";
  EXPECT_NE(message_of(fill_all).find("5.jpg"), std::string::npos) << message_of(fill_all);
}

}  // namespace
}  // namespace weft
