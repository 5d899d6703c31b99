#pragma once
#include <vector>

#include "weft/graph/schema.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

/// One computation of a staged node. Axis 0 of its space is the rows: every result has it outermost, every
/// operand has it outermost or not at all, and nothing reads a position along it.
struct StagedStep {
  Pointwise op;
  /// Which value each operand is: the node's inputs are counted first, then the steps' outputs in order.
  std::vector<int> inputs;
};

/// [expression, operands, results, reductions, dtypes, space, region, inputs]
template <>
struct AttributeCodec<StagedStep> {
  static std::string type() { return "step"; }
  static AttributeValue to(const StagedStep& value);
  static StagedStep from(const AttributeValue& value);
};

/// Computations over common rows, which a device runs one after the other on some rows at a time, so that
/// what one gives is still in cache when the next reads it. Only the pass `join_rows` makes these, after the
/// partition: the op cannot be divided.
struct Staged final : Schema<Staged> {
  static constexpr std::string_view kName = "staged";
  static constexpr std::string_view kMeaning =
      "Computations of pointwise over common rows, one after the other on a block of rows at a time. What no "
      "other node reads is kept for a block only.";
  int operands = 0;  ///< how many inputs the node has
  std::vector<StagedStep> steps;
  std::vector<int> results;       ///< which values are outputs, numbered as in StagedStep
  std::vector<TensorType> types;  ///< of the outputs

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("operands", op.operands, "how many inputs there are");
    v("steps", op.steps,
      "expression, operands' axes, results' axes, reductions, dtypes, space and region of each, as in "
      "pointwise, and which value each operand is: inputs first, then what the steps give");
    v("results", op.results, "which values are outputs");
    v("types", op.types, "of the outputs");
  }
  std::string title() const override;
  std::string formula() const override;
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  double flops(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override;

  int64_t rows() const { return steps[0].op.region.ranges[0].size(); }
};

/// What a value of a staged node is: its type for `rows` rows, and whether it has rows.
struct StagedValue {
  DType dtype = DType::f32;
  bool has_rows = false;
  Dims row;  ///< its sizes without the rows
  TensorType of_rows(int64_t rows) const;
};
/// By value number; `inputs` are the node's. UserError where steps and operands do not fit.
std::vector<StagedValue> values_of(const Staged& op, std::span<const TensorType> inputs);

}  // namespace weft
