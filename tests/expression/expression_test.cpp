#include "weft/expression/expression.h"

#include <gtest/gtest.h>

#include "weft/base/check.h"
#include "weft/base/philox.h"
#include "weft/expression/compose.h"
#include "weft/expression/evaluate.h"
#include "weft/expression/properties.h"
#include "weft/expression/text.h"

namespace weft {
namespace {

TEST(Expression, ReadsLikeItsFormula) {
  ExpressionBuilder build;
  const Scalar x = build.operand(0);
  const Scalar y = 0.5 * x * (1.0 + apply("tanh", x + 0.044715 * x * x * x));
  EXPECT_EQ(to_string(build.build(std::array{y})), "0.5 * x0 * (1.0 + tanh(x0 + 0.044715 * x0 * x0 * x0))");
  EXPECT_EQ(to_string(build.build(std::array{select(build.index(0) < 3, x, 0)})),
            "select(index[0] < 3, x0, 0.0)");
}

TEST(Expression, HasEveryPartOnce) {
  ExpressionBuilder build;
  const Scalar x = build.operand(0);
  EXPECT_EQ((x * x).id, (x * x).id);
  EXPECT_EQ(build.build(std::array{x * x, x * x}).nodes.size(), 2u);
}

TEST(Expression, DoesNotDependOnTheOrderOfMaking) {
  ExpressionBuilder one, other;
  other.constant(7);
  const Scalar b = apply("exp", other.operand(1));
  const Scalar a = apply("sin", other.operand(0));
  const Scalar first = apply("sin", one.operand(0)) + apply("exp", one.operand(1));
  EXPECT_EQ(one.build(std::array{first}), other.build(std::array{a + b}));
  EXPECT_EQ(one.fingerprint(first), other.fingerprint(a + b));
}

TEST(Compose, PutsOneExpressionIntoAnother) {
  const Expression outer = parse_expression("max(x0 + x1, 0.0)");
  const Expression inner = parse_expression("x0, x0 * x1");
  const Expression made = compose(outer, 1, inner, 1, std::array{0, -1}, std::array{0, 2});
  EXPECT_EQ(to_string(made), "max(x0 + x0 * x2, 0.0)");
  try {
    compose(outer, 1, parse_expression("n0 + 1"), 0, std::array{0, -1}, std::array{2});
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "expression: got integer for operand 1, expected real.");
  }
}

TEST(Compose, RenumbersOperands) {
  const auto number = [](int old) { return std::array{3, 0, 1}[static_cast<size_t>(old)]; };
  EXPECT_EQ(to_string(renumber(parse_expression("x0 - real(n2)"), number)), "x3 - real(n1)");
}

TEST(Properties, KnowWhatIsLinear) {
  for (const char* text : {"x0", "x0 + x1", "x0 - 2.0 * x1", "-x0 / 3.0", "x0, x0 + x1", "0.0",
                           "select(index[0] < 3, x0, 0.0)", "x0 * (1.0 + 2.0)"}) {
    EXPECT_TRUE(is_linear(parse_expression(text))) << text;
  }
  for (const char* text :
       {"x0 * x1", "x0 + 1.0", "1.0", "max(x0, 0.0)", "2.0 / x0", "select(x0 < 0.0, x0, 0.0)", "real(n0)",
        "x0, x0 * x0", "select(random[1, 2, 0](n1) < 9, x0, 0.0)", "x0 * real(n1)"}) {
    EXPECT_FALSE(is_linear(parse_expression(text))) << text;
  }
}

TEST(Properties, CountCommonPartsOnce) {
  EXPECT_EQ(flops_of(parse_expression("x0 * x1 + x0 * x1")), 2);
  EXPECT_EQ(flops_of(parse_expression("x0")), 0);
  EXPECT_TRUE(reads_position(parse_expression("index[0]")));
  EXPECT_FALSE(reads_position(parse_expression("x0")));
  EXPECT_TRUE(only_copies(parse_expression("x0, x1")));
  EXPECT_FALSE(only_copies(parse_expression("x0, -x1")));
}

TEST(Evaluate, DrawsTheBitsOfTheStream) {
  const Expression made = parse_expression("random[5, 9, 1, 0](n0), index[1]");
  const int64_t sizes[] = {7, 11};
  std::vector<double> values(made.nodes.size());
  for (int64_t i = 0; i < 7; ++i) {
    for (int64_t j = 0; j < 11; ++j) {
      const double step[] = {4};
      const int64_t position[] = {i, j};
      evaluate(made, {step, position, sizes}, values);
      const auto g = static_cast<uint64_t>(j * 7 + i);
      const RandomStream stream{5, 9, 4};
      const uint32_t bits = (stream.block(g / 8)[g % 8 / 2] >> (16 * (g % 2))) & 0xffffu;
      EXPECT_EQ(values[static_cast<size_t>(made.results[0])], bits);
      EXPECT_EQ(values[static_cast<size_t>(made.results[1])], static_cast<double>(j));
    }
  }
}

}  // namespace
}  // namespace weft
