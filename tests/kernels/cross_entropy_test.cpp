#include "weft/kernels/cross_entropy.h"

#include <limits>

#include "tests/golden.h"
#include "tests/kernels/pointwise_cases.h"
#include "weft/expression/simplify.h"
#include "weft/kernels/cpu/pointwise_forms.h"

namespace weft::kernels {
namespace {

Tensor random_targets(int64_t rows, int64_t low, int64_t high) {
  Tensor result(DType::i32, {rows});
  std::mt19937 source(9);
  std::uniform_int_distribution<int64_t> uniform(low, high - 1);
  for (int64_t i = 0; i < rows; ++i) result.set(i, static_cast<double>(uniform(source)));
  return result;
}

constexpr std::string_view kSums = "exp(x0 - x1), select(index[1] == n2, x0, 0.0)";
constexpr std::string_view kGradient = "x3 * exp(x0 - x1) + select(index[1] == n2, x4, 0.0)";

/// Classes 20 to 20 + v of some more: some rows have their target there, some elsewhere, some none.
Case part_of_classes(std::string_view text, DType dtype, int64_t rows, int64_t v) {
  Case made;
  made.spec.expression = simplify(parse_expression(text));
  made.spec.space = {rows, 20 + v + 5};
  made.spec.region = {{{0, rows}, {20, 20 + v}}};
  made.operands = {Tensor::random(dtype, {rows, v}, 1, -8, 8), Tensor(DType::f32, {rows}),
                   random_targets(rows, -2, 20 + v + 5)};
  made.spec.operand_axes = {{0, 1}, {0}, {0}};
  row_max(made.operands[0], made.operands[1]);
  return made;
}

Case sums_case(DType dtype, int64_t rows, int64_t v) {
  Case made = part_of_classes(kSums, dtype, rows, v);
  made.spec.result_axes = {{0}, {0}};
  made.spec.rules.assign(2, find_reduction("sum"));
  made.results = {DType::f32, DType::f32};
  return made;
}

Case gradient_case(DType dtype, int64_t rows, int64_t v) {
  Case made = part_of_classes(kGradient, dtype, rows, v);
  for (const uint32_t seed : {2U, 3U}) {
    made.operands.push_back(Tensor::random(DType::f32, {rows}, seed));
    made.spec.operand_axes.push_back({0});
  }
  made.spec.result_axes = {{0, 1}};
  made.spec.rules = {nullptr};
  made.results = {dtype};
  return made;
}

bool has_body(const Case& made) {
  return find_pointwise_form(made.spec, types_of(made.operands), types_of(results_of(made))).has_value();
}

double loss_of(const Tensor& logits, const Tensor& targets, double scale) {
  const int64_t rows = targets.elems();
  Tensor max(DType::f32, {rows}), sums(DType::f32, {rows}), picked(DType::f32, {rows});
  row_max(logits, max);
  xent_sums(logits, max, targets, 0, sums, picked);
  double loss = 0;
  for (int64_t row = 0; row < rows; ++row) {
    if (targets.get(row) >= 0) loss += max.get(row) + std::log(sums.get(row)) - picked.get(row);
  }
  return scale * loss;
}

TEST(CrossEntropy, BodiesAgreeWithTheirExpressionsOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t v : testing::kOddSizes) {
      for (const int64_t rows : {0, 1, 5, 99}) {
        SCOPED_TRACE(std::string(name_of(dtype)) + " " + std::to_string(rows) + " x " + std::to_string(v));
        for (const Case& made : {sums_case(dtype, rows, v), gradient_case(dtype, rows, v)}) {
          ASSERT_TRUE(has_body(made));
          expect_naive(made, run_fast(made));
        }
        const Case made = sums_case(dtype, rows, v);
        for (int64_t row = 0; row < rows; ++row) {
          double most = -std::numeric_limits<double>::infinity();
          for (int64_t j = 0; j < v; ++j) most = std::max(most, made.operands[0].get(row * v + j));
          ASSERT_EQ(made.operands[1].get(row), most);
        }
      }
    }
  }
}

TEST(CrossEntropy, HasNoBodyForWhatItCannotServe) {
  Case transposed = sums_case(DType::f32, 5, 5);
  transposed.spec.operand_axes[0] = {1, 0};
  Case wide = sums_case(DType::f32, 5, 7);
  wide.operands[1] = Tensor(DType::f64, {5});
  Case other_axis = sums_case(DType::f32, 5, 7);
  other_axis.spec.expression = parse_expression("exp(x0 - x1), select(index[0] == n2, x0, 0.0)");
  Case maxima = sums_case(DType::f32, 5, 7);
  maxima.spec.rules[1] = find_reduction("max");
  for (const Case& made : {transposed, wide, other_axis, maxima}) {
    EXPECT_FALSE(has_body(made));
    expect_naive(made, run_fast(made));
  }
}

TEST(CrossEntropy, TheGradientMayLieOverTheLogits) {
  const Case made = gradient_case(DType::bf16, 3, 37);
  const Tensor apart = run_fast(made)[0];
  Case over = made;
  const std::vector<View> in(over.operands.begin(), over.operands.end());
  run(fast_kernel(over), in, std::span(in.data(), 1));
  testing::expect_equal(over.operands[0], apart);
}

TEST(CrossEntropy, AnEmptyPartOfTheVocabularyAddsNothing) {
  const Tensor logits(DType::f32, {3, 0});
  const Tensor targets = Tensor::of(DType::i32, {3}, {0, 1, -1});
  Tensor max(DType::f32, {3}), sums(DType::f32, {3}), picked(DType::f32, {3});
  row_max(logits, max);
  for (int64_t i = 0; i < 3; ++i) EXPECT_EQ(max.get(i), -std::numeric_limits<double>::infinity());
  const Tensor of_all = Tensor::of(DType::f32, {3}, {1, 2, 3});
  xent_sums(logits, of_all, targets, 7, sums, picked);
  testing::expect_equal(sums, Tensor(DType::f32, {3}));
  testing::expect_equal(picked, Tensor(DType::f32, {3}));
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
  const testing::Golden golden("tests/kernels/golden.txt");
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
