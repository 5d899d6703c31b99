#include "weft/kernels/cross_entropy.h"

#include <limits>

#include "tests/kernels/golden.h"
#include "tests/kernels/tensor.h"
#include "weft/kernels/cross_entropy_naive.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::Tensor;

Tensor random_targets(int64_t rows, int64_t low, int64_t high) {
  Tensor result(DType::i32, {rows});
  std::mt19937 source(9);
  std::uniform_int_distribution<int64_t> uniform(low, high - 1);
  for (int64_t i = 0; i < rows; ++i) result.set(i, static_cast<double>(uniform(source)));
  return result;
}

double loss_of(const Tensor& logits, const Tensor& targets, double scale) {
  const int64_t rows = targets.elems();
  Tensor max(DType::f32, {rows}), sums(DType::f32, {rows, 2}), loss(DType::f32, {});
  row_max(logits, max);
  xent_sums(logits, max, targets, 0, sums);
  xent_loss(max, sums, targets, scale, loss);
  return loss.get(0);
}

TEST(CrossEntropy, AgreesWithItsDefinitionOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t v : testing::kOddSizes) {
      for (const int64_t rows : {0, 1, 5, 99}) {
        const Tensor logits = Tensor::random(dtype, {rows, v}, 1, -8, 8);
        // Some rows count, some do not, some have their target in another part of the vocabulary.
        const Tensor targets = random_targets(rows, -2, 20 + v + 5);
        Tensor max(DType::f32, {rows});
        row_max(logits, max);
        for (int64_t row = 0; row < rows; ++row) {
          double most = -std::numeric_limits<double>::infinity();
          for (int64_t j = 0; j < v; ++j) most = std::max(most, logits.get(row * v + j));
          ASSERT_EQ(max.get(row), most);
        }
        Tensor sums(DType::f32, {rows, 2}), plain_sums(DType::f32, {rows, 2});
        xent_sums(logits, max, targets, 20, sums);
        naive::xent_sums(logits, max, targets, 20, plain_sums);
        expect_close(sums, plain_sums, 4e-6);
      }
    }
  }
}

TEST(CrossEntropy, AnEmptyPartOfTheVocabularyAddsNothing) {
  const Tensor logits(DType::f32, {3, 0});
  const Tensor targets = Tensor::of(DType::i32, {3}, {0, 1, -1});
  Tensor max(DType::f32, {3}), sums(DType::f32, {3, 2});
  row_max(logits, max);
  for (int64_t i = 0; i < 3; ++i) EXPECT_EQ(max.get(i), -std::numeric_limits<double>::infinity());
  const Tensor of_all = Tensor::of(DType::f32, {3}, {1, 2, 3});
  xent_sums(logits, of_all, targets, 7, sums);
  testing::expect_equal(sums, Tensor(DType::f32, {3, 2}));
}

TEST(CrossEntropy, IgnoredRowsDoNotCount) {
  const Tensor logits = Tensor::random(DType::f32, {2, 17}, 3);
  const Tensor both = Tensor::of(DType::i32, {2}, {4, 5});
  const Tensor second = Tensor::of(DType::i32, {2}, {-1, 5});
  const Tensor none = Tensor::of(DType::i32, {2}, {-1, -100});
  const Tensor first = Tensor::of(DType::i32, {2}, {4, -7});
  EXPECT_EQ(loss_of(logits, none, 1), 0);
  EXPECT_NEAR(loss_of(logits, both, 1), loss_of(logits, first, 1) + loss_of(logits, second, 1), 1e-6);
}

TEST(CrossEntropy, EqualLogitsCostTheLogarithmOfTheirNumber) {
  const Tensor logits = Tensor::of(DType::bf16, {1, 1007}, std::vector<double>(1007, 3.0));
  // log of a sum of 1007 exact ones.
  EXPECT_NEAR(loss_of(logits, Tensor::of(DType::i32, {1}, {1006}), 2), 2 * std::log(1007.0), 1e-6);
}

TEST(CrossEntropy, HasTheLossOfPyTorch) {
  const testing::Golden golden;
  const Tensor logits = Tensor::of(DType::f32, {4, 7}, golden["xent.logits"]);
  const Tensor targets = Tensor::of(DType::i32, {4}, golden["xent.targets"]);
  EXPECT_NEAR(loss_of(logits, targets, 1), golden["xent.loss"][0], 2e-6);
}

TEST(CrossEntropy, NanLogitsGiveNanLoss) {
  for (const int64_t at : {0, 5, 16, 36}) {
    Tensor logits = Tensor::random(DType::f32, {1, 37}, 3);
    logits.set(at, std::nan(""));
    EXPECT_TRUE(std::isnan(loss_of(logits, Tensor::of(DType::i32, {1}, {1}), 1))) << at;
  }
}

}  // namespace
}  // namespace weft::kernels
