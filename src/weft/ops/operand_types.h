#pragma once
// What the operands of an op must be, checked with messages that name the op and the types that it got.
#include <string_view>

#include "weft/tensor/view.h"

namespace weft {

/// Dtype of parameters, statistics and parameter gradients beside activations of `dtype`: f64 beside f64,
/// else f32.
DType statistics_of(DType dtype);

/// Each throws a UserError that names `op` and the types.
void expect_inputs(std::string_view op, size_t got, size_t wanted);
void expect_floating(std::string_view op, const TensorType& type);
void expect_dtype(std::string_view op, const TensorType& type, DType wanted);
void expect_shape(std::string_view op, const TensorType& type, const Dims& wanted);
void expect_rank_at_least(std::string_view op, const TensorType& type, size_t rank);
void expect_same(std::string_view op, const TensorType& a, const TensorType& b);
void expect_axis(std::string_view op, const TensorType& type, int axis);
/// `type` must be statistics_of(of) in dtype and `shape` in shape.
void expect_statistics(std::string_view op, const TensorType& type, DType of, const Dims& shape);

/// The size of a dimension that is made of these. UserError where it cannot be counted.
int64_t sum_of_sizes(std::string_view op, std::span<const int64_t> sizes);

/// The first `count` sizes; the last `count` sizes.
Dims leading(const Dims& shape, size_t count);
Dims trailing(const Dims& shape, size_t count);

}  // namespace weft
