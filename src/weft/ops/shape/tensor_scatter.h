#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// `past` with `update` in the place of its rows index … index + L - 1 along `axis`: `update` is L long there
/// and else of past's shape and dtype; `index` is an i64 scalar. As the next value of the state `past`, which
/// nothing else in its segment reads, it is written over that state: only the new rows are moved.
///
///   build.update(cache, tensor_scatter(build, cache, keys, position))
///
/// Running it is a UserError where the rows do not lie within past. Nothing is learnt through it.
ValueId tensor_scatter(GraphBuilder& build, ValueId past, ValueId update, ValueId index, int axis = 1);

/// Operands past, update, index; see tensor_scatter().
struct TensorScatter final : Schema<TensorScatter> {
  static constexpr std::string_view kName = "tensor_scatter";
  static constexpr std::string_view kMeaning =
      "A cache with an update in the place of its rows from an index (i64 scalar) on; over the cache itself "
      "where that is allowed. ONNX's TensorScatter in the mode linear: all rows must lie within the cache.";
  int axis = 1;
  TensorScatter() = default;
  explicit TensorScatter(int a) : axis(a) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("axis", op.axis, "the dimension along which the rows lie");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override {
    return {.in_place = {{0, 0}}, .no_gradient = {0, 1}, .flops_per_point = 0};
  }
};

}  // namespace weft
