#include "weft/ops/operand_types.h"

#include "weft/base/check.h"

namespace weft {

DType statistics_of(DType dtype) { return dtype == DType::f64 ? DType::f64 : DType::f32; }

void expect_inputs(std::string_view op, size_t got, size_t wanted) {
  if (got != wanted) user_error("{}: got {} operands, expected {}.", op, got, wanted);
}

void expect_floating(std::string_view op, const TensorType& type) {
  if (!is_floating(type.dtype))
    user_error("{}: got {}, expected a floating-point operand.", op, to_string(type));
}

void expect_dtype(std::string_view op, const TensorType& type, DType wanted) {
  if (type.dtype != wanted) {
    user_error("{}: got the operand {}, expected elements of {}.", op, to_string(type), name_of(wanted));
  }
}

void expect_shape(std::string_view op, const TensorType& type, const Dims& wanted) {
  if (type.shape != wanted) {
    user_error("{}: got the operand {}, expected the shape {}.", op, to_string(type), to_string(wanted));
  }
}

void expect_rank_at_least(std::string_view op, const TensorType& type, size_t rank) {
  if (type.shape.size() < rank) {
    user_error("{}: got the operand {}, expected at least {} dimensions.", op, to_string(type), rank);
  }
}

void expect_same(std::string_view op, const TensorType& a, const TensorType& b) {
  if (a != b) user_error("{}: got {} and {}, expected operands of one type.", op, to_string(a), to_string(b));
}

void expect_axis(std::string_view op, const TensorType& type, int axis) {
  if (axis < 0 || axis >= std::ssize(type.shape)) {
    user_error("{}: got the axis {} of {}, expected one of its dimensions.", op, axis, to_string(type));
  }
}

void expect_statistics(std::string_view op, const TensorType& type, DType of, const Dims& shape) {
  expect_dtype(op, type, statistics_of(of));
  expect_shape(op, type, shape);
}

int64_t sum_of_sizes(std::string_view op, std::span<const int64_t> sizes) {
  int64_t sum = 0;
  for (const int64_t size : sizes) {
    if (__builtin_add_overflow(sum, size, &sum)) {
      user_error("{}: got a dimension of the sizes {}, expected a sum below 2^63.", op,
                 to_string(Dims(sizes.begin(), sizes.end())));
    }
  }
  return sum;
}

Dims leading(const Dims& shape, size_t count) {
  return {shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(count)};
}

Dims trailing(const Dims& shape, size_t count) {
  return {shape.end() - static_cast<std::ptrdiff_t>(count), shape.end()};
}

}  // namespace weft
