// What follows from one visit of an op's struct: attributes, text, equality, hashing, and making it anew.
#include "weft/graph/schema.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"

namespace weft {

enum class Mode : uint8_t { low, high };
template <>
struct EnumNames<Mode> {
  static constexpr std::string_view kNames[] = {"low", "high"};
};

namespace testing {
namespace {

struct Sample final : Schema<Sample> {
  static constexpr std::string_view kName = "sample";
  static constexpr std::string_view kMeaning = "One attribute of every kind.";
  bool flag = false;
  int count = 0;
  uint64_t seed = 0;
  double rate = 0;
  std::string note;
  Mode mode = Mode::low;
  DType dtype = DType::f32;
  Dims shape;
  Region region;
  TensorType type;

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("flag", op.flag, "a switch");
    v("count", op.count, "how many");
    v("seed", op.seed, "of random numbers");
    v("rate", op.rate, "a share");
    v("note", op.note, "a text");
    v("mode", op.mode, "which of two");
    v("dtype", op.dtype, "of elements");
    v("shape", op.shape, "of the result");
    v("region", op.region, "a box");
    v("type", op.type, "of an operand");
  }
  std::vector<TensorType> infer(std::span<const TensorType>) const override { return {type}; }
  IndexMap index_map(std::span<const TensorType>, std::span<const TensorType>) const override { return {}; }
};

Sample filled() {
  Sample op;
  op.flag = true;
  op.count = -3;
  op.seed = uint64_t{1} << 63;
  op.rate = 0.1;
  op.note = "a b";
  op.mode = Mode::high;
  op.dtype = DType::bf16;
  op.shape = {2, 3};
  op.region = {{{1, 2}, {0, 4}}};
  op.type = {DType::i32, {7}};
  return op;
}

AttributeValues values_of(const Op& op) {
  AttributeValues values;
  for (const Attribute& attribute : op.attributes()) values.emplace(attribute.name, attribute.value);
  return values;
}

TEST(Schema, WritesAttributesAsText) {
  EXPECT_EQ(attribute_text(filled()),
            "flag=true count=-3 seed=9223372036854775808 rate=0.1 note=a b mode=high dtype=bf16 shape=[2, 3] "
            "region=[[1, 2], [0, 4]] type=[i32, [7]]");
}

TEST(Schema, NamesTypesAndMeanings) {
  const std::vector<Attribute> attributes = filled().attributes();
  ASSERT_EQ(attributes.size(), 10U);
  EXPECT_EQ(attributes[5].type, "one of low, high");
  EXPECT_EQ(attributes[7].type, "list of integer");
  EXPECT_EQ(attributes[7].meaning, "of the result");
}

TEST(Schema, MakesAnEqualOpFromAttributes) {
  const Sample original = filled();
  const OpPtr made = Sample().with_attributes(values_of(original));
  EXPECT_TRUE(equal(original, *made));
  EXPECT_EQ(hash_of(original), hash_of(*made));
  EXPECT_EQ(dynamic_cast<const Sample&>(*made).region, original.region);
}

TEST(Schema, TellsApartOpsThatDifferInOneAttribute) {
  const Sample original = filled();
  for (const auto& [name, value] : values_of(Sample())) {
    AttributeValues values = values_of(original);
    values[name] = value;
    EXPECT_FALSE(equal(original, *original.with_attributes(values))) << name;
  }
}

TEST(Schema, SaysWhichAttributeIsWrong) {
  const Sample op;
  const auto with = [&](const std::string& name, AttributeValue value) {
    AttributeValues values = values_of(filled());
    values[name] = std::move(value);
    op.with_attributes(values);
  };
  expect_user_error([&] { with("count", {0.5}); },
                    "sample: the attribute count: got 0.5, expected an integer in range");
  expect_user_error([&] { with("count", {int64_t{1} << 40}); },
                    "sample: the attribute count: got 1099511627776, expected an integer in range");
  expect_user_error([&] { with("mode", {std::string("middle")}); },
                    "sample: the attribute mode: got middle, expected one of low, high");
  expect_user_error([&] { with("dtype", {std::string("f8")}); },
                    "sample: the attribute dtype: got f8, expected a dtype");
  expect_user_error([&] { with("region", {AttributeValue::List{{AttributeValue::List{{int64_t{1}}}}}}); },
                    "sample: the attribute region: got [1], expected [begin, end]");
  expect_user_error([&] { with("more", {true}); }, "sample: there is no attribute more");
  expect_user_error(
      [&] {
        op.with_attributes({{"flag", {true}}});
      },
      "sample: the attribute count is missing");
}

}  // namespace
}  // namespace testing
}  // namespace weft
