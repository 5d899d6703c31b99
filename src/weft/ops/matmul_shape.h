#pragma once
// What a matmul node means for its operands; shared by the plain and the packed form.
#include "weft/graph/op.h"
#include "weft/kernels/matmul.h"
#include "weft/ops/matmul.h"

namespace weft {

/// Shape of the product. Throws UserError where the operands do not fit `dims`.
Dims matmul_output(const MatmulDims& dims, const TensorType& a, const TensorType& b);

/// One axis a dimension: batch, m, n, k in this order; k is what the output lacks.
IndexMap matmul_map(const MatmulDims& dims, const Dims& a, const Dims& b);

/// The groups flattened; products are computed in bf16 where an operand or the result is bf16.
kernels::GemmShape gemm_shape(const MatmulDims& dims, const TensorType& a, const TensorType& b, DType out);

std::string to_string(const MatmulDims& dims);

/// Replaces operand b, if it has no batch dimensions, by its packed form.
std::optional<PackedForm> packed_matmul(const MatmulDims& dims, const TensorType& a, const TensorType& b,
                                        const TensorType& out);

}  // namespace weft
