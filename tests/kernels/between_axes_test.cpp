// Of kernels/cpu/pointwise_forms.h: hand-written bodies of means of channels and of squared errors against
// their expressions.
#include "tests/kernels/pointwise_cases.h"
#include "weft/expression/simplify.h"
#include "weft/kernels/cpu/pointwise_forms.h"

namespace weft::kernels {
namespace {

struct Wanted {
  std::string_view text;
  std::vector<std::vector<int>> operands;
  std::vector<int> result;
  bool sum;
};

Case case_of(const Wanted& wanted, DType dtype, DType result, const Dims& space) {
  Case made;
  made.spec.expression = simplify(parse_expression(wanted.text));
  made.spec.space = space;
  made.spec.region = Region::all(space);
  for (const std::vector<int>& axes : wanted.operands)
    add_operand(made, axes, axes.empty() ? DType::f32 : dtype, static_cast<uint32_t>(made.operands.size()));
  made.spec.result_axes = {wanted.result};
  made.spec.rules = {wanted.sum ? find_reduction("sum") : nullptr};
  made.results = {result};
  return made;
}

bool has_form(const Case& made) {
  return find_pointwise_form(made.spec, types_of(made.operands), types_of(results_of(made))).has_value();
}

void expect_body(const Case& made) {
  SCOPED_TRACE(text_of(made));
  ASSERT_TRUE(has_form(made));
  expect_naive(made, run_fast(made));
}

TEST(BetweenAxes, SumsAndRepeatsAgreeWithTheirExpressions) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t inner : {1, 3, 16, 50, 64, 130, 2100}) {
      for (const int64_t middle : {0, 1, 2, 7, 65}) {
        for (const char* text : {"x0", "x0 * 0.125"}) {
          for (const DType result : testing::kFastTypes) {
            expect_body(case_of({text, {{0, 1, 2}}, {0, 2}, true}, dtype, result, {3, middle, inner}));
          }
          expect_body(case_of({text, {{0, 2}}, {0, 1, 2}, false}, dtype, dtype, {3, middle, inner}));
        }
      }
    }
  }
  expect_body(
      case_of({"x0 * 0.5", {{0, 1, 2, 3, 4}}, {0, 1, 4}, true}, DType::f32, DType::f32, {2, 3, 4, 5, 6}));
  expect_body(
      case_of({"x0 * 0.5", {{0, 1, 4}}, {0, 1, 2, 3, 4}, false}, DType::f32, DType::f32, {2, 3, 4, 5, 6}));
}

TEST(BetweenAxes, SumsOfManyTermsStayExact) {
  Case made = case_of({"x0", {{0, 1, 2}}, {0, 2}, true}, DType::f32, DType::f32, {1, 20000000, 1});
  for (int64_t i = 0; i < made.operands[0].elems(); ++i) made.operands[0].set(i, 1);
  ASSERT_TRUE(has_form(made));
  EXPECT_EQ(run_fast(made)[0].get(0), 20000000);
}

TEST(BetweenAxes, OtherAxesHaveNoBody) {
  const Dims space{3, 4, 5};
  EXPECT_FALSE(has_form(case_of({"x0", {{2, 1, 0}}, {0, 2}, true}, DType::f32, DType::f32, space)));
  EXPECT_FALSE(has_form(case_of({"x0", {{0, 1, 2}}, {2, 0}, true}, DType::f32, DType::f32, space)));
  EXPECT_FALSE(has_form(case_of({"x0", {{0, 1, 2}}, {0, 1}, true}, DType::f32, DType::f32, space)));
  EXPECT_FALSE(has_form(case_of({"x0", {{0, 2}}, {2, 1, 0}, false}, DType::f32, DType::f32, space)));
  EXPECT_FALSE(has_form(case_of({"x0", {{0, 2}}, {0, 1, 2}, false}, DType::f32, DType::bf16, space)));
  EXPECT_FALSE(has_form(case_of({"x0", {{0, 1, 2}}, {0, 2}, true}, DType::f64, DType::f64, space)));
}

constexpr std::string_view kDifference = "select(x1 == x1, x0 - x1, 0.0)";

Case difference_case(DType dtype, const Dims& space, bool backward, double factor) {
  std::vector<int> all;
  for (size_t a = 0; a < space.size(); ++a) all.push_back(static_cast<int>(a));
  const std::string by = factor == 1 ? "" : fmt::format(" * {}", factor);
  const std::string text = backward ? fmt::format("select(x1 == x1, x2 * {}{}, 0.0)", kDifference, by)
                                    : fmt::format("{0} * {0}{1}", kDifference, by);
  const Wanted wanted =
      backward ? Wanted{text, {all, all, {}}, all, false} : Wanted{text, {all, all}, {}, true};
  Case made = case_of(wanted, dtype, backward ? dtype : DType::f32, space);
  for (int64_t i = 0; i < made.operands[1].elems(); i += 3) made.operands[1].set(i, std::nan(""));
  return made;
}

TEST(Differences, AgreeWithTheirExpressionsAndLeaveNanOut) {
  for (const DType dtype : testing::kFastTypes) {
    for (const Dims& space : {Dims{1}, Dims{4, 4}, Dims{3, 5, 7}, Dims{9001}}) {
      for (const double factor : {1.0, 0.25}) {
        for (const bool backward : {false, true})
          expect_body(difference_case(dtype, space, backward, factor));
      }
    }
  }
  EXPECT_FALSE(has_form(difference_case(DType::f64, {3}, true, 0.25)));
}

}  // namespace
}  // namespace weft::kernels
