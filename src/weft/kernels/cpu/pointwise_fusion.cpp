#include "weft/kernels/cpu/pointwise_fusion.h"

#include <algorithm>
#include <set>

#include "weft/expression/match.h"
#include "weft/kernels/cpu/pointwise_loops.h"
#include "weft/kernels/cpu/pointwise_patterns.h"

namespace weft::kernels {

namespace {

class Chooser {
 public:
  Chooser(const Expression& expression, bool wide)
      : expression_(expression), wide_(wide), readers_(expression.nodes.size()) {
    for (size_t n = 0; n < expression.nodes.size(); ++n) {
      const ScalarNode& node = expression.nodes[n];
      for (int i = 0; i < node.arity(); ++i) {
        readers_[static_cast<size_t>(node.arguments[static_cast<size_t>(i)])].insert(static_cast<int>(n));
      }
    }
    // A result is read from outside.
    for (const int id : expression.results) readers_[static_cast<size_t>(id)].insert(-1);
  }

  std::vector<TilePass> run() {
    std::vector<TilePass> passes(expression_.nodes.size());
    std::vector<bool> needed(expression_.nodes.size(), false);
    for (const int id : expression_.results) needed[static_cast<size_t>(id)] = true;
    for (size_t n = expression_.nodes.size(); n-- > 0;) {
      if (!needed[n] || expression_.nodes[n].kind != ScalarNode::Kind::call) continue;
      passes[n] = pass_of(static_cast<int>(n));
      for (const int id : passes[n].arguments) needed[static_cast<size_t>(id)] = true;
    }
    return passes;
  }

 private:
  TilePass pass_of(int root) const {
    const ScalarNode& node = expression_.node(root);
    for (const TilePattern& pattern : tile_patterns()) {
      const TileLoops* loops = find_tile_loops(pattern.loops);
      if (node.type != ScalarType::real || (wide_ ? loops->f64 : loops->f32) == nullptr) continue;
      Bindings bindings;
      if (!match(pattern.expression, expression_.nodes, root, bindings)) continue;
      TilePass pass{pattern.loops, {}};
      for (const auto& [name, id] : bindings) pass.arguments.push_back(id);
      if (is_alone(root, pass.arguments)) return pass;
    }
    TilePass pass{node.function->name, {}};
    for (int i = 0; i < node.arity(); ++i) pass.arguments.push_back(node.arguments[static_cast<size_t>(i)]);
    return pass;
  }

  /// Whether nobody else reads what lies between the root and the arguments.
  bool is_alone(int root, const std::vector<int>& arguments) const {
    std::set<int> inside = {root};
    std::vector<int> rest = {root};
    while (!rest.empty()) {
      const ScalarNode& node = expression_.node(rest.back());
      rest.pop_back();
      for (int i = 0; i < node.arity(); ++i) {
        const int id = node.arguments[static_cast<size_t>(i)];
        const bool is_argument = std::find(arguments.begin(), arguments.end(), id) != arguments.end();
        if (!is_argument && inside.insert(id).second) rest.push_back(id);
      }
    }
    return std::all_of(inside.begin(), inside.end(), [&](int id) {
      if (id == root || expression_.node(id).kind != ScalarNode::Kind::call) return true;
      const std::set<int>& readers = readers_[static_cast<size_t>(id)];
      return std::includes(inside.begin(), inside.end(), readers.begin(), readers.end());
    });
  }

  const Expression& expression_;
  bool wide_;
  std::vector<std::set<int>> readers_;
};

}  // namespace

std::vector<TilePass> choose_passes(const Expression& expression, bool wide) {
  return Chooser(expression, wide).run();
}

}  // namespace weft::kernels
