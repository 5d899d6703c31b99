#include <gtest/gtest.h>

#include "tests/kernels/staged_cases.h"
#include "weft/base/threads.h"

namespace weft::kernels {
namespace {

constexpr int64_t kRows[] = {0, 1, 3, 64, 701};
constexpr int64_t kColumns[] = {0, 1, 2, 17, 300};

void expect_steps(const StagedCase& made, PointwiseBodies bodies) {
  const std::vector<Tensor> got = run_staged(made, bodies);
  const std::vector<Tensor> want = run_steps_naive(made);
  for (size_t o = 0; o < want.size(); ++o) {
    SCOPED_TRACE("output " + std::to_string(o));
    testing::expect_close(got[o], want[o]);
  }
}

template <class Make>
void for_every_shape(const Make& make) {
  for (const DType dtype : {DType::f32, DType::bf16}) {
    for (const int64_t rows : kRows) {
      for (const int64_t columns : kColumns) {
        SCOPED_TRACE(std::to_string(rows) + " rows of " + std::to_string(columns));
        make(dtype, rows, columns);
      }
    }
  }
}

TEST(Staged, GivesWhatItsStepsGiveOneAfterTheOther) {
  for_every_shape([](DType dtype, int64_t rows, int64_t columns) {
    expect_steps(share_case(dtype, rows, columns), PointwiseBodies::hand_written);
    expect_steps(layer_norm_case(dtype, rows, columns), PointwiseBodies::interpreted_only);
    expect_steps(layer_norm_gradient_case(dtype, rows, columns, rows % 2 == 0),
                 PointwiseBodies::interpreted_only);
  });
}

TEST(Staged, DividesRowsIntoBlocksThatStayInCache) {
  const StagedCase made = share_case(DType::f32, 4096, 512);
  const StagedKernel kernel(made.op, made.input_types(), made.op.types);
  EXPECT_LT(kernel.rows_at_once(), 128);
  EXPECT_GT(kernel.rows_at_once(), 8);
  const StagedCase few = share_case(DType::f32, 1, 1 << 20);
  EXPECT_EQ(StagedKernel(few.op, few.input_types(), few.op.types).rows_at_once(), 1);
  expect_steps(made, PointwiseBodies::hand_written);
  expect_steps(few, PointwiseBodies::hand_written);
}

TEST(Staged, RunsOnWhateverThreadsThereAre) {
  const StagedCase made = share_case(DType::f32, 2048, 300);
  const std::vector<Tensor> want = run_staged(made, PointwiseBodies::hand_written);
  const int before = threads();
  for (const int count : {1, 3}) {
    set_threads(count);
    testing::expect_close(run_staged(made, PointwiseBodies::hand_written)[0], want[0]);
  }
  set_threads(before);
}

/// Every pair that the op offers, of operands of one type.
void expect_in_place(const StagedCase& made, PointwiseBodies bodies) {
  const std::vector<Tensor> want = run_staged(made, bodies);
  for (const auto& [output, input] : made.op.traits().in_place) {
    const auto o = static_cast<size_t>(output), i = static_cast<size_t>(input);
    if (made.inputs[i].type().bytes() != made.op.types[o].bytes()) continue;
    SCOPED_TRACE("output " + std::to_string(o) + " over input " + std::to_string(i));
    const Tensor shared = made.inputs[i];
    std::vector<View> inputs(made.inputs.begin(), made.inputs.end());
    std::vector<Tensor> outputs = made.outputs();
    std::vector<View> views(outputs.begin(), outputs.end());
    inputs[i] = shared;
    views[o] = {shared.view().data, made.op.types[o]};
    run_staged(made, inputs, views, bodies);
    for (size_t r = 0; r < want.size(); ++r) {
      EXPECT_EQ(std::memcmp(views[r].data, want[r].view().data, static_cast<size_t>(views[r].bytes())), 0);
    }
  }
}

TEST(Staged, GivesTheSameInPlace) {
  for (const PointwiseBodies bodies : {PointwiseBodies::hand_written, PointwiseBodies::interpreted_only}) {
    for_every_shape([&](DType dtype, int64_t rows, int64_t columns) {
      expect_in_place(share_case(dtype, rows, columns), bodies);
      expect_in_place(layer_norm_case(dtype, rows, columns), bodies);
      expect_in_place(layer_norm_gradient_case(dtype, rows, columns, true), bodies);
    });
  }
}

}  // namespace
}  // namespace weft::kernels
