// Of kernels/cpu/pointwise_forms.h: the hand-written body of what lies at one place of an axis against its
// expression.
#include "tests/kernels/pointwise_cases.h"
#include "weft/expression/simplify.h"
#include "weft/kernels/cpu/pointwise_forms.h"

namespace weft::kernels {
namespace {

/// What of operand 0, which has all axes, lies at `index` along `axis`; of an operand 1 where index is "n1".
Case case_of(DType dtype, const Dims& space, int axis, const std::string& index, const Region& region) {
  Case made;
  made.spec.expression =
      simplify(parse_expression(fmt::format("select(index[{}] == {}, x0, 0.0)", axis, index)));
  made.spec.space = space;
  made.spec.region = region;
  std::vector<int> axes;
  for (int a = 0; a < std::ssize(space); ++a) axes.push_back(a);
  add_operand(made, axes, dtype, 1);
  if (index == "n1") add_operand(made, {}, DType::i64, 2);
  std::erase(axes, axis);
  made.spec.result_axes = {axes};
  made.spec.rules = {find_reduction("sum")};
  made.results = {dtype};
  return made;
}

bool has_form(const Case& made) {
  return find_pointwise_form(made.spec, types_of(made.operands), types_of(results_of(made))).has_value();
}

/// Nothing is computed, so nothing is rounded.
void expect_exact(const Case& made) {
  SCOPED_TRACE(text_of(made));
  ASSERT_TRUE(has_form(made));
  testing::expect_equal(run_fast(made)[0], run_naive(made)[0]);
}

TEST(TakeMiddle, AgreesWithItsExpressionAlongEveryAxis) {
  const Dims space{3, 4, 5, 2};
  for (const DType dtype : testing::kFastTypes) {
    for (int axis = 0; axis < 4; ++axis) {
      for (const int64_t index : {0, 1}) {
        expect_exact(case_of(dtype, space, axis, std::to_string(index), Region::all(space)));
        Case made = case_of(dtype, space, axis, "n1", Region::all(space));
        made.operands[1].set(0, static_cast<double>(index));
        expect_exact(made);
      }
    }
  }
}

/// A rank that has another part of the axis adds zeros.
TEST(TakeMiddle, GivesZerosWhereTheIndexLiesElsewhere) {
  const Dims space{3, 9, 17};
  Region part = Region::all(space);
  part.ranges[1] = {2, 6};
  for (const int64_t index : {1, 2, 5, 6}) {
    const Case known = case_of(DType::f32, space, 1, std::to_string(index), part);
    expect_exact(known);
    EXPECT_EQ(run_fast(known)[0].get(0) != 0, index >= 2 && index < 6) << index;
    Case given = case_of(DType::f32, space, 1, "n1", part);
    given.operands[1].set(0, static_cast<double>(index));
    expect_exact(given);
  }
}

TEST(TakeMiddle, OtherAxesAndTypesHaveNoBody) {
  const Dims space{3, 4, 5};
  const Case made = case_of(DType::f32, space, 1, "2", Region::all(space));
  EXPECT_TRUE(has_form(made));
  Case turned = made;
  turned.spec.result_axes = {{2, 0}};
  EXPECT_FALSE(has_form(turned));
  Case widened = made;
  widened.operands[0] = Tensor(DType::bf16, space);
  EXPECT_FALSE(has_form(widened));
  EXPECT_FALSE(has_form(case_of(DType::f64, space, 1, "2", Region::all(space))));
}

}  // namespace
}  // namespace weft::kernels
