#include "weft/kernels/cuda/transpose_spec.h"

#include <numeric>

#include "weft/expression/text.h"

namespace weft::cuda {

kernels::PointwiseSpec transpose_spec(const Transpose& op, const TensorType& x) {
  kernels::PointwiseSpec spec;
  spec.expression = parse_expression(is_floating(x.dtype) ? "x0" : "n0");
  std::vector<int> axes(op.order.size());
  std::iota(axes.begin(), axes.end(), 0);
  std::vector<int> axis_of(op.order.size());
  for (size_t i = 0; i < op.order.size(); ++i) {
    axis_of[static_cast<size_t>(op.order[i])] = static_cast<int>(i);
    spec.space.push_back(x.shape[static_cast<size_t>(op.order[i])]);
  }
  spec.region = Region::all(spec.space);
  spec.operand_axes = {axis_of};
  spec.result_axes = {axes};
  spec.rules = {nullptr};
  return spec;
}

}  // namespace weft::cuda
