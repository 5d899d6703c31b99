#include "weft/expression/text.h"

#include <gtest/gtest.h>

#include "tests/expression/draws.h"
#include "weft/base/check.h"
#include "weft/expression/random_expression.h"
#include "weft/expression/simplify.h"

namespace weft {
namespace {

std::string printed(std::string_view text) { return to_string(parse_expression(text)); }

void expect_error(std::string_view text, std::string_view message) {
  try {
    parse_expression(text);
    ADD_FAILURE() << "no error: " << text;
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
  }
}

TEST(ExpressionText, IsPrintedAsItIsRead) {
  for (const char* text : {"x0",
                           "n1",
                           "p2",
                           "0.5",
                           "3",
                           "true",
                           "inf",
                           "-inf",
                           "nan",
                           "-0.5 * x0",
                           "-(0.5)",
                           "-x0 * x1",
                           "-(x0 * x1)",
                           "x0 - (x1 - x2)",
                           "x0 - x1 - x2",
                           "x0 / (x1 * x2)",
                           "x0 - -1.0",
                           "x0 < x1 + 1.0",
                           "select(x0 < 0.0, -x0, x0)",
                           "index[2]",
                           "random[7, 18446744073709551615, 0, 1](n1) >= 6554",
                           "t0 = exp(x0); t0 / (1.0 + t0)",
                           "x0, x1 * 2.0",
                           "1e-300",
                           "1e+300",
                           "real(n0) * 0.125",
                           "boolean(integer(x0))",
                           "(x0 < x1) == (x1 < x0)"}) {
    if (std::string_view(text) == "(x0 < x1) == (x1 < x0)") {
      expect_error(text, "expected two reals or two integers");
      continue;
    }
    EXPECT_EQ(printed(text), text);
  }
}

TEST(ExpressionText, TakesFreerFormsThanItPrints) {
  EXPECT_EQ(printed("a1=exp( x0 );\n a1+a1"), "t0 = exp(x0); t0 + t0");
  EXPECT_EQ(printed("x0 + 1"), "x0 + 1.0");
  EXPECT_EQ(printed("(((x0)))"), "x0");
  EXPECT_EQ(printed("exp(x0) * exp(x0)"), "t0 = exp(x0); t0 * t0");
  EXPECT_EQ(printed("unused = x1; x0"), "x0");
  EXPECT_EQ(printed("n0 == 3"), "n0 == 3");
  EXPECT_EQ(printed("add(x0, mul(x1, x2))"), "x0 + x1 * x2");
}

TEST(ExpressionText, SaysWhereItIsWrong) {
  expect_error("x0 + ",
               "expression \"x0 + \": got the end at column 6, expected a number, an operand or a function.");
  expect_error("x0 + $", "got '$' at column 6, expected a number, an operand or a function.");
  expect_error("x0 x1", "got 'x' at column 4, expected an operator or the end.");
  expect_error("x0 < x1 < x2", "got '<' at column 9, expected an operator or the end.");
  expect_error("tanh x0", "got 'x' at column 6, expected '('.");
  expect_error("tanh(x0, x1)", "expression: got 2 arguments of tanh, expected 1.");
  expect_error("tanh(n0)", "expression: got tanh of (integer), expected reals.");
  expect_error("x0 + n0", "expression: got add of (real, integer), expected all reals or all integers.");
  expect_error("x0 < p1", "expression: got lt of (real, boolean), expected two reals or two integers.");
  expect_error("select(x0, x1, x2)",
               "expression: got select of (real, real, real), expected a boolean and two of one type.");
  expect_error("random[1, 2, 0](x0)", "got a step of random that is no integer operand, expected one.");
  expect_error("random[-1, 2, 0](n0)", "expected a whole number.");
  expect_error("index[1000]", "expected an axis below 1000.");
  expect_error("t0 = x0; t0 = x1; t0", "expected a name that is new.");
  expect_error("2147483648", "expected an integer below 2^31, or a real.");
  expect_error("x0 + x2147483648", "expected a number, an operand or a function.");
  expect_error("n0 < 3000000000", "expected an integer below 2^31, or a real.");
  expect_error("1e999", "expected a number that fits.");
  expect_error(std::string(300, '(') + "x0", "expected less nesting.");
}

TEST(ExpressionText, RoundTripsForRandomExpressions) {
  const ScalarType types[] = {ScalarType::real, ScalarType::integer, ScalarType::real, ScalarType::boolean};
  for (uint64_t seed = 0; seed < 500; ++seed) {
    auto between = testing::draws(seed);
    const int calls = static_cast<int>(between(0, 30));
    const Expression made = random_expression({types, 2, calls, 2, 1}, between);
    const std::string text = to_string(made);
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_expression(text), made);
    EXPECT_EQ(parse_expression(to_string(simplify(made))), simplify(made));
  }
}

TEST(ExpressionText, NamesWhatIsTooDeepForAParser) {
  ExpressionBuilder build;
  Scalar deep = build.operand(0);
  for (int i = 0; i < 5000; ++i) deep = apply("sin", deep);
  const Expression made = build.build(std::array{deep});
  EXPECT_EQ(parse_expression(to_string(made)), made);
}

}  // namespace
}  // namespace weft
