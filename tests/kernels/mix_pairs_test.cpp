#include "weft/kernels/mix_pairs.h"

#include "tests/kernels/tensor.h"
#include "weft/kernels/mix_pairs_naive.h"

namespace weft::kernels {
namespace {

using testing::Tensor;

TEST(MixPairs, AgreesWithItsDefinitionOnOddSizesAndInPlace) {
  for (const DType dtype : testing::kFastTypes) {
    for (const Dims& shape : {Dims{0, 2, 3}, Dims{1, 2}, Dims{3, 2, 5, 7}, Dims{2, 2, 17001}}) {
      const Tensor x = Tensor::random(dtype, shape, 1);
      const Tensor share = Tensor::scalar(DType::f32, 0.3);
      Tensor out(dtype, shape), plain(dtype, shape);
      mix_pairs(x, share, out);
      naive::mix_pairs(x, share, plain);
      testing::expect_close(out, plain);
      mix_pairs(x, share, x);
      testing::expect_equal(x, out);
    }
  }
}

TEST(MixPairs, WithoutAShareRowsChangePlaces) {
  Tensor x(DType::f64, {2, 2, 2}), out(DType::f64, {2, 2, 2});
  for (int64_t i = 0; i < 8; ++i) x.set(i, static_cast<double>(i));
  mix_pairs(x, Tensor::scalar(DType::f64, 0), out);
  const std::vector<double> expected{2, 3, 0, 1, 6, 7, 4, 5};
  for (int64_t i = 0; i < 8; ++i) EXPECT_EQ(out.get(i), expected[static_cast<size_t>(i)]);
}

}  // namespace
}  // namespace weft::kernels
