// Hand-written bodies of batch_norm's expressions against their definition.
#include "weft/kernels/channels.h"

#include "tests/kernels/pointwise_cases.h"
#include "weft/kernels/cpu/pointwise_column_forms.h"

namespace weft::kernels {
namespace {

constexpr std::string_view kTexts[] = {"x0, x0 * x0", "x1, x1 * (x0 - x2)", "x1 * (x0 - x2), x1",
                                       "(x0 - x2) * x3 + x4", "x1 * x3 + ((x4 + x0 * x2) + x0 * x2)"};

/// x0 and x1 are of the shape, x2 to x4 of its last dimension.
Case channels_case(std::string_view text, DType dtype, const Dims& shape) {
  Case made;
  made.spec.expression = simplify(parse_expression(text));
  made.spec.space = shape;
  made.spec.region = Region::all(shape);
  std::vector<int> all(shape.size());
  for (size_t a = 0; a < all.size(); ++a) all[a] = static_cast<int>(a);
  for (uint64_t i = 0; i < 5; ++i) {
    made.spec.operand_axes.push_back(i < 2 ? all : std::vector{all.back()});
    made.operands.push_back(i < 2 ? Tensor::random(dtype, shape, i, -1, 3)
                                  : Tensor::random(DType::f32, {shape.back()}, i, 0.5, 2));
  }
  const bool sums = made.spec.expression.results.size() == 2;
  made.spec.result_axes.assign(sums ? 2 : 1, sums ? std::vector{all.back()} : all);
  made.spec.rules.assign(sums ? 2 : 1, sums ? find_reduction("sum") : nullptr);
  made.results.assign(sums ? 2 : 1, sums ? DType::f32 : dtype);
  return made;
}

bool has_form(const Case& made) {
  return find_column_form(made.spec, types_of(made.operands), types_of(results_of(made))).has_value();
}

TEST(Channels, AgreeWithTheirDefinitionOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t channels : {1, 3, 16, 65, 300}) {
      for (const Dims& shape :
           {Dims{1, channels}, Dims{2, channels}, Dims{7, 43, channels}, Dims{19, 53, channels}}) {
        for (const std::string_view text : kTexts) {
          SCOPED_TRACE(fmt::format("{} {} {}", text, name_of(dtype), to_string(shape)));
          const Case made = channels_case(text, dtype, shape);
          ASSERT_TRUE(has_form(made));
          expect_naive(made, run_fast(made));
        }
      }
    }
  }
}

TEST(Channels, NoRowsGiveNoSums) {
  const Case made = channels_case(kTexts[0], DType::bf16, {0, 3});
  ASSERT_TRUE(has_form(made));
  for (const Tensor& sums : run_fast(made)) testing::expect_equal(sums, Tensor(DType::f32, {3}));
}

TEST(Channels, MayOverwriteWhatTheyRead) {
  for (const DType dtype : testing::kFastTypes) {
    const Case made = channels_case(kTexts[4], dtype, {301, 65});
    const Tensor want = run_fast(made)[0];
    for (const size_t over : {size_t{0}, size_t{1}}) {
      std::vector<Tensor> operands = made.operands;
      const std::vector<View> in(operands.begin(), operands.end());
      channel_gradient(in[1], in[0], {in[3], in[4], in[2]}, in[over]);
      testing::expect_equal(operands[over], want);
    }
  }
}

TEST(Channels, LongColumnsKeepTheirPrecision) {
  // One running sum of f32 would be off by about 1.
  const int64_t rows = 100003;
  const Tensor x = Tensor::of(DType::f32, {rows, 3}, std::vector<double>(static_cast<size_t>(3 * rows), 0.1));
  Tensor sums(DType::f32, {3}), squares(DType::f32, {3});
  channel_power_sums(x, sums, squares);
  for (int64_t c = 0; c < 3; ++c) EXPECT_NEAR(sums.get(c), 0.1 * static_cast<double>(rows), 0.01);
}

TEST(Channels, AreNotTakenForWhatLooksLikeThem) {
  EXPECT_FALSE(has_form(channels_case(kTexts[1], DType::f64, {5, 3})));
  EXPECT_FALSE(has_form(channels_case("x0, x1 * x1", DType::f32, {5, 3})));
  EXPECT_FALSE(has_form(channels_case("(x0 - x1) * x3 + x4", DType::f32, {5, 3}))) << "not of channels";
  EXPECT_FALSE(has_form(channels_case("x1 * x3 + ((x4 + x0 * x2) + x1 * x2)", DType::f32, {5, 3})));
  Case rows = channels_case(kTexts[0], DType::f32, {5, 5});
  rows.spec.result_axes = {{0}, {0}};
  EXPECT_FALSE(has_form(rows));
  Case other = channels_case(kTexts[0], DType::f32, {5, 3});
  other.spec.rules = {find_reduction("sum"), find_reduction("max")};
  EXPECT_FALSE(has_form(other));
}

}  // namespace
}  // namespace weft::kernels
