#include "weft/graph/parse.h"

#include <gtest/gtest.h>

#include "tests/graph/toy_ops.h"
#include "weft/base/check.h"

namespace weft::testing {
namespace {

/// An op with an attribute of every kind.
struct Varied final : Schema<Varied> {
  static constexpr std::string_view kName = "varied";
  static constexpr std::string_view kMeaning = "Its operand.";
  bool flag = false;
  int64_t count = 0;
  uint64_t seed = 0;
  double rate = 0;
  std::string key;
  std::vector<int64_t> sizes;
  DType dtype = DType::f32;

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("flag", op.flag, "");
    v("count", op.count, "");
    v("seed", op.seed, "");
    v("rate", op.rate, "");
    v("key", op.key, "");
    v("sizes", op.sizes, "");
    v("dtype", op.dtype, "");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    return {inputs[0], inputs[0]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return same_shape_map(inputs, outputs);
  }
};

OpRegistry toy_ops() {
  OpRegistry ops;
  ops.add<Varied>(nullptr);
  ops.add<Constant>(nullptr);
  return ops;
}

TEST(Parse, ReadsWhatIsPrinted) {
  const std::string text =
      "input @x: f32[2, 3] (batch, c)\n"
      "input @scalar: i64[]\n"
      "state @s: bf16[4]\n"
      "parameter @w: f32[2, 3]\n"
      "%4, %5 = varied(@x) flag=true count=-3 seed=18446744073709551615 rate=0.5 key=12 a:b sizes=[1, 2] "
      "dtype=bf16: "
      "f32[2, 3], f32[2, 3]  # accumulate block 1\n"
      "%6 = constant() type=[f32, [2, 3]] value=2: f32[2, 3]  # update\n"
      "@w <- %6  # update\n"
      "output y = %5  # accumulate\n";
  EXPECT_EQ(to_text(parse_graph(text, toy_ops())), text);
}

TEST(Parse, SaysWhichLineIsWrong) {
  const auto expect_error = [](const std::string& line, const std::string& message) {
    try {
      parse_graph("input @x: f32[2] (n)\n" + line, toy_ops());
      FAIL() << line;
    } catch (const UserError& error) {
      EXPECT_EQ(error.what(), "line 2 of the graph: " + message);
    }
  };
  expect_error("%1 = gone(@x)", "there is no op gone");
  expect_error("%1 = constant(@z)", "there is no value @z");
  expect_error("%1 = constant() value=2", "expected type= in place of value=2");
  expect_error("%1 = constant() type=[f32, [2]] value=2 more=1",
               "constant: the attribute value: got 2 more=1, expected a number");
  expect_error("%1 = constant() type=[f32, [2]] value=2: f32[3]", "not the result's type: f32[3]");
  expect_error("%1, %2 = constant() type=[f32, [2]] value=2",
               "another number of results than the op has: %1, %2");
  expect_error("state @w: f99[2]", "expected a type, as in f32[4, 8], in place of f99[2]");
  expect_error("state w: f32[2]", "expected @NAME in place of w");
  expect_error("nonsense", "got nonsense");
  expect_error("%1 = constant", "expected OP(VALUES) in place of constant");
  expect_error("output y = @x  # later", "there is no phase later");
}

}  // namespace
}  // namespace weft::testing
