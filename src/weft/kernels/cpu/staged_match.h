#pragma once
// Patterns of steps that read each other's results. Internal.
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "weft/ops/staged/staged.h"

namespace weft::kernels {

/// One result of a step: how it is reduced along all but the rows (kNoReduction: not), what is reduced, and
/// letters for the values that it gives, one a component. In the expression a letter is a value of the
/// sequence, or any operand that it then stands for; k and e are constants.
struct ResultPattern {
  ResultPattern(std::string_view rule, std::string_view expression, std::string_view gives);
  std::string_view rule;
  Expression expression;  ///< canonical
  std::string_view gives;
};
using StepPattern = std::vector<ResultPattern>;

/// What the letters of a pattern are.
struct SequenceBindings {
  std::map<char, int> values;  ///< numbers as in StagedStep
  std::map<char, double> constants;
};

/// Whether the steps are these, each of one pattern, in order.
std::optional<SequenceBindings> match_steps(const Staged& op, std::span<const StepPattern> patterns);

}  // namespace weft::kernels
