#include "weft/ops/pointwise/pointwise_operands.h"

#include <algorithm>

#include "weft/expression/compose.h"
#include "weft/ops/pointwise/pointwise_positions.h"

namespace weft {

namespace {

/// In the order in which they are read.
std::vector<size_t> needed_operands(const Pointwise& op) {
  std::vector<size_t> needed;
  const auto take = [&](size_t i) {
    if (std::find(needed.begin(), needed.end(), i) == needed.end()) needed.push_back(i);
  };
  for (const ScalarNode& leaf : op.expression.nodes) {
    if (leaf.kind == ScalarNode::Kind::operand) take(static_cast<size_t>(leaf.number));
  }
  for (int axis = 0; axis < std::ssize(op.space); ++axis) {
    const auto has_it = [axis](const std::vector<int>& dims) { return has_axis(dims, axis); };
    const auto says = [&](size_t i) { return has_it(op.operands[i]); };
    if (std::any_of(op.results.begin(), op.results.end(), has_it)) continue;
    if (std::any_of(needed.begin(), needed.end(), says)) continue;
    const auto found = std::find_if(op.operands.begin(), op.operands.end(), has_it);
    if (found != op.operands.end()) take(static_cast<size_t>(found - op.operands.begin()));
  }
  return needed;
}

}  // namespace

std::vector<size_t> drop_unread_operands(Pointwise& op) {
  std::vector<size_t> left = needed_operands(op);
  std::vector<std::vector<int>> operands;
  for (const size_t i : left) operands.push_back(op.operands[i]);
  op.operands = std::move(operands);
  op.expression = renumber(op.expression, [&](int number) {
    return static_cast<int>(std::find(left.begin(), left.end(), static_cast<size_t>(number)) - left.begin());
  });
  return left;
}

}  // namespace weft
