#pragma once
// What a matmul node means for its operands; shared by the plain and the packed form.
#include "weft/graph/op.h"
#include "weft/ops/linear/matmul.h"

namespace weft {

/// Shape of the product. Throws UserError where the operands do not fit `dims`.
Dims matmul_output(const MatmulDims& dims, const TensorType& a, const TensorType& b);

/// One axis a dimension: batch, m, n, k in this order; k is what the output lacks.
IndexMap matmul_map(const MatmulDims& dims, const Dims& a, const Dims& b);

/// The groups flattened, and the dtype that products are computed in: bf16 where an operand or the result is.
struct MatmulSizes {
  int64_t batch = 1;
  int64_t m = 1;
  int64_t n = 1;
  int64_t k = 1;
  DType compute = DType::f32;
};
MatmulSizes matmul_sizes(const MatmulDims& dims, const TensorType& a, const TensorType& b, DType out);

std::string to_string(const MatmulDims& dims);

}  // namespace weft
