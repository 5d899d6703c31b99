#pragma once
#include <utility>
#include <vector>

#include "weft/ops/pointwise/pointwise.h"

namespace weft {

/// What the gradient's expression of a pointwise may read, by operand number, and which of the op's axes each
/// has: inputs, outputs, gradients of the outputs, then what is made on the way. Internal.
class Readable {
 public:
  Readable(const Pointwise& op, const GradientContext& context)
      : outputs_(outputs_of(op)), first_output_(static_cast<int>(context.inputs.size())) {
    for (size_t i = 0; i < context.inputs.size(); ++i) add(context.inputs[i], op.operands[i]);
    for (size_t o = 0; o < outputs_.size(); ++o) add(context.outputs[o], op.results[outputs_[o].result]);
    for (size_t o = 0; o < outputs_.size(); ++o) {
      add(context.output_gradients[o].value_or(context.outputs[o]), op.results[outputs_[o].result]);
    }
  }
  int add(ValueId value, const std::vector<int>& axes) {
    values_.emplace_back(value, axes);
    return static_cast<int>(values_.size()) - 1;
  }
  int count() const { return static_cast<int>(values_.size()); }
  const std::vector<PointwiseOutput>& outputs() const { return outputs_; }
  int output(size_t o) const { return first_output_ + static_cast<int>(o); }
  int output_gradient(size_t o) const { return output(outputs_.size() + o); }
  ValueId value(int number) const { return values_[static_cast<size_t>(number)].first; }
  const std::vector<int>& axes(int number) const { return values_[static_cast<size_t>(number)].second; }

 private:
  std::vector<PointwiseOutput> outputs_;
  int first_output_;
  std::vector<std::pair<ValueId, std::vector<int>>> values_;
};

}  // namespace weft
