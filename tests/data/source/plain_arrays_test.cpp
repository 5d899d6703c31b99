// Of data/source/array_source.h, data/source/token_source.h, data/source/safetensors_source.h,
// data/source/stored_type.h, data/source/slab.h: token files, safetensors, and how elements are converted.
#include <algorithm>
#include <limits>

#include "tests/data/source/source_fixture.h"
#include "weft/data/source/slab.h"
#include "weft/data/source/stored_type.h"
#include "weft/data/text/token_file.h"
#include "weft/store/safetensors.h"

namespace weft {
namespace {

using PlainArraysTest = SourceTest;

TEST_F(PlainArraysTest, TokensAreWindowsThatOverlapByOne) {
  for (const int32_t top : {1000, 100000}) {
    std::vector<int32_t> tokens(50);
    for (size_t i = 0; i < tokens.size(); ++i) tokens[i] = static_cast<int32_t>(i) * (top / 50);
    write_token_file(folder_ / "a.tokens", tokens);
    SourceOptions options{folder_ / "a.tokens"};
    options.window = 8;
    const auto opened = open_source(options);
    EXPECT_EQ(opened.format, "tokens");
    ASSERT_EQ(opened.source->count(), 6);
    EXPECT_EQ(opened.source->fields()[0].type, (TensorType{DType::i32, {9}}));
    const auto values = values_of(*opened.source, 5, whole_of(*opened.source))[0];
    EXPECT_EQ(values, std::vector<double>(tokens.begin() + 40, tokens.begin() + 49));
  }
  EXPECT_EQ(refusal(folder_ / "a.tokens"),
            "a.tokens: its 50 tokens are too few for a sample of 1024 and the one to predict");
  const std::string bytes = read(folder_ / "a.tokens");
  write(folder_ / "cut.tokens", bytes.substr(0, bytes.size() - 2));
  EXPECT_EQ(refusal(folder_ / "cut.tokens"),
            "cut.tokens: the header promises 50 tokens and the file has 198 bytes for them");
  write(folder_ / "foreign.tokens", "text");
  EXPECT_EQ(refusal(folder_ / "foreign.tokens"),
            "foreign.tokens: this is no token file of Weft's (it does not start with WEFTTOK)");
}

TEST_F(PlainArraysTest, SafetensorsGiveRowsOfTheirTensors) {
  std::vector<float> x(24);
  std::vector<int64_t> y{7, 8, 9};
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) / 4;
  const std::vector<NamedView> tensors{
      {"x", {reinterpret_cast<std::byte*>(x.data()), {DType::f32, {3, 4, 2}}}},
      {"y", {reinterpret_cast<std::byte*>(y.data()), {DType::i64, {3}}}}};
  write_safetensors(folder_ / "a.safetensors", tensors);
  const auto source = open(folder_ / "a.safetensors");
  ASSERT_EQ(source->count(), 3);
  const std::vector<Region> parts{{{{1, 3}, {0, 1}}}, {}};
  const auto values = values_of(*source, 2, parts);
  EXPECT_EQ(values[0], (std::vector<double>{18 / 4.0, 20 / 4.0}));
  EXPECT_EQ(values[1], (std::vector<double>{9}));
  std::vector<std::byte> record = plain_record(*source, 2, parts);
  record.pop_back();
  EXPECT_EQ(message_of([&] { source->unpack(2, parts, record, {}); }),
            folder_.string() + "/a.safetensors[2]: 15 bytes were read, expected 16");
  const std::string bytes = read(folder_ / "a.safetensors");
  write(folder_ / "cut.safetensors", bytes.substr(0, bytes.size() - 2));
  EXPECT_EQ(refusal(folder_ / "cut.safetensors"),
            "cut.safetensors: tensor 'x' has bytes [24, 120) outside of the file's 118 bytes of tensors");
  write(folder_ / "head.safetensors", bytes.substr(0, 20));
  EXPECT_NE(refusal(folder_ / "head.safetensors").find("is it cut short?"), std::string::npos);
  write(folder_ / "tiny.safetensors", "abc");
  EXPECT_NE(refusal(folder_ / "tiny.safetensors").find("3 bytes are too few"), std::string::npos);
}

TEST_F(PlainArraysTest, ForeignTensorsAreReadWhereTheirNumbersAreKnown) {
  const std::string head = R"({"q":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]},)"
                           R"("y":{"dtype":"I16","shape":[3],"data_offsets":[3,9]},)"
                           R"("z":{"dtype":"F16","shape":[3],"data_offsets":[9,15]}})";
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(head.size());
  write(folder_ / "b.safetensors", bytes + head + std::string("???\1\0\2\0\xff\xff\0\x3c\0\0\0\xbc", 15));
  const auto source = open(folder_ / "b.safetensors");
  ASSERT_EQ(source->fields().size(), 2U);
  EXPECT_TRUE(source->fields()[0].is_whole);
  EXPECT_EQ(values_of(*source, 2, whole_of(*source)), (std::vector<std::vector<double>>{{-1}, {-1}}));
  const std::string problem = "has elements of type F8_E4M3, expected integers or floating point";
  EXPECT_EQ(source->remarks(),
            std::vector{(folder_ / "b.safetensors").string() + ": 'q' is left out: it " + problem});
  EXPECT_EQ(refusal(folder_ / "b.safetensors", {"q"}), "b.safetensors: 'q' " + problem);
}

TEST_F(PlainArraysTest, BooleansOfSafetensorsAreBytes) {
  std::vector<std::byte> bits{std::byte{0b0001'1101}};
  const std::vector<NamedView> tensors{{"mask", {bits.data(), {DType::bit, {2, 3}}}}};
  write_safetensors(folder_ / "a.safetensors", tensors);
  const auto source = open(folder_ / "a.safetensors");
  EXPECT_EQ(source->fields()[0].type, (TensorType{DType::u8, {3}}));
  EXPECT_EQ(values_of(*source, 0, whole_of(*source))[0], (std::vector<double>{1, 0, 1}));
  EXPECT_EQ(values_of(*source, 1, whole_of(*source))[0], (std::vector<double>{1, 1, 0}));
}

TEST_F(PlainArraysTest, ValuesThatDoNotFitAreRefused) {
  const uint64_t large = uint64_t{1} << 63;
  int64_t out = 0;
  const View view{reinterpret_cast<std::byte*>(&out), {DType::i64, {1}}};
  const StoredType u64{StoredType::Kind::unsigned_integer, 8};
  EXPECT_EQ(
      message_of([&] { convert(std::as_bytes(std::span(&large, 1)), u64, view, "labels[3]"); }),
      "labels[3]: the value 9223372036854775808 is out of range, expected one from -9223372036854775808 to "
      "9223372036854775807");
  const uint64_t fits = large - 1;
  convert(std::as_bytes(std::span(&fits, 1)), u64, view, "labels[3]");
  EXPECT_EQ(out, std::numeric_limits<int64_t>::max());
}

TEST_F(PlainArraysTest, SlabsAreTheFewestRunsInOrder) {
  std::mt19937 random(5);
  const Dims shape{3, 4, 5, 2};
  std::vector<double> whole(120);
  for (size_t i = 0; i < whole.size(); ++i) whole[i] = static_cast<double>(i);
  for (int trial = 0; trial < 200; ++trial) {
    const Region part = random_part(shape, random);
    std::vector<Extent> extents;
    append_slab(extents, 7, 1000, shape, part, 4);
    std::vector<double> covered;
    int64_t end = -1;
    for (const Extent& extent : extents) {
      EXPECT_EQ(extent.file, 7);
      EXPECT_GT(extent.offset, end) << "runs that touch are one";
      end = extent.offset + extent.bytes;
      for (int64_t at = extent.offset; at < end; at += 4)
        covered.push_back(static_cast<double>(at - 1000) / 4);
    }
    EXPECT_EQ(covered, index_box(whole, shape, part));
  }
}

}  // namespace
}  // namespace weft
