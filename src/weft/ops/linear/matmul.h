#pragma once
#include <optional>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// How many dimensions of the operands belong to each group of a matrix product. Groups are contiguous, in
/// this order: a [batch…, m…, k…] ([batch…, k…, m…] with transpose_a), b [batch…, k…, n…] ([batch…, n…, k…]
/// with transpose_b), out [batch…, m…, n…].
struct MatmulDims {
  int batch = 0;
  int m = 1;
  int n = 1;
  int k = 1;
  bool transpose_a = false;
  bool transpose_b = false;

  template <class Visitor, class Dimensions>
  static void visit(Visitor& v, Dimensions& dims) {
    v("batch", dims.batch, "leading dimensions that both operands and the result share");
    v("m", dims.m, "dimensions of a that the result has");
    v("n", dims.n, "dimensions of b that the result has");
    v("k", dims.k, "dimensions that are summed over");
    v("transpose_a", dims.transpose_a, "whether a is [batch…, k…, m…]");
    v("transpose_b", dims.transpose_b, "whether b is [batch…, n…, k…]");
  }
};

/// Operands a and b; see matmul().
struct Matmul final : Schema<Matmul> {
  static constexpr std::string_view kName = "matmul";
  static constexpr std::string_view kMeaning =
      "A product of matrices whose rows, columns and summed dimensions may be several: the sum over k… of a "
      "* b.";
  MatmulDims dims;
  DType out = DType::f32;
  Matmul() = default;
  Matmul(const MatmulDims& d, DType o) : dims(d), out(o) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    MatmulDims::visit(v, op.dims);
    v("out", op.out, "dtype of the result");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.contraction = true, .flops_per_point = 2}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// out = sum over k… of a * b. Where one operand is bf16 the other may be f32 (a weight): it is rounded and
/// the product is of bf16, summed in f32. `out_dtype` is a's by default; f32 is possible for products of
/// bf16. The gradient of each operand has that operand's dtype: weights kept in f32 get f32 gradients.
ValueId matmul(GraphBuilder& build, ValueId a, ValueId b, const MatmulDims& dims,
               std::optional<DType> out_dtype = std::nullopt);

/// x [..., C] times w [C, F], or [F, C] with `transposed`: [..., F].
ValueId linear(GraphBuilder& build, ValueId x, ValueId w, bool transposed = false);

}  // namespace weft
