// The interpreter that runs on the GPU, run on the host: what it computes is what the definition of pointwise
// computes. What remains untried is the launch.
#include "weft/kernels/cuda/interpreter.h"

#include <gtest/gtest.h>

#include "tests/kernels/pointwise_cases.h"
#include "tests/ops/expect_error.h"
#include "weft/kernels/cuda/launch_pointwise.h"
#include "weft/kernels/cuda/pointwise_tape.h"

namespace weft::cuda {
namespace {

using kernels::Case;
using testing::Tensor;

Tape tape_of(const Case& made) {
  return compile_tape(made.spec, kernels::types_of(made.operands), kernels::types_of(results_of(made)));
}

/// Threads of a block, one after the other; their slots lie between each other's.
constexpr int64_t kThreads = 3;

template <class L>
void interpret(const Tape& tape, const Tensors& tensors) {
  const TapeImage image(tape);
  const std::vector<std::byte> copy(image.bytes().begin(), image.bytes().end());
  std::vector<L> slots(static_cast<size_t>(tape.slots * kThreads));
  for (int64_t point = 0; point < tape.points(); ++point) {
    run_point(image.at(copy.data()), tensors, point, slots.data() + point % kThreads, kThreads);
  }
}

std::vector<Tensor> run(const Case& made, std::vector<Tensor> results) {
  const Tape tape = tape_of(made);
  Tensors tensors;
  std::byte** next = tensors.data;
  for (const Tensor& operand : made.operands) *next++ = operand.view().data;
  for (const Tensor& result : results) *next++ = result.view().data;
  if (made.spec.region.empty()) return results;
  tape.wide ? interpret<WideLane>(tape, tensors) : interpret<NarrowLane>(tape, tensors);
  return results;
}

std::vector<Tensor> run(const Case& made) { return run(made, results_of(made)); }

/// Whether the interpreter has all functions of the case: a new row of the table need not be here at once.
bool is_served(const Case& made) {
  try {
    tape_of(made);
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("the device cuda has no function"), std::string::npos)
        << error.what();
    return false;
  }
  return true;
}

TEST(CudaInterpreter, RefusesPackedBits) {
  testing::expect_user_error(
      [] {
        tape_of(kernels::simple_case("x0 > 0", {{DType::f32, {9}}}, DType::bit));
      },
      "pointwise: the device cuda has no packed bits, got bit[9]");
}

void expect_random_cases(std::span<const DType> reals, uint64_t first) {
  int served = 0;
  for (uint64_t seed = first; seed < first + 200; ++seed) {
    const Case made = kernels::random_case(seed, reals);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text_of(made));
    if (!is_served(made)) continue;
    ++served;
    expect_naive(made, run(made));
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GE(served, 100);
}

TEST(CudaInterpreter, AgreesWithTheDefinitionInF32) { expect_random_cases(std::array{DType::f32}, 0); }
TEST(CudaInterpreter, AgreesWithTheDefinitionInBf16BesideF32) {
  expect_random_cases(std::array{DType::bf16, DType::f32, DType::bf16}, 1000);
}
TEST(CudaInterpreter, AgreesWithTheDefinitionInF64BesideOthers) {
  expect_random_cases(std::array{DType::f64, DType::f32, DType::bf16, DType::f64}, 2000);
}

/// A call of the function on operands of the first types that it takes.
std::string call_of(const Function& row) {
  const bool selection = row.signature == Signature::selection;
  std::string text = std::string(row.name) + (selection                             ? "(p0"
                                              : row.signature == Signature::to_real ? "(n0"
                                                                                    : "(x0");
  for (int i = 1; i < row.arity; ++i) text += ", x" + std::to_string(i);
  return text + ")";
}

TEST(CudaInterpreter, GivesWhatFunctionsAreAndRefusesThoseItLacks) {
  int served = 0;
  for (const Function& row : functions()) {
    SCOPED_TRACE(row.name);
    const bool whole = row.signature == Signature::selection || row.signature == Signature::to_real;
    std::vector<TensorType> operands(static_cast<size_t>(row.arity), {DType::f64, {64}});
    if (whole) operands[0].dtype = DType::i32;
    Case made = kernels::simple_case(call_of(row), operands, DType::f64);
    if (made.spec.expression.result(0).type != ScalarType::real) made.results = {DType::i64};
    if (!is_served(made)) continue;
    ++served;
    const std::vector<Tensor> want = run_naive(made);
    testing::expect_close(run(made)[0], want[0], 1e-14);
  }
  EXPECT_GE(served, 30);
}

TEST(CudaInterpreter, GivesWholeNumbersExactly) {
  for (const DType result : {DType::i32, DType::i64, DType::u8}) {
    for (const char* text : {"n0 * 2 + 3", "abs(n0 - 2)", "select(n0 > 1, n0, 7)", "max(n0, 2)"}) {
      SCOPED_TRACE(text);
      const Case made = kernels::simple_case(text, {{DType::i32, {5, 77}}}, result);
      testing::expect_equal(run(made)[0], kernels::run_naive(made)[0]);
    }
  }
}

TEST(CudaInterpreter, GivesTheNearestIntegerThatAResultHas) {
  Case wide = kernels::simple_case("n0 * 2", {{DType::i32, {3}}}, DType::u8);
  wide.operands[0] = Tensor::of(DType::i32, {3}, {-1, 100, 128});
  testing::expect_equal(run(wide)[0], Tensor::of(DType::u8, {3}, {0, 200, 255}));
  Case odd = kernels::simple_case("integer(x0)", {{DType::f32, {4}}}, DType::i32);
  odd.operands[0] = Tensor::of(DType::f32, {4}, {NAN, -3.5, 1e20, -1e20});
  testing::expect_equal(run(odd)[0], Tensor::of(DType::i32, {4}, {0, -3, 2147483647, -2147483648.0}));
}

TEST(CudaInterpreter, WritesOverAnOperand) {
  const Case made =
      kernels::simple_case("x0 * x1 + x0", {{DType::bf16, {9, 31}}, {DType::bf16, {31}}}, DType::bf16);
  const std::vector<Tensor> apart = run(made);
  Tensors tensors{{made.operands[0].view().data, made.operands[1].view().data, made.operands[0].view().data}};
  interpret<NarrowLane>(tape_of(made), tensors);
  testing::expect_equal(made.operands[0], apart[0]);
}

TEST(CudaTape, KeepsNoSlotLongerThanItIsRead) {
  const auto slots = [](std::string_view text) {
    return tape_of(kernels::simple_case(text, {{DType::f32, {8}}, {DType::f32, {8}}}, DType::f32)).slots;
  };
  EXPECT_EQ(slots("tanh(exp(sin(x0)))"), 1);
  EXPECT_EQ(slots("tanh(x0) + exp(x1)"), 2);
  EXPECT_EQ(slots("t = tanh(x0); exp(t) + t * x1"), 3);
}

TEST(CudaTape, JoinsAxes) {
  const auto sizes = [](const std::vector<TensorType>& types) {
    return tape_of(kernels::simple_case(types.size() == 1 ? "x0" : "x0 + x1", types, DType::f32)).sizes;
  };
  EXPECT_EQ(sizes({{DType::f32, {4, 5, 6}}}), (Dims{120}));
  EXPECT_EQ(sizes({{DType::f32, {4, 5, 6}}, {DType::f32, {6}}}), (Dims{20, 6}));
}

TEST(CudaTape, RefusesMoreInstructionsThanItsNumbersCount) {
  std::string text = "x0";
  for (int i = 0; i < 65534; ++i) text += " + x0";  // with one that loads and one that stores
  const Case made = kernels::simple_case(text, {{DType::f32, {2}}}, DType::f32);
  testing::expect_user_error(
      [&] { tape_of(made); },
      "pointwise: got an expression of 65536 instructions, expected at most 65535 on the device cuda");
}

TEST(CudaTape, RefusesMoreTensorsThanALaunchTakes) {
  std::string text = "x0";
  std::vector<TensorType> types(kMostTensors, {DType::f32, {2}});
  for (size_t i = 1; i < kMostTensors; ++i) text += " + x" + std::to_string(i);
  const Case made = kernels::simple_case(text, types, DType::f32);
  testing::expect_user_error(
      [&] { tape_of(made); },
      "pointwise: got 65 operands and results, expected at most 64 on the device cuda");
}

TEST(CudaLaunch, CoversThePointsWithinWhatABlockMayShare) {
  for (const int64_t points : {int64_t{1}, int64_t{255}, int64_t{257}, int64_t{1} << 20, int64_t{1} << 40}) {
    for (const int slots : {1, 12, 40, 190}) {
      for (const bool wide : {false, true}) {
        const LaunchShape shape = launch_shape(points, slots, wide);
        EXPECT_EQ(shape.threads % 32, 0);
        EXPECT_EQ(shape.shared_bytes, shape.threads * slots * (wide ? 8 : 4));
        EXPECT_LE(shape.shared_bytes, 48 * 1024);
        const int64_t at_once = int64_t{shape.blocks} * shape.threads;
        EXPECT_TRUE(at_once >= points || shape.blocks == 16384) << points;
        EXPECT_LT(at_once - shape.threads, points) << "a block without points";
      }
    }
  }
  testing::expect_user_error(
      [] { launch_shape(1, 193, true); },
      "pointwise: got an expression with 193 values at once, expected at most 192 on the device cuda");
}

}  // namespace
}  // namespace weft::cuda
