#include "weft/kernels/cuda/pointwise_tape.h"

#include <algorithm>
#include <limits>

#include "weft/base/check.h"
#include "weft/kernels/pointwise_layout.h"

namespace weft::cuda {

static_assert(kTapeAxes == kMostPointwiseAxes);

namespace {

constexpr std::pair<std::string_view, Call> kCalls[] = {
    {"add", Call::add},         {"sub", Call::sub},   {"mul", Call::mul},
    {"div", Call::div},         {"neg", Call::neg},   {"min", Call::min},
    {"max", Call::max},         {"lt", Call::lt},     {"le", Call::le},
    {"gt", Call::gt},           {"ge", Call::ge},     {"eq", Call::eq},
    {"ne", Call::ne},           {"exp", Call::exp},   {"log", Call::log},
    {"log1p", Call::log1p},     {"sqrt", Call::sqrt}, {"rsqrt", Call::rsqrt},
    {"pow", Call::pow},         {"tanh", Call::tanh}, {"sigmoid", Call::sigmoid},
    {"erf", Call::erf},         {"sin", Call::sin},   {"cos", Call::cos},
    {"atan", Call::atan},       {"abs", Call::abs},   {"sign", Call::sign},
    {"floor", Call::floor},     {"real", Call::real}, {"integer", Call::integer},
    {"boolean", Call::boolean},
};

Call call_of(const Function& function) {
  const auto* found = std::find_if(std::begin(kCalls), std::end(kCalls),
                                   [&](const auto& row) { return row.first == function.name; });
  if (found == std::end(kCalls)) user_error("pointwise: the device cuda has no function {}", function.name);
  return found->second;
}

/// Threads that write neighbouring bits would share bytes.
void refuse_bits(std::span<const TensorType> types) {
  for (const TensorType& type : types) {
    if (type.dtype == DType::bit)
      user_error("pointwise: the device cuda has no packed bits, got {}", to_string(type));
  }
}

bool is_f64(const TensorType& type) { return type.dtype == DType::f64; }

std::vector<ScalarNode> position_nodes(const Expression& expression) {
  std::vector<ScalarNode> nodes;
  std::copy_if(expression.nodes.begin(), expression.nodes.end(), std::back_inserter(nodes),
               [](const ScalarNode& node) {
                 return node.kind == ScalarNode::Kind::index || node.kind == ScalarNode::Kind::random;
               });
  return nodes;
}

class Compiler {
 public:
  Compiler(const kernels::PointwiseSpec& spec, std::span<const TensorType> operands,
           std::span<const TensorType> results)
      : expression_(spec.expression),
        operands_(operands),
        results_(results),
        layout_(kernels::layout_points(spec, position_nodes(spec.expression))),
        uses_(spec.expression.nodes.size(), 0),
        slot_of_(spec.expression.nodes.size(), 0) {}

  Tape run() {
    refuse_bits(operands_);
    refuse_bits(results_);
    tape_.wide = std::any_of(operands_.begin(), operands_.end(), is_f64) ||
                 std::any_of(results_.begin(), results_.end(), is_f64);
    tape_.sizes = layout_.sizes;
    for (const ScalarNode& node : expression_.nodes) {
      for (int i = 0; i < node.arity(); ++i)
        ++uses_[static_cast<size_t>(node.arguments[static_cast<size_t>(i)])];
    }
    for (const int id : expression_.results) ++uses_[static_cast<size_t>(id)];
    for (size_t n = 0; n < expression_.nodes.size(); ++n) compute(n);
    for (size_t r = 0; r < results_.size(); ++r) write(r);
    check_sizes();
    return std::move(tape_);
  }

 private:
  void compute(size_t n) {
    const ScalarNode& node = expression_.nodes[n];
    Instruction made = arguments_of(node);
    switch (node.kind) {
      case ScalarNode::Kind::constant:
        made.action = Action::constant;
        made.row = row(tape_.constants, node.value);
        break;
      case ScalarNode::Kind::operand:
        made.action = Action::read;
        made.dtype = operands_[static_cast<size_t>(node.number)].dtype;
        made.row = place(layout_.operands[static_cast<size_t>(node.number)], node.number);
        break;
      case ScalarNode::Kind::index:
        made.action = Action::index;
        made.row = place(layout_.positions[positions_++], -1);
        break;
      case ScalarNode::Kind::random:
        made.action = Action::random;
        made.row = row(tape_.draws, {node.seed, node.stream, place(layout_.positions[positions_++], -1)});
        break;
      case ScalarNode::Kind::call:
        made.action = node.function->signature == Signature::selection ? Action::select : Action::call;
        if (made.action == Action::call) made.function = call_of(*node.function);
        break;
    }
    made.out = take_slot();
    slot_of_[n] = made.out;
    tape_.instructions.push_back(made);
    if (node.kind == ScalarNode::Kind::operand && node.type == ScalarType::boolean) make_truth(made.out);
  }

  /// The slots that a node reads, which may be free from here on. A function of one argument has it twice.
  Instruction arguments_of(const ScalarNode& node) {
    Instruction made;
    made.integers = node.type != ScalarType::real;
    for (int i = 0; i < node.arity(); ++i) {
      const auto id = static_cast<size_t>(node.arguments[static_cast<size_t>(i)]);
      made.arguments[i] = slot_of_[id];
      if (i == 0) made.arguments[1] = slot_of_[id];
      if (node.kind == ScalarNode::Kind::call) made.integers = expression_.nodes[id].type != ScalarType::real;
      release(id);
    }
    return made;
  }

  /// An element that is taken for a boolean is true where it is not 0.
  void make_truth(uint16_t slot) {
    tape_.instructions.push_back({.action = Action::call,
                                  .function = Call::boolean,
                                  .integers = true,
                                  .out = slot,
                                  .arguments = {slot, slot}});
  }

  void write(size_t r) {
    const auto tensor = static_cast<int>(operands_.size() + r);
    tape_.instructions.push_back({.action = Action::write,
                                  .dtype = results_[r].dtype,
                                  .row = place(layout_.results[r], tensor),
                                  .arguments = {slot_of_[static_cast<size_t>(expression_.results[r])]}});
  }

  uint16_t place(const kernels::Affine& affine, int tensor) {
    Place made{.offset = affine.offset, .tensor = tensor};
    std::copy(affine.strides.begin(), affine.strides.end(), made.strides);
    return row(tape_.places, made);
  }

  template <class T>
  static uint16_t row(std::vector<T>& table, const T& value) {
    table.push_back(value);
    return static_cast<uint16_t>(table.size() - 1);
  }

  uint16_t take_slot() {
    if (free_.empty()) return static_cast<uint16_t>(tape_.slots++);
    const uint16_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  /// One reader fewer; a slot without readers is free.
  void release(size_t id) {
    if (--uses_[id] == 0) free_.push_back(slot_of_[id]);
  }

  void check_sizes() const {
    constexpr size_t kMost = std::numeric_limits<uint16_t>::max();
    if (tape_.instructions.size() > kMost) {
      user_error("pointwise: got an expression of {} instructions, expected at most {} on the device cuda",
                 tape_.instructions.size(), kMost);
    }
    if (operands_.size() + results_.size() > kMostTensors) {
      user_error("pointwise: got {} operands and results, expected at most {} on the device cuda",
                 operands_.size() + results_.size(), kMostTensors);
    }
  }

  const Expression& expression_;
  std::span<const TensorType> operands_;
  std::span<const TensorType> results_;
  kernels::PointLayout layout_;
  std::vector<int> uses_;
  std::vector<uint16_t> slot_of_;
  std::vector<uint16_t> free_;
  size_t positions_ = 0;
  Tape tape_;
};

}  // namespace

Tape compile_tape(const kernels::PointwiseSpec& spec, std::span<const TensorType> operands,
                  std::span<const TensorType> results) {
  return Compiler(spec, operands, results).run();
}

TapeImage::TapeImage(const Tape& tape)
    : instructions_(append(tape.instructions)),
      constants_(append(tape.constants)),
      places_(append(tape.places)),
      draws_(append(tape.draws)) {
  shape_.instruction_count = static_cast<int32_t>(tape.instructions.size());
  shape_.axes = static_cast<int32_t>(tape.sizes.size());
  shape_.points = tape.points();
  std::copy(tape.sizes.begin(), tape.sizes.end(), shape_.sizes);
}

template <class T>
int64_t TapeImage::append(const std::vector<T>& table) {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 8);
  const size_t begin = (bytes_.size() + 7) / 8 * 8;
  const auto rows = std::as_bytes(std::span(table));
  bytes_.resize(begin);
  bytes_.insert(bytes_.end(), rows.begin(), rows.end());
  return static_cast<int64_t>(begin);
}

TapeView TapeImage::at(const std::byte* base) const {
  TapeView view = shape_;
  view.instructions = reinterpret_cast<const Instruction*>(base + instructions_);
  view.constants = reinterpret_cast<const double*>(base + constants_);
  view.places = reinterpret_cast<const Place*>(base + places_);
  view.draws = reinterpret_cast<const Draw*>(base + draws_);
  return view;
}

}  // namespace weft::cuda
