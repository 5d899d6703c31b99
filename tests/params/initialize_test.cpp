#include "weft/params/initialize.h"

#include <gtest/gtest.h>

#include <cmath>

#include "weft/base/check.h"

namespace weft {
namespace {

constexpr uint64_t kSeed = 5;

std::vector<double> filled(const Dims& shape, const Region& region, const Initializer& initializer,
                           const std::string& name = "w", uint64_t seed = kSeed) {
  std::vector<double> values(static_cast<size_t>(region.elems()), -99);
  const View view{reinterpret_cast<std::byte*>(values.data()), {DType::f64, region.shape()}};
  initialize(view, region, shape, initializer, name, seed);
  return values;
}

std::vector<double> whole(const Dims& shape, const Initializer& initializer, const std::string& name = "w",
                          uint64_t seed = kSeed) {
  return filled(shape, Region::all(shape), initializer, name, seed);
}

/// Mean of the k-th powers.
double moment(const std::vector<double>& values, int k) {
  double sum = 0;
  for (const double value : values) sum += std::pow(value, k);
  return sum / static_cast<double>(values.size());
}

TEST(Initialize, APartIsThatPartOfTheWhole) {
  const Dims shape{5, 7, 3};  // nothing divides
  for (const auto kind :
       {Initializer::Kind::constant, Initializer::Kind::normal, Initializer::Kind::uniform}) {
    const Initializer initializer{kind, 0.5};
    const std::vector<double> all = whole(shape, initializer);
    for (const Region& region : {Region{{{0, 5}, {0, 7}, {0, 3}}}, Region{{{3, 5}, {0, 7}, {0, 3}}},
                                 Region{{{0, 5}, {2, 6}, {0, 3}}}, Region{{{1, 4}, {3, 7}, {1, 2}}},
                                 Region{{{4, 5}, {6, 7}, {2, 3}}}, Region{{{2, 2}, {0, 7}, {0, 3}}}}) {
      const std::vector<double> part = filled(shape, region, initializer);
      size_t i = 0;
      for (int64_t a = region.ranges[0].begin; a < region.ranges[0].end; ++a) {
        for (int64_t b = region.ranges[1].begin; b < region.ranges[1].end; ++b) {
          for (int64_t c = region.ranges[2].begin; c < region.ranges[2].end; ++c) {
            EXPECT_EQ(part[i++], all[static_cast<size_t>((a * 7 + b) * 3 + c)]) << to_string(region);
          }
        }
      }
      EXPECT_EQ(i, part.size());
    }
  }
}

TEST(Initialize, NormalHasTheMomentsOfItsDeviation) {
  constexpr double kDeviation = 0.02;
  const std::vector<double> values = whole({1000, 100}, {Initializer::Kind::normal, kDeviation});
  // Of n = 1e5 draws; the tolerances are five standard errors: 1, 2, 15 and 96 are the variances of the
  // powers.
  const double n = 1e5;
  EXPECT_NEAR(moment(values, 1) / kDeviation, 0, 5 * std::sqrt(1 / n));
  EXPECT_NEAR(moment(values, 2) / std::pow(kDeviation, 2), 1, 5 * std::sqrt(2 / n));
  EXPECT_NEAR(moment(values, 3) / std::pow(kDeviation, 3), 0, 5 * std::sqrt(15 / n));
  EXPECT_NEAR(moment(values, 4) / std::pow(kDeviation, 4), 3, 5 * std::sqrt(96 / n));
}

TEST(Initialize, UniformFillsItsBoundsEvenly) {
  constexpr double kBound = 0.3;
  const std::vector<double> values = whole({100'000}, {Initializer::Kind::uniform, kBound});
  // Five standard errors; the variances of u, u² and u⁴ on [-1, 1] are 1/3, 4/45 and 16/225.
  const double n = 1e5;
  EXPECT_NEAR(moment(values, 1) / kBound, 0, 5 * std::sqrt(1.0 / 3 / n));
  EXPECT_NEAR(moment(values, 2) / std::pow(kBound, 2), 1.0 / 3, 5 * std::sqrt(4.0 / 45 / n));
  EXPECT_NEAR(moment(values, 4) / std::pow(kBound, 4), 1.0 / 5, 5 * std::sqrt(16.0 / 225 / n));
  for (const double value : values) ASSERT_LE(std::abs(value), kBound);
}

TEST(Initialize, AConstantIsThatEverywhere) {
  for (const double value : whole({3, 5}, {Initializer::Kind::constant, 0.25})) EXPECT_EQ(value, 0.25);
}

TEST(Initialize, NameAndSeedChooseTheDraw) {
  const Initializer normal{Initializer::Kind::normal, 1};
  const std::vector<double> one = whole({64}, normal);
  EXPECT_EQ(one, whole({64}, normal));
  const std::vector<double> other_name = whole({64}, normal, "v");
  const std::vector<double> other_seed = whole({64}, normal, "w", kSeed + 1);
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_NE(one[i], other_name[i]) << i;
    EXPECT_NE(one[i], other_seed[i]) << i;
  }
}

TEST(Initialize, OtherTypesRoundWhatF64Draws) {
  const Initializer normal{Initializer::Kind::normal, 1};
  const std::vector<double> exact = whole({64}, normal);
  std::vector<float> floats(64);
  std::vector<BFloat16> halves(64);
  initialize({reinterpret_cast<std::byte*>(floats.data()), {DType::f32, {64}}}, Region::all({64}), {64},
             normal, "w", kSeed);
  initialize({reinterpret_cast<std::byte*>(halves.data()), {DType::bf16, {64}}}, Region::all({64}), {64},
             normal, "w", kSeed);
  for (size_t i = 0; i < exact.size(); ++i) {
    EXPECT_EQ(floats[i], static_cast<float>(exact[i]));
    EXPECT_EQ(static_cast<float>(halves[i]), static_cast<float>(BFloat16(static_cast<float>(exact[i]))));
  }
}

TEST(Initialize, RefusesAStateOfIntegers) {
  int32_t value = 0;
  try {
    initialize({reinterpret_cast<std::byte*>(&value), {DType::i32, {1}}}, Region::all({1}), {1}, {}, "counts",
               kSeed);
    FAIL() << "no error";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("state counts of type i32 has no initializer"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace weft
