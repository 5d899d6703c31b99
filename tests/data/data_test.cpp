// Text and image batches: any region alone equals its part of the whole; every epoch has each image once.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/data/image_batches.h"
#include "weft/data/text_batches.h"
#include "weft/data/token_file.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

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

  std::string message_of(const std::function<void()>& body) const {
    try {
      body();
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  }

  fs::path folder_;
};

TEST_F(DataTest, AnyRegionOfATextBatchIsItsPartOfTheWhole) {
  auto tokens = std::make_shared<Tokens>();
  for (int32_t i = 0; i < 1000; ++i) tokens->push_back(i % 251);
  const TextBatches batches(tokens, {5, 8, 11});
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
  const TextEvaluation evaluation(tokens, {4, 10, 0});
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
            "b: this is no token file of Weft's (it does not start with WEFTTOK1)");
}

TEST_F(DataTest, CorpusReadsEachRealFileOnceAndSaysWhatIsMissing) {
  std::ofstream(folder_ / "b.txt") << "world";
  std::ofstream(folder_ / "a.txt") << "hello ";
  fs::create_symlink(folder_ / "a.txt", folder_ / "c.txt");
  std::ofstream(folder_ / "z.bin") << std::string("\0\1", 2);
  const auto tokenizer = make_tokenizer("bytes");
  EXPECT_EQ(tokenizer->decode(read_corpus(folder_, *tokenizer)), "hello world");
  EXPECT_EQ(message_of([&] { read_corpus("/no/such", *tokenizer); }), "data.path: /no/such does not exist");
  fs::create_directories(folder_ / "empty");
  EXPECT_EQ(message_of([&] { read_corpus(folder_ / "empty", *tokenizer); }),
            "data.path: " + (folder_ / "empty").string() + " holds no text");
  EXPECT_EQ(message_of([&] { make_tokenizer("/no/model"); }), "data.tokenizer: /no/model is no file");
}

TEST_F(DataTest, ImagesAreShuffledOnceAnEpochAndAnyRegionIsItsPart) {
  for (int i = 0; i < 11; ++i)
    write_jpeg(folder_ / (i % 2 ? "cat" : "ant") / fmt::format("{:02}.jpg", i), 6, 5, i);
  const auto images = std::make_shared<const ImageFolder>(folder_, "train", nullptr);
  EXPECT_EQ(images->classes(), (std::vector<std::string>{"ant", "cat"}));
  ImageOptions options{
      .batch = 5, .seed = 3, .shuffle = true, .augment = true, .statistics = images->statistics()};
  const ImageBatches batches(images, options);
  const Region all = Region::all({5, 5, 6, 3});
  const Region rows = Region::all({5});
  const auto fill = [&](int64_t number, const Region& region, std::vector<float>& pixels) {
    pixels.resize(static_cast<size_t>(region.elems()));
    std::vector<int32_t> labels(5);
    batches.fill(number,
                 std::vector{View{reinterpret_cast<std::byte*>(pixels.data()), {DType::f32, region.shape()}},
                             View{reinterpret_cast<std::byte*>(labels.data()), {DType::i32, {5}}}},
                 std::vector{region, rows});
  };
  std::vector<float> whole, part, again;
  fill(3, all, whole);
  Region lower = all;
  lower.ranges[1] = {2, 5};
  fill(3, lower, part);
  for (int64_t n = 0; n < 5; ++n) {
    for (int64_t i = 0; i < 54; ++i) {
      EXPECT_EQ(part[static_cast<size_t>(n * 54 + i)], whole[static_cast<size_t>(n * 90 + 36 + i)]);
    }
  }
  const int before = threads();
  set_threads(1);
  fill(3, all, again);
  set_threads(before);
  EXPECT_EQ(whole, again);
}

TEST_F(DataTest, BadImagesAreNamed) {
  write_jpeg(folder_ / "a" / "1.jpg", 6, 5, 1);
  write_jpeg(folder_ / "a" / "2.jpg", 7, 5, 1);
  EXPECT_EQ(message_of([&] { ImageFolder(folder_, "train", nullptr); }),
            "data.path: " + (folder_ / "a/2.jpg").string() + " is 7x5, and the images before it are 6x5");
  std::ofstream(folder_ / "a" / "2.jpg") << "no image";
  EXPECT_NE(message_of([&] { ImageFolder(folder_, "train", nullptr); }).find("2.jpg is no JPEG image"),
            std::string::npos);
  EXPECT_EQ(message_of([&] { ImageFolder("/no/such", "train", nullptr); }),
            "data.path: /no/such is no folder");
}

}  // namespace
}  // namespace weft
