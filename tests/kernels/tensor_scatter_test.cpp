// Of kernels/cpu/tensor_scatter.cpp: a slice is written at its place of an axis, and nothing else is.
#include "weft/ops/shape/tensor_scatter.h"

#include "tests/kernels/run_kernel.h"
#include "tests/kernels/tensor.h"
#include "weft/base/check.h"
#include "weft/graph/device.h"

namespace weft::kernels {
namespace {

using testing::expect_equal;
using testing::Tensor;

void scatter(const Tensor& past, const Tensor& update, int64_t index, int axis, const Tensor& out) {
  DeviceRegistry devices;
  register_all_devices(devices);
  const Tensor at = Tensor::scalar(DType::i64, static_cast<double>(index));
  const TensorScatter op(axis);
  const std::vector<TensorType> in{past.type(), update.type(), at.type()};
  const std::vector<View> operands{past, update, at}, results{out};
  run(devices.find("cpu").bind({op, in, op.infer(in)}), operands, results);
}

/// [outer, room, inner] with rows of one value each: 10 * outer + row.
Tensor numbered(DType dtype, int64_t outer, int64_t room, int64_t inner, double from) {
  Tensor result(dtype, {outer, room, inner});
  for (int64_t i = 0; i < result.elems(); ++i) {
    const int64_t row = i / inner, at = 10 * (row / room) + row % room;
    result.set(i, from + static_cast<double>(at));
  }
  return result;
}

TEST(TensorScatter, PutsRowsWhereTheIndexSays) {
  for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
    for (const int64_t rows : {1, 3, 7}) {
      for (int64_t index = 0; index + rows <= 7; ++index) {
        for (const bool in_place : {false, true}) {
          const Tensor past = numbered(dtype, 3, 7, 5, 0), update = numbered(dtype, 3, rows, 5, 50);
          Tensor want = numbered(dtype, 3, 7, 5, 0);
          for (int64_t i = 0; i < update.elems(); ++i) {
            const int64_t outer = i / 5 / rows, row = i / 5 % rows;
            want.set(((outer * 7) + index + row) * 5 + i % 5, update.get(i));
          }
          Tensor fresh(dtype, {3, 7, 5});
          scatter(past, update, index, 1, in_place ? past : fresh);
          expect_equal(in_place ? past : fresh, want);
        }
      }
    }
  }
}

TEST(TensorScatter, TakesRowsAlongAnyAxis) {
  const Tensor past = Tensor::of(DType::f32, {2, 3}, {1, 2, 3, 4, 5, 6});
  Tensor out(DType::f32, {2, 3});
  scatter(past, Tensor::of(DType::f32, {1, 3}, {7, 8, 9}), 1, 0, out);
  expect_equal(out, Tensor::of(DType::f32, {2, 3}, {1, 2, 3, 7, 8, 9}));
  scatter(past, Tensor::of(DType::f32, {2, 2}, {7, 8, 9, 10}), 1, 1, out);
  expect_equal(out, Tensor::of(DType::f32, {2, 3}, {1, 7, 8, 4, 9, 10}));
}

TEST(TensorScatter, LeavesRowsThatDoNotFitToTheCaller) {
  const Tensor past = numbered(DType::f32, 1, 7, 2, 0), update = numbered(DType::f32, 1, 3, 2, 50);
  const Tensor before = numbered(DType::f32, 1, 7, 2, 0);
  for (const int64_t index : {-1, 5}) {
    try {
      scatter(past, update, index, 1, past);
      FAIL() << index;
    } catch (const UserError& error) {
      EXPECT_EQ(std::string(error.what()),
                "tensor_scatter: got the row " + std::to_string(index) + ", expected one in [0, 4].");
    }
  }
  expect_equal(past, before);
}

}  // namespace
}  // namespace weft::kernels
