#include "weft/plan/verify_memory.h"

#include <algorithm>
#include <map>

#include "weft/base/check.h"
#include "weft/plan/buffers.h"

namespace weft {

namespace {

/// Bytes of the arena (state -1) or of a state.
struct Bytes {
  int state = -1;
  int64_t begin = 0;
  int64_t end = 0;

  bool overlaps(const Bytes& other) const {
    return state == other.state && begin < other.end && other.begin < end;
  }
};

Bytes bytes_of(const Slot& slot) { return {slot.state, slot.offset, slot.offset + slot.type.bytes()}; }
Bytes scratch_of(const Instruction& made) {
  return {-1, made.scratch_offset, made.scratch_offset + made.scratch_bytes};
}

/// What bytes hold: a value, or something that no reader wants.
using Content = int64_t;
constexpr Content kScratch = -1;
constexpr Content results_under_way(int start) { return -2 - 2 * Content{start}; }
constexpr Content staging_under_way(int start) { return -3 - 2 * Content{start}; }

/// What every byte holds that was written.
class Memory {
 public:
  void write(const Bytes& bytes, Content content) {
    if (bytes.begin == bytes.end) return;
    cut(bytes.state, bytes.begin);
    cut(bytes.state, bytes.end);
    held_.erase(held_.lower_bound({bytes.state, bytes.begin}), held_.lower_bound({bytes.state, bytes.end}));
    held_[{bytes.state, bytes.begin}] = {bytes.end, content};
  }
  bool holds(const Bytes& bytes, Content content) const {
    if (bytes.begin == bytes.end) return true;
    const auto after = held_.upper_bound({bytes.state, bytes.begin});
    if (after == held_.begin()) return false;
    const auto& [at, piece] = *std::prev(after);
    return at.first == bytes.state && bytes.end <= piece.end && piece.content == content;
  }

 private:
  struct Piece {
    int64_t end;
    Content content;
  };

  /// Pieces begin or end at `offset`, where there are any.
  void cut(int state, int64_t offset) {
    const auto after = held_.lower_bound({state, offset});
    if (after == held_.begin()) return;
    auto& [at, piece] = *std::prev(after);
    if (at.first != state || piece.end <= offset) return;
    held_[{state, offset}] = piece;
    piece.end = offset;
  }

  std::map<std::pair<int, int64_t>, Piece> held_;  ///< by state and begin
};

class SegmentMemory {
 public:
  SegmentMemory(const Program& program, const Graph& graph, SegmentId segment)
      : program_(program), graph_(graph), segment_(segment), code_(program.segment(segment)) {
    for (size_t v = 0; v < graph.values().size(); ++v) {
      contents_.push_back(static_cast<Content>(v));
      const Value& value = graph.values()[v];
      if (value.kind != ValueKind::result) memory_.write(bytes_of(named(value)), contents_[v]);
    }
  }

  void run() {
    const std::vector<Step> steps = steps_of(graph_, segment_);
    WEFT_CHECK(code_.instructions.size() >= steps.size(),
               "segment {} has {} instructions, and the graph's has {} steps", code_.segment.name,
               code_.instructions.size(), steps.size());
    for (size_t s = 0; s < steps.size(); ++s) {
      const Instruction& made = code_.instructions[s];
      const Node& node = graph_.node(steps[s].node);
      WEFT_CHECK(made.op == node.op, "instruction {} of segment {} is {}, and the graph's node is {}", s,
                 code_.segment.name, made.op->title(), node.op->title());
      if (made.kind == InstructionKind::comm_wait) {
        wait(made, node);
      } else {
        start(made, node, static_cast<int>(s));
      }
    }
    for (size_t s = steps.size(); s < code_.instructions.size(); ++s) copy(code_.instructions[s]);
    finish();
  }

 private:
  const Slot& named(const Value& value) const { return program_.named.at(value.name).slot; }
  Content content_of(ValueId id) const { return contents_[id.at()]; }

  void expect(const Bytes& bytes, Content content, const std::string& reader) const {
    WEFT_CHECK(memory_.holds(bytes, content),
               "{} of segment {}: the {} bytes at {} that it needs hold something else by then", reader,
               code_.segment.name, bytes.end - bytes.begin, bytes.begin);
  }
  /// A title is a text of its own, made only where it is needed.
  void expect(const Bytes& bytes, Content content, const OpPtr& op) const {
    if (!memory_.holds(bytes, content)) expect(bytes, content, op->title());
  }

  /// A node's computation, or the start of its communication.
  void start(const Instruction& made, const Node& node, int step) {
    for (size_t i = 0; i < made.inputs.size(); ++i) {
      expect(bytes_of(made.inputs[i]), content_of(node.inputs[i]), made.op);
    }
    if (node.op->traits().view) {
      contents_[node.outputs[0].at()] = content_of(node.inputs[0]);
      return expect(bytes_of(made.outputs[0]), content_of(node.outputs[0]), made.op);
    }
    expect_own_place(made);
    const bool is_over = made.kind == InstructionKind::compute;
    const auto result = [&](size_t o) {
      return is_over ? content_of(node.outputs[o]) : results_under_way(step);
    };
    for (size_t o = 0; o < made.outputs.size(); ++o) memory_.write(bytes_of(made.outputs[o]), result(o));
    memory_.write(scratch_of(made), is_over ? kScratch : staging_under_way(step));
    // None of these lies over another.
    for (size_t o = 0; o < made.outputs.size(); ++o) {
      expect(bytes_of(made.outputs[o]), result(o), made.op);
    }
  }

  /// Its operands are read, and its results and its staging written, until then.
  void wait(const Instruction& made, const Node& node) {
    for (size_t i = 0; i < made.inputs.size(); ++i) {
      const Bytes operand = bytes_of(made.inputs[i]);
      const bool in_place = std::ranges::any_of(
          made.outputs, [&](const Slot& output) { return bytes_of(output).overlaps(operand); });
      if (!in_place) expect(operand, content_of(node.inputs[i]), made.op);
    }
    expect(scratch_of(code_.instructions[static_cast<size_t>(made.wait_of)]), staging_under_way(made.wait_of),
           made.op);
    for (size_t o = 0; o < made.outputs.size(); ++o) {
      expect(bytes_of(made.outputs[o]), results_under_way(made.wait_of), made.op);
      memory_.write(bytes_of(made.outputs[o]), content_of(node.outputs[o]));
    }
  }

  /// What it writes lies over none of its operands, but where the op says that it may.
  void expect_own_place(const Instruction& made) const {
    const auto pairs = made.op->traits().in_place;
    for (size_t i = 0; i < made.inputs.size(); ++i) {
      const Bytes operand = bytes_of(made.inputs[i]);
      bool is_free = !scratch_of(made).overlaps(operand);
      for (size_t o = 0; o < made.outputs.size(); ++o) {
        const std::pair<int, int> pair{static_cast<int>(o), static_cast<int>(i)};
        const bool may =
            made.outputs[o].offset == made.inputs[i].offset && std::ranges::count(pairs, pair) > 0;
        is_free = is_free && (may || !bytes_of(made.outputs[o]).overlaps(operand));
      }
      WEFT_CHECK(is_free, "{} of segment {} writes over its operand {}", made.op->title(), code_.segment.name,
                 i);
    }
  }

  /// Of a state's next value, which could not be made in its place.
  void copy(const Instruction& made) {
    for (const StateUpdate& update : graph_.updates()) {
      if (update.segment != segment_ || graph_.value(update.state).name != made.label) continue;
      expect(bytes_of(made.inputs[0]), content_of(update.next), "the copy of " + made.label);
      memory_.write(bytes_of(made.outputs[0]), content_of(update.next));
    }
  }

  void finish() const {
    for (const GraphOutput& output : graph_.outputs()) {
      if (output.segment != segment_) continue;
      expect(bytes_of(code_.outputs.at(output.name)), content_of(output.value), "the output " + output.name);
    }
    std::map<ValueId, ValueId> next;
    for (const StateUpdate& update : graph_.updates()) {
      if (update.segment == segment_) next.emplace(update.state, update.next);
    }
    for (size_t v = 0; v < graph_.values().size(); ++v) {
      const Value& value = graph_.values()[v];
      if (value.kind == ValueKind::result) continue;
      const ValueId id{static_cast<int32_t>(v)};
      const auto updated = next.find(id);
      expect(bytes_of(named(value)), content_of(updated == next.end() ? id : updated->second), value.name);
    }
  }

  const Program& program_;
  const Graph& graph_;
  SegmentId segment_;
  const SegmentProgram& code_;
  std::vector<Content> contents_;  ///< by value; a view holds what it is a view of
  Memory memory_;
};

}  // namespace

void verify_memory(const Program& program, const Graph& graph) {
  for (const SegmentId segment : program.order) SegmentMemory(program, graph, segment).run();
}

}  // namespace weft
