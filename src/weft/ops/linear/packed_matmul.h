#pragma once
// The packed form of matmul, which a device offers and a pass puts in the place of products with a weight.
// Nobody builds it by hand.
#include "weft/ops/linear/matmul.h"

namespace weft {

/// How a device lays out a packed weight. Equal keys mean equal bytes.
struct PackedWeight {
  std::string key;
  int64_t bytes = 0;
};

/// The plain weight in, its opaque bytes out. Packs are equal where one can serve both products.
struct PackWeight final : Schema<PackWeight> {
  static constexpr std::string_view kName = "pack_weight";
  static constexpr std::string_view kMeaning =
      "A weight in the layout that a device's product is fastest with.";
  int64_t k = 0;
  int64_t n = 0;
  bool transposed = false;
  DType from = DType::f32;
  DType to = DType::f32;
  PackedWeight layout;
  /// Of a product that chose this layout. No attributes: any product of the same key packs the same bytes.
  int64_t rows = 0;
  bool transpose_a = false;
  DType out = DType::f32;

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("k", op.k, "rows of the weight, which are summed over");
    v("n", op.n, "columns of the weight");
    v("transposed", op.transposed, "whether the weight is stored [n, k]");
    v("from", op.from, "dtype of the weight");
    v("to", op.to, "dtype of the packed form");
    v("key", op.layout.key, "the device's name of the layout");
    v("bytes", op.layout.bytes, "size of the packed form");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.hoistable = true, .flops_per_point = 0}; }
};

/// matmul whose second operand is what PackWeight makes. It cannot be divided: passes pack after
/// partitioning.
struct PackedMatmul final : Schema<PackedMatmul> {
  static constexpr std::string_view kName = "packed_matmul";
  static constexpr std::string_view kMeaning =
      "matmul that reads its second operand as pack_weight wrote it.";
  MatmulDims dims;
  TensorType b;
  DType out = DType::f32;
  PackedWeight layout;

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    MatmulDims::visit(v, op.dims);
    v("b", op.b, "type of the plain weight");
    v("out", op.out, "dtype of the result");
    v("key", op.layout.key, "the device's name of the layout");
    v("bytes", op.layout.bytes, "size of the packed form");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.contraction = true}; }
  /// The packed bytes are an axis of the map, but no loop of the product.
  double flops(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
};

}  // namespace weft
