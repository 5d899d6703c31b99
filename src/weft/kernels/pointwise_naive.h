#pragma once
// The definition of pointwise.h: one point after the other, in f64 whatever the operands are.
#include "weft/kernels/pointwise.h"

namespace weft::kernels::naive {

class PointwiseKernel {
 public:
  explicit PointwiseKernel(PointwiseSpec spec);

  int64_t scratch_bytes() const;
  void run(std::span<const View> operands, std::span<const View> outputs, std::byte* scratch) const;

 private:
  PointwiseSpec spec_;
  Dims sizes_;
  std::vector<Dims> operand_strides_;
  std::vector<Dims> result_strides_;
  std::vector<std::vector<int>> reduced_;  ///< of each result: the axes that it has not
  std::vector<int64_t> elems_;             ///< of each result
};

}  // namespace weft::kernels::naive
