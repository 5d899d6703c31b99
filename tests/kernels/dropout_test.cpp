#include "weft/kernels/dropout.h"

#include "tests/kernels/tensor.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::expect_equal;
using testing::Tensor;

constexpr RandomStream kStream{0x123456789abcdef0, 7, 0x500000003};

/// By the definition in dropout.h, element by element.
void drop_plainly(const Tensor& x, const Region& region, const Dims& global, double rate, Tensor& out) {
  const Dims shape = region.shape();
  for (int64_t i = 0; i < x.elems(); ++i) {
    uint64_t g = 0;
    int64_t below = x.elems();
    for (size_t d = 0; d < shape.size(); ++d) {
      below /= shape[d];
      g = g * static_cast<uint64_t>(global[d]) +
          static_cast<uint64_t>(i / below % shape[d] + region.ranges[d].begin);
    }
    const uint32_t bits = (kStream.block(g / 8)[g % 8 / 2] >> (16 * (g % 2))) & 0xffffu;
    out.set(i, bits >= rate * 65536 ? x.get(i) / (1 - rate) : 0);
  }
}

void compare(DType dtype, const Dims& global, const Region& region, double rate) {
  SCOPED_TRACE(to_string(region) + " of " + to_string(global));
  const Tensor x = Tensor::random(dtype, region.shape(), 1, 1, 2);
  Tensor out(dtype, region.shape()), plain(dtype, region.shape());
  dropout(x, region, global, kStream, DropoutRule::of_rate(rate), out);
  drop_plainly(x, region, global, rate, plain);
  expect_close(out, plain);
  for (int64_t i = 0; i < x.elems(); ++i) ASSERT_EQ(out.get(i) == 0, plain.get(i) == 0) << i;
}

TEST(Dropout, AgreesWithItsDefinitionOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : {1, 7, 8, 255, 256, 257, 1007, 33333}) {
      for (const double rate : {0.0, 0.1, 0.5, 0.999}) compare(dtype, {n}, Region::all({n}), rate);
    }
    compare(dtype, {}, Region::all({}), 0.5);
    compare(dtype, {0, 3}, Region::all({0, 3}), 0.5);
  }
}

TEST(Dropout, DrawsOfAPartAreThoseOfTheWhole) {
  const Dims global{5, 9, 31};
  const std::vector<Region> parts = {{{{1, 4}, {2, 9}, {5, 30}}},
                                     {{{0, 5}, {3, 4}, {0, 31}}},
                                     {{{2, 3}, {0, 9}, {0, 31}}},
                                     {{{4, 5}, {8, 9}, {30, 31}}}};
  for (const DType dtype : testing::kFastTypes) {
    for (const Region& part : parts) compare(dtype, global, part, 0.3);
  }
  // Past 2^32 elements: the index takes both words of the counter.
  const Dims huge{1 << 20, 1 << 14};
  compare(DType::f32, huge, Region{{{(1 << 20) - 2, 1 << 20}, {3, 777}}}, 0.3);
}

TEST(Dropout, KeepsWhereItsBitsAreAtLeastTheRate) {
  // Rates whose product with 2^16 is no integer: bits that equal its whole part drop. A rate just below one
  // drops everything.
  constexpr int64_t kElems = 1 << 20;
  for (const double rate : {0.1, 0.3, 0.99999}) {
    const Tensor ones = Tensor::of(DType::f32, {kElems}, std::vector<double>(kElems, 1.0));
    Tensor out(DType::f32, {kElems});
    dropout(ones, Region::all({kElems}), {kElems}, kStream, DropoutRule::of_rate(rate), out);
    int64_t at_the_edge = 0;
    for (int64_t g = 0; g < kElems; ++g) {
      const auto index = static_cast<uint64_t>(g);
      const uint32_t bits = (kStream.block(index / 8)[index % 8 / 2] >> (16 * (index % 2))) & 0xffffu;
      const double least = rate * 65536;
      ASSERT_EQ(out.get(g) != 0, bits >= least) << bits << " of " << least;
      at_the_edge += bits == std::floor(least) ? 1 : 0;
    }
    EXPECT_GT(at_the_edge, 0) << "no element could tell";
  }
}

TEST(Dropout, WorksInPlaceAndKeepsTheMean) {
  const Dims shape{100, 1007};
  const Tensor ones = Tensor::of(DType::f32, shape, std::vector<double>(100700, 1.0));
  Tensor out(DType::f32, shape);
  dropout(ones, Region::all(shape), shape, kStream, DropoutRule::of_rate(0.25), out);
  double mean = 0;
  for (int64_t i = 0; i < out.elems(); ++i) mean += out.get(i) / 100700;
  // Standard deviation of the mean: sqrt(0.25 / 0.75 / 100700) = 0.0018; five of them.
  EXPECT_NEAR(mean, 1, 0.009);
  dropout(ones, Region::all(shape), shape, kStream, DropoutRule::of_rate(0.25), ones);
  expect_equal(ones, out);
}

}  // namespace
}  // namespace weft::kernels
