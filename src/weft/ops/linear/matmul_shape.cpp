#include "weft/ops/linear/matmul_shape.h"

#include <fmt/format.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

/// Dimensions [first, first + count) of a shape.
Dims slice(const Dims& shape, int first, int count) {
  return {shape.begin() + first, shape.begin() + first + count};
}

struct Groups {
  Dims batch, outer, k;
};

/// Splits an operand's shape; `outer` is m or n.
Groups groups_of(const Dims& shape, int batch, int outer, int k, bool k_first) {
  return {slice(shape, 0, batch), slice(shape, batch + (k_first ? k : 0), outer),
          slice(shape, batch + (k_first ? 0 : outer), k)};
}

Groups a_groups(const MatmulDims& dims, const Dims& a) {
  return groups_of(a, dims.batch, dims.m, dims.k, dims.transpose_a);
}

Groups b_groups(const MatmulDims& dims, const Dims& b) {
  return groups_of(b, dims.batch, dims.n, dims.k, !dims.transpose_b);
}

void append(OperandMap& map, const OperandMap& more) { map.insert(map.end(), more.begin(), more.end()); }

void append_axes(std::vector<Axis>& axes, const char* group, const Dims& sizes) {
  for (size_t i = 0; i < sizes.size(); ++i) axes.push_back({fmt::format("{}{}", group, i), sizes[i]});
}

}  // namespace

Dims matmul_output(const MatmulDims& dims, const TensorType& a, const TensorType& b) {
  const auto rank = [](int batch, int x, int y) {
    return static_cast<size_t>(batch) + static_cast<size_t>(x) + static_cast<size_t>(y);
  };
  if (std::min({dims.batch, dims.m, dims.n, dims.k}) < 0) {
    user_error("matmul: got {}, expected no negative number of dimensions.", to_string(dims));
  }
  if (a.shape.size() != rank(dims.batch, dims.m, dims.k) ||
      b.shape.size() != rank(dims.batch, dims.n, dims.k)) {
    user_error("matmul: got {} and {}, expected as many dimensions as {}.", to_string(a), to_string(b),
               to_string(dims));
  }
  const Groups left = a_groups(dims, a.shape);
  const Groups right = b_groups(dims, b.shape);
  if (left.batch != right.batch || left.k != right.k) {
    user_error("matmul: got {} and {}, expected equal batch and summed dimensions for {}.", to_string(a),
               to_string(b), to_string(dims));
  }
  Dims out = left.batch;
  out.insert(out.end(), left.outer.begin(), left.outer.end());
  out.insert(out.end(), right.outer.begin(), right.outer.end());
  return out;
}

IndexMap matmul_map(const MatmulDims& dims, const Dims& a, const Dims& b) {
  IndexMap map;
  const Groups left = a_groups(dims, a);
  append_axes(map.axes, "b", left.batch);
  append_axes(map.axes, "m", left.outer);
  append_axes(map.axes, "n", b_groups(dims, b).outer);
  append_axes(map.axes, "k", left.k);
  const OperandMap batch = along_axes(0, dims.batch);
  const OperandMap m = along_axes(dims.batch, dims.m);
  const OperandMap n = along_axes(dims.batch + dims.m, dims.n);
  const OperandMap k = along_axes(dims.batch + dims.m + dims.n, dims.k);
  const auto operand = [&](const OperandMap& first, const OperandMap& second) {
    OperandMap joined = batch;
    append(joined, first);
    append(joined, second);
    return joined;
  };
  map.inputs = {dims.transpose_a ? operand(k, m) : operand(m, k),
                dims.transpose_b ? operand(n, k) : operand(k, n)};
  map.outputs = {operand(m, n)};
  return map;
}

MatmulSizes matmul_sizes(const MatmulDims& dims, const TensorType& a, const TensorType& b, DType out) {
  const Groups left = a_groups(dims, a.shape);
  const bool rounds = a.dtype == DType::bf16 || b.dtype == DType::bf16 || out == DType::bf16;
  return {elems_of(left.batch), elems_of(left.outer), elems_of(b_groups(dims, b.shape).outer),
          elems_of(left.k), rounds ? DType::bf16 : a.dtype};
}

std::string to_string(const MatmulDims& dims) {
  return fmt::format("batch={} m={} n={} k={} transpose_a={} transpose_b={}", dims.batch, dims.m, dims.n,
                     dims.k, dims.transpose_a, dims.transpose_b);
}

}  // namespace weft
