#include "weft/kernels/cpu/pointwise_tape.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/kernels/cpu/pointwise_fusion.h"

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
        places_(expression.nodes.size()),
        owned_(expression.nodes.size(), false) {
    tape_.wide = std::any_of(operands.begin(), operands.end(), is_f64) ||
                 std::any_of(results.begin(), results.end(), is_f64);
  }

  Tape run() {
    passes_ = choose_passes(expression_, tape_.wide);
    for (const TilePass& pass : passes_) {
      for (const int id : pass.arguments) ++uses_[static_cast<size_t>(id)];
    }
    for (const int id : expression_.results) ++uses_[static_cast<size_t>(id)];
    for (size_t n = 0; n < expression_.nodes.size(); ++n) {
      if (uses_[n] > 0) place_leaf(n);
    }
    for (size_t n = 0; n < expression_.nodes.size(); ++n) {
      if (!passes_[n].loops.empty()) emit(n);
    }
    for (const int id : expression_.results) tape_.results.push_back(places_[static_cast<size_t>(id)]);
    write_last_in_place();
    return std::move(tape_);
  }

 private:
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
      const auto same = static_cast<size_t>(node.arguments[0]);
      places_[n] = places_[same];
      if (owned_[same]) own(n, places_[n].at);
      release(same);
      return;
    }
    const std::vector<int>& arguments = passes_[n].arguments;
    TapeStep step;
    step.function = node.function;
    step.arity = static_cast<int>(arguments.size());
    step.loop = loop_of(n);
    for (size_t i = 0; i < arguments.size(); ++i)
      step.sources[i] = places_[static_cast<size_t>(arguments[i])];
    for (const int id : arguments) release(static_cast<size_t>(id));
    step.tile = take_tile();
    own(n, step.tile);
    places_[n] = {TapeSource::Kind::tile, step.tile};
    tape_.steps.push_back(step);
  }

  /// Loops are chosen by the lanes that they read: those of the last argument, which for a selection is the
  /// data.
  bool reads_reals(size_t n) const {
    return expression_.node(passes_[n].arguments.back()).type == ScalarType::real;
  }

  TileLoops loops_of(size_t n) const {
    const TileLoops* fast = find_tile_loops(passes_[n].loops);
    return fast != nullptr ? *fast : slow_tile_loops();
  }

  TileLoop loop_of(size_t n) const {
    const TileLoops loops = loops_of(n);
    const TileLoop loop =
        reads_reals(n) ? (tape_.wide ? loops.f64 : loops.f32) : (tape_.wide ? loops.i64 : loops.i32);
    WEFT_CHECK(loop != nullptr, "no loop for {}", passes_[n].loops);
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
    } else if (dtype == DType::bf16 && !tape_.wide && reads_reals(root)) {
      tape_.last_in_place = loops_of(root).f32_to_bf16;
    }
  }

  const Expression& expression_;
  std::span<const TensorType> results_;
  std::vector<int> uses_;
  std::vector<TilePass> passes_;
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
