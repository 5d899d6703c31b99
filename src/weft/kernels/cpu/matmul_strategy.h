#pragma once
// How a product is computed: how it is put to oneDNN, mostly. Internal: the rule is chosen by measurement,
// the tests try every form.
#include "weft/kernels/matmul.h"

namespace weft::kernels {

/// The layout in which an operand reaches the matmul primitive.
enum class OperandForm : uint8_t {
  plain,      ///< as the caller stores it
  row_major,  ///< transposed into scratch where the caller stores it transposed
  blocked,    ///< the layout that oneDNN likes best, written into scratch
};

struct GemmStrategy {
  OperandForm a = OperandForm::plain;
  OperandForm b = OperandForm::plain;  ///< of a b that is not packed beforehand
  int64_t m_chunk = 0;    ///< rows of out at a time, so that a's other form stays in cache; 0: all
  int64_t k_chunk = 0;    ///< terms at a time, so that both operands stay in cache; 0: all
  bool few_rows = false;  ///< by few_rows_product, which wants b as it is stored
};

/// By shape alone, so that every rank and every run does the same.
GemmStrategy choose_strategy(const GemmShape& shape, bool packed_b);

/// A Gemm with a given strategy: for the tests and the measurements.
Gemm make_gemm(const GemmShape& shape, bool packed_b, const GemmStrategy& strategy);
Packer make_packer(const GemmShape& shape, DType source, const GemmStrategy& strategy);

/// The product in f64, which oneDNN lacks; parallel over rows of out.
void f64_gemm(const GemmShape& shape, const double* a, const double* b, double* out);

}  // namespace weft::kernels
