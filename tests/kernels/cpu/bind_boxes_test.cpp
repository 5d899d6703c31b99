// Of kernels/cpu/bind_boxes.cpp: boxes that threads share, beside the definitions of the reference.
#include <gtest/gtest.h>

#include <cstring>

#include "tests/ops/interpreter.h"
#include "weft/base/threads.h"
#include "weft/ops/shape/concat.h"
#include "weft/ops/shape/pad.h"
#include "weft/ops/shape/slice.h"

namespace weft::kernels {
namespace {

using testing::Tensor;

/// Bytes that are all ones, so that what a kernel leaves out shows.
Tensor untouched(const TensorType& type) {
  Tensor tensor(type);
  if (type.bytes() > 0) std::memset(tensor.view().data, 0xff, static_cast<size_t>(type.bytes()));
  return tensor;
}

/// Bytes that differ from their neighbours; of bits the last ones are zero.
Tensor counted(const TensorType& type, uint64_t seed) {
  Tensor tensor(type);
  const View view = tensor.view();
  for (int64_t i = 0; i < type.bytes(); ++i) {
    view.data[i] = static_cast<std::byte>((static_cast<uint64_t>(i) + seed) * 2654435761U >> 7);
  }
  // A float of any bytes may be a NaN, which the reference may change.
  std::vector<double> values;
  for (int64_t i = 0; is_floating(type.dtype) && i < type.elems(); ++i) {
    values.push_back(static_cast<double>((i + 7) % 251));
  }
  if (!values.empty()) testing::from_doubles(values, view);
  clear_unused_bits(view);
  return tensor;
}

/// Runs the op on both devices and compares every byte of the results.
void expect_as_defined(const Op& op, const std::vector<TensorType>& inputs) {
  SCOPED_TRACE(std::string(op.name()) + " " + attribute_text(op) + " of " + to_string(inputs[0]));
  std::vector<Tensor> operands;
  std::vector<View> views;
  for (const TensorType& type : inputs) operands.push_back(counted(type, operands.size()));
  for (Tensor& operand : operands) views.push_back(operand.view());
  const TensorType out = op.infer(inputs)[0];
  Tensor wanted = untouched(out);
  Tensor got = untouched(out);
  testing::run_op(op, views, {wanted.view()}, testing::device_named("reference"));
  testing::run_op(op, views, {got.view()});
  EXPECT_EQ(std::memcmp(got.view().data, wanted.view().data, static_cast<size_t>(out.bytes())), 0);
}

TEST(Boxes, AreAsDefinedInEveryDtype) {
  for (const DType dtype : kDTypes) {
    expect_as_defined(Slice({{{1, 3}, {2, 13}, {3, 16}}}), {{dtype, {4, 13, 17}}});
    expect_as_defined(Slice({{{0, 4}, {8, 16}}}), {{dtype, {4, 24}}});
    expect_as_defined(Pad({1, 0, 3}, {0, 2, 5}), {{dtype, {3, 5, 7}}});
    expect_as_defined(Concat(1), {{dtype, {3, 5, 7}}, {dtype, {3, 0, 7}}, {dtype, {3, 2, 7}}});
    expect_as_defined(Concat(0), {{dtype, {11}}, {dtype, {6}}, {dtype, {9}}});
  }
}

/// Up to a megabyte, cut along the first dimension, along all three, or along the second.
TEST(Boxes, AreAsDefinedWhereThreadsShareThem) {
  const int before = threads();
  set_threads(3);
  for (const DType dtype : {DType::f32, DType::u8, DType::bit}) {
    for (const Dims& shape : {Dims{101, 2003}, Dims{2, 3, 50001}, Dims{1, 300007}}) {
      Region box = Region::all(shape);
      for (Range& range : box.ranges) range = {range.end / 5, range.end};
      expect_as_defined(Slice(box), {{dtype, shape}});
      expect_as_defined(Pad(Dims(shape.size(), 1), Dims(shape.size(), 2)), {{dtype, shape}});
      for (int axis = 0; axis < std::ssize(shape); ++axis) {
        expect_as_defined(Concat(axis), {{dtype, shape}, {dtype, shape}});
      }
    }
  }
  set_threads(before);
}

TEST(Boxes, AreRightWithoutElements) {
  for (const DType dtype : {DType::f32, DType::bit}) {
    expect_as_defined(Slice({{{2, 2}, {0, 3}}}), {{dtype, {2, 3}}});
    expect_as_defined(Pad({1, 2}, {0, 1}), {{dtype, {2, 0}}});
    expect_as_defined(Concat(0), {{dtype, {0, 3}}, {dtype, {0, 3}}});
  }
}

}  // namespace
}  // namespace weft::kernels
