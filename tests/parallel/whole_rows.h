#pragma once
#include "weft/graph/schema.h"
#include "weft/ops/index_maps.h"

namespace weft::testing {

/// An op that needs the last dimension undivided, as a sort along it would.
struct WholeRows final : Schema<WholeRows> {
  static constexpr std::string_view kName = "whole_rows";
  static constexpr std::string_view kMeaning = "x [..., C], row by row.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override { return {inputs[0]}; }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const Dims& x = inputs[0].shape;
    return {axes_of(x, 1), {all_axes(x)}, {all_axes(x)}};
  }
};

inline ValueId whole_rows(GraphBuilder& build, ValueId x) {
  return build.add1(std::make_shared<WholeRows>(), {x});
}

}  // namespace weft::testing
