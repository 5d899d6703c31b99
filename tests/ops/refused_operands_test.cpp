// Of ops/: operands and attributes that no op takes, from a program or from a graph's file.
#include <gtest/gtest.h>

#include <memory>

#include "tests/ops/expect_error.h"
#include "weft/expression/text.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/partition/take_region.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/reduce/cum_sum.h"
#include "weft/ops/reduce/reduce.h"
#include "weft/ops/shape/embedding.h"
#include "weft/ops/shape/mix_pairs.h"
#include "weft/ops/window/average_pool.h"
#include "weft/ops/window/convolution.h"

namespace weft::testing {
namespace {

class Refused : public ::testing::Test {
 protected:
  ValueId operand(DType dtype, const Dims& shape) {
    return build_.input("x" + std::to_string(count_++), {dtype, shape},
                        std::vector<std::string>(shape.size(), "d"));
  }
  ValueId real(const Dims& shape) { return operand(DType::f32, shape); }

  GraphBuilder build_;
  int count_ = 0;
};

/// "x0" of an operand and a result along these axes of a space.
Pointwise along(const Dims& space, std::vector<int> operand, std::vector<int> result,
                const std::string& reduction) {
  Pointwise op;
  op.expression = parse_expression("x0");
  op.space = space;
  op.operands = {std::move(operand)};
  op.results = {std::move(result)};
  op.reductions = {reduction};
  op.dtypes = {DType::f32};
  return op;
}

TEST_F(Refused, DimensionsThatAProductCannotHave) {
  const ValueId a = real({2, 3});
  expect_user_error(
      [&] {
        matmul(build_, a, real({3, 2}), {.k = -1});
      },
      "expected no negative number of dimensions.");
}

TEST_F(Refused, ABoxThatTheOperandDoesNotHold) {
  const ValueId x = real({2, 3});
  const auto op = std::make_shared<TakeRegion>(Region{{{0, 2}, {0, 3}}}, Region{{{0, 2}, {2, 4}}});
  expect_user_error([&] { build_.add1(op, {x}); },
                    "take_region: got [0:2, 2:4] of [0:2, 0:3], expected a box within it.");
}

TEST_F(Refused, RowsThatAreNoPairs) {
  const ValueId share = real({});
  expect_user_error(
      [&] {
        mix_pairs(build_, real({3, 2}), share);
      },
      "mix_pairs: got f32[3, 2], expected an even number of rows.");
  expect_user_error(
      [&] {
        build_.add1(std::make_shared<MixPairs>(), {real({2, 3}), share});
      },
      "mix_pairs: got f32[2, 3], expected pairs in the second dimension.");
}

TEST_F(Refused, AnAxisThatNothingHas) {
  const std::vector<ValueId> x{real({2})};
  expect_user_error(
      [&] {
        pointwise(build_, x, along({2, 3}, {0}, {0}, "sum"));
      },
      "pointwise: got the axis 1 in no operand and no result of ");
}

TEST_F(Refused, PositionsThatTheirTypeCannotHold) {
  Pointwise op = along({4, 3}, {0, 1}, {0}, "argmax");
  op.dtypes = {DType::f32, DType::u8};
  const std::vector<ValueId> x{real({4, 3})};
  expect_user_error([&] { pointwise(build_, x, op); }, "pointwise: got u8 for the position that ");
  Pointwise large = along({int64_t{1} << 31}, {0}, {}, "argmax");
  large.dtypes = {DType::f32, DType::i32};
  const std::vector<ValueId> y{real(large.space)};
  expect_user_error([&] { pointwise(build_, y, large); }, "expected less than 2^31 positions.");
}

TEST_F(Refused, ASumOfNothing) {
  expect_user_error([&] { build_.add1(std::make_shared<AddN>(), {}); },
                    "add_n: got no operand, expected at least one.");
}

TEST_F(Refused, AnAxisThatThereIsNot) {
  const ValueId x = real({2, 3});
  expect_user_error([&] { cum_sum(build_, x, 2); }, "cum_sum: got the axis 2 of f32[2, 3]");
  expect_user_error([&] { reduce(build_, "sum", {x}, "x0", {-1}); },
                    "reduce: got the axis -1 of a value of shape [2, 3]");
}

TEST_F(Refused, ATableThatIsNone) {
  const ValueId ids = operand(DType::i32, {4});
  expect_user_error([&] { embedding(build_, real({7}), ids, DType::f32); },
                    "embedding: got the table f32[7], expected [vocabulary, width].");
  const auto backward = std::make_shared<EmbeddingBackward>(TensorType{DType::f32, {7}}, 0);
  expect_user_error(
      [&] {
        build_.add1(backward, {real({4, 7}), ids});
      },
      "embedding_backward: got the table f32[7], expected [vocabulary, width].");
}

TEST_F(Refused, WindowsOverWhatHasNoSpace) {
  const ValueId x = real({2, 3});
  expect_user_error(
      [&] {
        convolution(build_, x, real({4, 3}), {});
      },
      "convolution: got f32[2, 3] and f32[4, 3], expected [N, spatial..., C] and [F, C, kernel...]");
  expect_user_error([&] { average_pool(build_, x, {2}, {}); },
                    "average_pool: got f32[2, 3], expected [N, spatial..., C] in 1 to 3 dimensions.");
  expect_user_error(
      [&] {
        build_.add1(std::make_shared<Convolution>(WindowGeometry{}), {x, real({4, 3})});
      },
      "convolution: got the shape [2, 3], expected [N, spatial..., C] in 1 to 3 dimensions.");
}

TEST_F(Refused, WindowsThatAreNone) {
  WindowGeometry none;
  none.output = {4};
  none.kernel = {3};
  none.stride = {0};
  none.dilation = {1};
  none.pad_low = {0};
  const ValueId x = real({2, 9, 3});
  expect_user_error(
      [&] {
        build_.add1(std::make_shared<Convolution>(none), {x, real({4, 3, 3})});
      },
      "convolution: got the kernel 3, the stride 0, the dilation 1 and 4 windows, expected at least 1 and "
      "0.");
  expect_user_error([&] { average_pool(build_, x, {0}, {}); },
                    "average_pool: got the kernel 0, the stride 1 and the dilation 1, expected at least 1.");
}

}  // namespace
}  // namespace weft::testing
