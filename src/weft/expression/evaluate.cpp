#include "weft/expression/evaluate.h"

#include "weft/base/philox.h"

namespace weft {

namespace {

double draw(const ScalarNode& node, double step, const Point& point) {
  uint64_t g = 0;
  for (const int axis : node.axes) {
    const auto a = static_cast<size_t>(axis);
    g = g * static_cast<uint64_t>(point.sizes[a]) + static_cast<uint64_t>(point.position[a]);
  }
  const RandomStream stream{node.seed, node.stream, static_cast<uint64_t>(static_cast<int64_t>(step))};
  return stream.half_word(g);
}

}  // namespace

void evaluate(const Expression& expression, const Point& point, std::span<double> values) {
  for (size_t n = 0; n < expression.nodes.size(); ++n) {
    const ScalarNode& node = expression.nodes[n];
    double arguments[3] = {};
    for (int i = 0; i < node.arity(); ++i) {
      const auto at = static_cast<size_t>(i);
      arguments[at] = values[static_cast<size_t>(node.arguments[at])];
    }
    switch (node.kind) {
      case ScalarNode::Kind::operand: {
        const double element = point.operands[static_cast<size_t>(node.number)];
        values[n] = node.type == ScalarType::boolean ? static_cast<double>(element != 0) : element;
        break;
      }
      case ScalarNode::Kind::constant:
        values[n] = node.value;
        break;
      case ScalarNode::Kind::index:
        values[n] = static_cast<double>(point.position[static_cast<size_t>(node.number)]);
        break;
      case ScalarNode::Kind::random:
        values[n] = draw(node, arguments[0], point);
        break;
      case ScalarNode::Kind::call:
        values[n] = node.function->evaluate(arguments);
        break;
    }
  }
}

}  // namespace weft
