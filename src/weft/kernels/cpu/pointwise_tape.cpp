#include "weft/kernels/cpu/pointwise_tape.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft::kernels {

namespace {

bool is_f64(const TensorType& type) { return type.dtype == DType::f64; }

class Compiler {
 public:
  Compiler(const Expression& expression, std::span<const TensorType> operands,
           std::span<const TensorType> results)
      : expression_(expression),
        results_(results),
        uses_(expression.nodes.size(), 0),
        absorbed_(expression.nodes.size(), false),
        joined_(expression.nodes.size(), -1),
        places_(expression.nodes.size()),
        owned_(expression.nodes.size(), false) {
    tape_.wide = std::any_of(operands.begin(), operands.end(), is_f64) ||
                 std::any_of(results.begin(), results.end(), is_f64);
  }

  Tape run() {
    for (const ScalarNode& node : expression_.nodes) {
      for (int i = 0; i < node.arity(); ++i) ++uses_[argument(node, i)];
    }
    for (const int id : expression_.results) ++uses_[static_cast<size_t>(id)];
    for (size_t n = 0; n < expression_.nodes.size(); ++n) join_product(n);
    for (size_t n = 0; n < expression_.nodes.size(); ++n) place_leaf(n);
    for (size_t n = 0; n < expression_.nodes.size(); ++n) {
      if (expression_.nodes[n].kind == ScalarNode::Kind::call && !absorbed_[n]) emit(n);
    }
    for (const int id : expression_.results) tape_.results.push_back(places_[static_cast<size_t>(id)]);
    write_last_in_place();
    return std::move(tape_);
  }

 private:
  static size_t argument(const ScalarNode& node, int i) {
    return static_cast<size_t>(node.arguments[static_cast<size_t>(i)]);
  }

  /// Sums with a product that nobody else reads.
  void join_product(size_t n) {
    const ScalarNode& node = expression_.nodes[n];
    if (node.type != ScalarType::real || (!node.is_call("add") && !node.is_call("sub"))) return;
    for (int i = 0; i < 2; ++i) {
      const size_t product = argument(node, i);
      if (!expression_.nodes[product].is_call("mul") || uses_[product] != 1) continue;
      absorbed_[product] = true;
      joined_[n] = i;
      return;
    }
  }

  void place_leaf(size_t n) {
    const ScalarNode& node = expression_.nodes[n];
    switch (node.kind) {
      case ScalarNode::Kind::operand:
        places_[n] = {TapeSource::Kind::read, static_cast<int>(tape_.reads.size())};
        tape_.reads.push_back({node.number, node.type, tape_.tiles++});
        return;
      case ScalarNode::Kind::constant:
        places_[n] = {TapeSource::Kind::constant, static_cast<int>(tape_.constants.size())};
        tape_.constants.emplace_back(node.value, node.type);
        return;
      case ScalarNode::Kind::index:
      case ScalarNode::Kind::random: {
        const bool random = node.kind == ScalarNode::Kind::random;
        places_[n] = {TapeSource::Kind::tile, tape_.tiles};
        const int step = random ? expression_.node(node.arguments[0]).number : -1;
        tape_.positions.push_back({node, step, tape_.tiles++});
        return;
      }
      case ScalarNode::Kind::call:
        return;
    }
  }

  void emit(size_t n) {
    const ScalarNode& node = expression_.nodes[n];
    const ScalarType from = expression_.node(node.arguments[0]).type;
    if (node.function->signature == Signature::to_integer && from == ScalarType::boolean) {
      // 0 and 1 already; whoever reads it reads its argument.
      const size_t same = argument(node, 0);
      places_[n] = places_[same];
      if (owned_[same]) own(n, places_[n].at);
      release(same);
      return;
    }
    TapeStep step;
    std::vector<size_t> arguments;
    if (joined_[n] < 0) {
      for (int i = 0; i < node.arity(); ++i) arguments.push_back(argument(node, i));
    } else {
      const ScalarNode& product = expression_.nodes[argument(node, joined_[n])];
      arguments = {argument(product, 0), argument(product, 1), argument(node, 1 - joined_[n])};
    }
    step.function = node.function;
    step.arity = static_cast<int>(arguments.size());
    step.loop = loop_of(n);
    for (size_t i = 0; i < arguments.size(); ++i) step.sources[i] = places_[arguments[i]];
    for (const size_t id : arguments) release(id);
    step.tile = take_tile();
    own(n, step.tile);
    places_[n] = {TapeSource::Kind::tile, step.tile};
    tape_.steps.push_back(step);
  }

  /// Loops are chosen by the lanes that they read: those of the last argument, which for a selection is the
  /// data.
  bool reads_reals(const ScalarNode& node) const {
    return expression_.node(node.arguments[static_cast<size_t>(node.arity() - 1)]).type == ScalarType::real;
  }

  TileLoops loops_of(size_t n) const {
    const ScalarNode& node = expression_.nodes[n];
    std::string_view name = node.function->name;
    if (joined_[n] >= 0) name = node.is_call("add") ? "muladd" : joined_[n] == 0 ? "mulsub" : "negmuladd";
    const TileLoops* fast = find_tile_loops(name);
    return fast != nullptr ? *fast : slow_tile_loops();
  }

  TileLoop loop_of(size_t n) const {
    const ScalarNode& node = expression_.nodes[n];
    const TileLoops loops = loops_of(n);
    const TileLoop loop =
        reads_reals(node) ? (tape_.wide ? loops.f64 : loops.f32) : (tape_.wide ? loops.i64 : loops.i32);
    WEFT_CHECK(loop != nullptr, "no loop for {}", node.function->name);
    return loop;
  }

  void own(size_t n, int tile) {
    owned_[n] = true;
    if (static_cast<size_t>(tile) >= readers_.size()) readers_.resize(static_cast<size_t>(tile) + 1, 0);
    readers_[static_cast<size_t>(tile)] += uses_[n];
  }

  /// One reader fewer; a tile without readers is free. The step that reads it last may write it.
  void release(size_t id) {
    if (!owned_[id]) return;
    const int tile = places_[id].at;
    if (--readers_[static_cast<size_t>(tile)] == 0) free_.push_back(tile);
  }

  int take_tile() {
    if (free_.empty()) return tape_.tiles++;
    const int tile = free_.back();
    free_.pop_back();
    return tile;
  }

  /// Only for one result: what is written early could be an operand that is yet to be read.
  void write_last_in_place() {
    if (results_.size() != 1 || tape_.steps.empty()) return;
    const auto root = static_cast<size_t>(expression_.results[0]);
    const ScalarNode& node = expression_.nodes[root];
    const bool last = root + 1 == expression_.nodes.size() && node.kind == ScalarNode::Kind::call;
    if (!last || tape_.results[0].kind != TapeSource::Kind::tile ||
        tape_.results[0].at != tape_.steps.back().tile) {
      return;
    }
    const TapeStep& step = tape_.steps.back();
    const DType dtype = results_[0].dtype;
    const bool real = node.type == ScalarType::real;
    if (dtype == (real ? (tape_.wide ? DType::f64 : DType::f32) : (tape_.wide ? DType::i64 : DType::i32))) {
      tape_.last_in_place = step.loop;
    } else if (dtype == DType::bf16 && !tape_.wide && reads_reals(node)) {
      tape_.last_in_place = loops_of(root).f32_to_bf16;
    }
  }

  const Expression& expression_;
  std::span<const TensorType> results_;
  std::vector<int> uses_;
  std::vector<bool> absorbed_;  ///< products that a sum computes
  std::vector<int> joined_;     ///< which argument of a sum is such a product, or -1
  std::vector<TapeSource> places_;
  std::vector<bool> owned_;  ///< nodes whose tile is given back
  std::vector<int> readers_;
  std::vector<int> free_;
  Tape tape_;
};

}  // namespace

Tape compile_tape(const Expression& expression, std::span<const TensorType> operands,
                  std::span<const TensorType> results) {
  return Compiler(expression, operands, results).run();
}

}  // namespace weft::kernels
