#include "weft/datasets/batch_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "weft/data/load/array_form.h"
#include "weft/tensor/with_dtype.h"

namespace weft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A batch's part: [rows, row elements...].
template <class T>
struct Values {
  std::vector<T> memory;
  Dims shape;
  std::vector<uint8_t> there;

  Values(std::initializer_list<double> values, Dims s) : shape(std::move(s)) {
    for (const double value : values) memory.push_back(element_cast<T>(value));
    there.assign(static_cast<size_t>(shape[0]), 1);
  }
  View view() { return {reinterpret_cast<std::byte*>(memory.data()), {DTypeOf<T>::value, shape}}; }
  std::string apply(const SampleTensor& tensor, BatchPart part) {
    const std::optional<BadElement> bad = apply_rules(tensor, part, view(), there);
    return bad ? std::to_string(bad->row) + ": " + bad->what : "";
  }
};

const SampleTensor kLabel{"labels", 3, {}, {}, "field y"};
const SampleTensor kToken{"tokens", 50, {2}, {"sequence"}, "token"};

TEST(BatchRules, IdsThatTheNetworkHasNotAreNamedWithTheirRow) {
  EXPECT_EQ(Values<int32_t>({0, 2, 1}, {3}).apply(kLabel, BatchPart::target), "");
  EXPECT_EQ(Values<int32_t>({0, 3, 1}, {3}).apply(kLabel, BatchPart::target),
            "1: field y is 3, expected a class id from 0 to 2");
  EXPECT_EQ(Values<int32_t>({0, 1, -1}, {3}).apply(kLabel, BatchPart::target),
            "2: field y is -1, expected a class id from 0 to 2");
  EXPECT_EQ(Values<int32_t>({0, 49, 7, 50}, {2, 2}).apply(kToken, BatchPart::input),
            "1: token[1] is 50, expected an id from 0 to 49");
}

TEST(BatchRules, AnIgnoredIdBecomesOneThatDoesNotCount) {
  SampleTensor label = kLabel;
  label.ignored = -100;
  Values<int32_t> labels({-100, 2, -100}, {3});
  EXPECT_EQ(labels.apply(label, BatchPart::target), "");
  EXPECT_EQ(labels.memory, (std::vector<int32_t>{-1, 2, -1}));
  EXPECT_EQ(Values<int32_t>({0, -1, 1}, {3}).apply(label, BatchPart::target),
            "1: field y is -1, expected a class id from 0 to 2, or data.ignore_index = -100");
  label.ignored = 255;  // as masks have it
  EXPECT_EQ(Values<int32_t>({0, 255, 1}, {3}).apply(label, BatchPart::target), "");
  label.ignored = (int64_t{1} << 32) + 1;  // no id of 32 bits
  EXPECT_EQ(Values<int32_t>({0, 1, 1}, {3}).apply(label, BatchPart::target), "");
  label.ignored = 1;  // which the network has
  Values<int32_t> known({0, 1, 2}, {3});
  EXPECT_EQ(known.apply(label, BatchPart::target), "");
  EXPECT_EQ(known.memory, (std::vector<int32_t>{0, -1, 2}));
}

TEST(BatchRules, AClassIdThatIsMissingFollowsThePolicy) {
  SampleTensor label = kLabel;
  const auto rows = [] { return Values<int32_t>({0, kMissingId, 2}, {3}); };
  EXPECT_EQ(
      rows().apply(label, BatchPart::target),
      "1: field y is missing, expected a class id from 0 to 2 (data.missing = \"mask\" or \"skip\" allow "
      "for those that are missing)");
  label.missing = MissingNumbers::skip;
  Values<int32_t> skipped = rows();
  EXPECT_EQ(skipped.apply(label, BatchPart::target), "");
  EXPECT_EQ(skipped.there, (std::vector<uint8_t>{1, 0, 1}));
  label.missing = MissingNumbers::mask;
  Values<int32_t> masked = rows();
  EXPECT_EQ(masked.apply(label, BatchPart::target), "");
  EXPECT_EQ(masked.memory, (std::vector<int32_t>{0, -1, 2}));
  EXPECT_EQ(masked.there, (std::vector<uint8_t>{1, 1, 1}));
}

TEST(BatchRules, RowsWithoutASampleAreNotLookedAt) {
  Values<int32_t> labels({0, -1, 1}, {3});
  labels.there = {1, 0, 1};
  EXPECT_EQ(labels.apply(kLabel, BatchPart::target), "");
  Values<float> numbers({0, kNan, 1}, {3, 1});
  numbers.there = {1, 0, 1};
  EXPECT_EQ(numbers.apply({"labels", 0, {1}, {}}, BatchPart::target), "");
}

template <class T>
void expect_the_three_policies() {
  SampleTensor field{"pixels", 0, {2, 2}, {}, "field x"};
  const std::string beside = " (data.missing = \"mask\" or \"skip\" allow for those that are missing)";
  const auto rows = [](double odd) { return Values<T>({1, 2, 3, 4, 5, 6, odd, 8}, {2, 2, 2}); };
  EXPECT_EQ(rows(kNan).apply(field, BatchPart::input), "1: field x[1, 0] is NaN, expected a number" + beside);
  EXPECT_EQ(rows(-kInfinity).apply(field, BatchPart::input),
            "1: field x[1, 0] is infinite, expected a number" + beside);
  EXPECT_EQ(rows(1e9).apply(field, BatchPart::input), "");

  field.missing = MissingNumbers::skip;
  for (const double odd : {kNan, kInfinity}) {
    Values<T> skipped = rows(odd);
    EXPECT_EQ(skipped.apply(field, BatchPart::input), "");
    EXPECT_EQ(skipped.there, (std::vector<uint8_t>{1, 0}));
  }

  field.missing = MissingNumbers::mask;
  Values<T> masked = rows(-kNan);
  EXPECT_EQ(masked.apply(field, BatchPart::input), "");
  EXPECT_EQ(masked.there, (std::vector<uint8_t>{1, 1}));
  EXPECT_EQ(element_cast<double>(masked.memory[6]), 0);
  EXPECT_EQ(element_cast<double>(masked.memory[7]), 8);
  Values<T> target = rows(kNan);
  EXPECT_EQ(target.apply(field, BatchPart::target), "");
  EXPECT_TRUE(std::isnan(element_cast<double>(target.memory[6]))) << "a target that does not count";
  for (const BatchPart part : {BatchPart::input, BatchPart::target}) {
    EXPECT_EQ(rows(kInfinity).apply(field, part),
              "1: field x[1, 0] is infinite, expected a number, or NaN where there is none");
  }
}

TEST(BatchRules, MissingNumbersFailAreSkippedOrMasked) {
  expect_the_three_policies<double>();
  expect_the_three_policies<float>();
  expect_the_three_policies<BFloat16>();
}

TEST(BatchRules, OneElementOfManyIsFound) {
  // More than threads take at once; every place in a vector.
  for (int64_t at = 0; at < 300'000; at += 29'989) {
    std::vector<float> many(300'000, 0.5F);
    many[static_cast<size_t>(at)] = std::numeric_limits<float>::quiet_NaN();
    std::vector<uint8_t> there(3, 1);
    const View view{reinterpret_cast<std::byte*>(many.data()), {DType::f32, {3, 100'000}}};
    const auto bad = apply_rules({"x", 0, {100'000}, {}}, BatchPart::input, view, there);
    ASSERT_TRUE(bad.has_value()) << at;
    EXPECT_EQ(bad->row, at / 100'000);
  }
}

TEST(BatchRules, AnEmptyRowHasZerosAndATargetThatDoesNotCount) {
  Values<float> input({1, 2, 3, 4}, {2, 2});
  empty_row({"pixels", 0, {2}, {}}, BatchPart::input, input.view(), 1);
  EXPECT_EQ(input.memory, (std::vector<float>{1, 2, 0, 0}));
  Values<int32_t> labels({2, 1}, {2});
  empty_row(kLabel, BatchPart::target, labels.view(), 0);
  EXPECT_EQ(labels.memory, (std::vector<int32_t>{-1, 1}));
  Values<double> numbers({2, 1}, {2, 1});
  empty_row({"labels", 0, {1}, {}}, BatchPart::target, numbers.view(), 0);
  EXPECT_TRUE(std::isnan(numbers.memory[0]) && numbers.memory[1] == 1);
}

}  // namespace
}  // namespace weft
