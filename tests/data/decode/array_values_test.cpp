#include "weft/data/decode/array_values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

template <class T>
View one(T& value) {
  return {reinterpret_cast<std::byte*>(&value), {DTypeOf<T>::value, {}}};
}

TEST(ArrayValues, AnIntegerOfAnyTypeIsReadExactly) {
  int64_t large = std::numeric_limits<int64_t>::min();
  int32_t negative = -100;
  uint8_t byte = 255;
  EXPECT_EQ(integer_at(one(large)), large);
  EXPECT_EQ(integer_at(one(negative)), -100);
  EXPECT_EQ(integer_at(one(byte)), 255);
  float real = 1;
  testing::expect_internal_error([&] { integer_at(one(real)); }, "a class id of type f32");
}

TEST(ArrayValues, AreLoggedThenShiftedThenScaled) {
  std::vector<uint8_t> counts{0, 1, 9, 255};
  std::vector<float> out(4);
  const View from{reinterpret_cast<std::byte*>(counts.data()), {DType::u8, {2, 2}}};
  const View to{reinterpret_cast<std::byte*>(out.data()), {DType::f32, {2, 2}}};
  write_values({true, {1, 2}, {2, 4}}, from, false, 2, to);
  const std::vector<double> mean{1, 2};
  const std::vector<double> deviation{2, 4};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(out[i], (std::log1p(counts[i]) - mean[i % 2]) / deviation[i % 2], 1e-6) << i;
  }
}

TEST(ArrayValues, OfANumberWithoutALogarithmIsNotMissing) {
  std::vector<float> values{-3, std::numeric_limits<float>::quiet_NaN(), -1};
  const View all{reinterpret_cast<std::byte*>(values.data()), {DType::f32, {3, 1}}};
  write_values({true, {}, {}}, all, false, 1, all);
  EXPECT_TRUE(std::isinf(values[0]));
  EXPECT_TRUE(std::isnan(values[1])) << "this one is";
  EXPECT_TRUE(std::isinf(values[2]));
}

}  // namespace
}  // namespace weft
