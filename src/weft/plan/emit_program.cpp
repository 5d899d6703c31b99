#include "weft/plan/emit_program.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/plan/arena_layout.h"
#include "weft/plan/buffers.h"
#include "weft/plan/copy_state.h"
#include "weft/plan/node_prices.h"

namespace weft {

int64_t staging_bytes(const CommSpec& spec, std::span<const TensorType> operands) {
  const DType dtype = operands[0].dtype;
  int64_t bytes = 0;
  switch (spec.kind) {
    case CommKind::all_reduce:
      return operands.size() == 1 ? 0 : bytes_of(operands);
    case CommKind::reduce_scatter:
      return bytes_of(dtype, spec.source.elems());
    case CommKind::all_gather:
      for (const Region& part : spec.parts) bytes += bytes_of(dtype, part.elems());
      return bytes;
    case CommKind::exchange:
      for (const Transfer& send : spec.sends) bytes += aligned(bytes_of(dtype, send.region.elems()));
      for (const Transfer& receive : spec.receives) bytes += aligned(bytes_of(dtype, receive.region.elems()));
      return bytes;
  }
  return bytes;
}

namespace {

class Emitter {
 public:
  Emitter(const LocalGraph& local, const Device& device, const PlanOptions& options)
      : local_(local), graph_(local.graph), device_(device), options_(options), prices_(options) {}

  Program run() {
    for (const Segment& segment : graph_.segments()) {
      if (segment.slots > 1) {
        user_error("segment {}: it has {} slots, and one microbatch at a time is all that can be planned",
                   segment.name, segment.slots);
      }
      program_.segments.push_back({.segment = segment});
    }
    place_named();
    for (const SegmentId segment : graph_.order()) emit_segment(segment);
    program_.mesh = options_.mesh;
    program_.rank = options_.rank;
    program_.memory = device_.memory();
    return std::move(program_);
  }

 private:
  void place_named() {
    for (const Value& value : graph_.values()) {
      if (value.kind == ValueKind::result) continue;
      NamedSlot named{.slot = {}, .where = {}, .kind = value.kind, .state_kind = value.state_kind};
      const int64_t bytes = aligned(value.type.bytes());
      if (value.kind == ValueKind::state) {
        named.slot = {0, value.type, static_cast<int>(program_.states.size())};
        program_.states.push_back(value.name);
        program_.state_bytes += bytes;
      } else {
        named.slot = {program_.input_bytes, value.type};
        program_.input_bytes += bytes;
      }
      named.initializer = value.initializer;
      const auto where = local_.named.find(value.name);
      named.where = where != local_.named.end()
                        ? where->second
                        : LocalValue{value.type, Region::all(value.type.shape), {}, true};
      program_.named.emplace(value.name, std::move(named));
    }
    program_.arena_bytes = program_.input_bytes;
  }

  /// Whether all that the segment leaves behind are derived states.
  bool refreshes(SegmentId segment) const {
    const auto gives = [&](const GraphOutput& output) { return output.segment == segment; };
    const auto keeps = [&](const StateUpdate& update) {
      return update.segment == segment && graph_.value(update.state).state_kind != kDerived;
    };
    return std::none_of(graph_.outputs().begin(), graph_.outputs().end(), gives) &&
           std::none_of(graph_.updates().begin(), graph_.updates().end(), keeps);
  }

  void emit_segment(SegmentId segment) {
    const SegmentBuffers buffers = share_buffers(graph_, segment);
    if (buffers.steps.empty() && buffers.copies.empty()) return;
    SegmentProgram& out = program_.segments[segment.at()];
    program_.order.push_back(segment);
    out.refreshes = refreshes(segment);
    std::vector<Lifetime> lifetimes = buffers.transients;
    for (size_t s = 0; s < buffers.steps.size(); ++s) {
      out.instructions.push_back(instruction(buffers.steps[s], static_cast<int>(s)));
    }
    number_communication(out.instructions);
    // Scratch lives as long as its instruction; staging from the start of a communication to its wait.
    std::vector<size_t> scratch_of(out.instructions.size(), 0);
    for (size_t s = 0; s < out.instructions.size(); ++s) {
      Instruction& made = out.instructions[s];
      if (made.kind == InstructionKind::comm_wait) {
        lifetimes[scratch_of[static_cast<size_t>(made.wait_of)]].last = static_cast<int>(s);
        scratch_of[s] = scratch_of[static_cast<size_t>(made.wait_of)];
        continue;
      }
      scratch_of[s] = lifetimes.size();
      lifetimes.push_back({made.scratch_bytes, static_cast<int>(s), static_cast<int>(s)});
    }
    const ArenaLayout layout = lay_out(lifetimes);
    const auto slot = [&](ValueId id) {
      const BufferOf& buffer = buffers.of_value.at(id);
      Slot made{.type = graph_.type(id)};
      if (buffer.transient < 0) {
        const Slot& named = program_.named.at(graph_.value(buffer.named).name).slot;
        made.offset = named.offset;
        made.state = named.state;
      } else {
        made.offset = program_.input_bytes + layout.offsets[static_cast<size_t>(buffer.transient)];
      }
      return made;
    };
    for (size_t s = 0; s < out.instructions.size(); ++s) {
      const Node& node = graph_.node(buffers.steps[s].node);
      for (const ValueId id : node.inputs) out.instructions[s].inputs.push_back(slot(id));
      for (const ValueId id : node.outputs) out.instructions[s].outputs.push_back(slot(id));
      out.instructions[s].scratch_offset = program_.input_bytes + layout.offsets[scratch_of[s]];
    }
    for (const StateUpdate& update : buffers.copies) {
      Instruction& made = out.instructions.emplace_back(copy_state(
          slot(update.next), slot(update.state), graph_.value(update.state).name, device_.memory()));
      made.predicted = prices_.of(*made.op, {{made.inputs[0].type}}, {{made.outputs[0].type}});
    }
    for (const GraphOutput& output : graph_.outputs()) {
      if (output.segment == segment) out.outputs.emplace(output.name, slot(output.value));
    }
    measure_memory(lifetimes, out);
    program_.arena_bytes = std::max(program_.arena_bytes, program_.input_bytes + layout.bytes);
  }

  /// Positions differ from rank to rank where shards do (a copy more, a weight that is not worth packing);
  /// the order of communication does not.
  static void number_communication(std::vector<Instruction>& instructions) {
    int started = 0;
    for (Instruction& made : instructions) {
      if (made.kind == InstructionKind::comm_start) made.comm = started++;
      if (made.kind == InstructionKind::comm_wait)
        made.comm = instructions[static_cast<size_t>(made.wait_of)].comm;
    }
  }

  Instruction instruction(const Step& step, int position) {
    const Node& node = graph_.node(step.node);
    const std::vector<TensorType> inputs = graph_.input_types(node);
    const std::vector<TensorType> outputs = graph_.output_types(node);
    Instruction made;
    made.op = node.op;
    made.label = node.label;
    made.placement = node.placement;
    made.work = class_of(*node.op, inputs, outputs);
    if (const CommSpec* spec = node.op->communication(); spec != nullptr) {
      made.kind = step.wait ? InstructionKind::comm_wait : InstructionKind::comm_start;
      made.wait_of = step.wait ? step.start : -1;
      if (!step.wait) {
        made.scratch_bytes = staging_bytes(*spec, inputs);
        made.predicted = prices_.of(*node.op, inputs, outputs);
      }
      return made;
    }
    WEFT_CHECK(position >= 0, "negative position");
    if (node.op->traits().view) return made;
    made.kernel = bind(node, inputs, outputs);
    made.scratch_bytes = made.kernel.scratch_bytes;
    made.predicted = prices_.of(*node.op, inputs, outputs, made.kernel.extra_bytes);
    return made;
  }

  /// A kernel that refuses its shapes does not know where in the model it stands.
  Kernel bind(const Node& node, const std::vector<TensorType>& inputs,
              const std::vector<TensorType>& outputs) const {
    try {
      return device_.bind({*node.op, inputs, outputs});
    } catch (const UserError& error) {
      if (node.label.empty()) throw;
      user_error("{}: {}", node.label, error.what());
    }
  }

  void measure_memory(const std::vector<Lifetime>& lifetimes, SegmentProgram& out) const {
    std::vector<int64_t> change(out.instructions.size() + 2, 0);
    for (const Lifetime& lifetime : lifetimes) {
      change[static_cast<size_t>(lifetime.first)] += aligned(lifetime.bytes);
      change[std::min(static_cast<size_t>(lifetime.last) + 1, change.size() - 1)] -= aligned(lifetime.bytes);
    }
    int64_t live = program_.state_bytes + program_.input_bytes;
    for (size_t s = 0; s < out.instructions.size(); ++s) {
      live += change[s];
      out.live_bytes.push_back(live);
      if (live > out.peak_bytes) {
        out.peak_bytes = live;
        out.peak_at = static_cast<int>(s);
      }
    }
  }

  const LocalGraph& local_;
  const Graph& graph_;
  const Device& device_;
  const PlanOptions& options_;
  NodePrices prices_;
  Program program_;
};

}  // namespace

Program emit_program(const LocalGraph& local, const Device& device, const PlanOptions& options) {
  return Emitter(local, device, options).run();
}

std::map<std::vector<int>, int64_t> planned_network_bytes(const SegmentProgram& code) {
  std::map<std::vector<int>, int64_t> bytes;
  for (const Instruction& made : code.instructions) {
    const CommSpec* spec = made.op->communication();
    if (made.kind != InstructionKind::comm_start || spec->group_size == 1) continue;
    int64_t& planned = bytes[spec->mesh_axes];
    if (spec->kind != CommKind::exchange) {
      for (const Slot& operand : made.inputs) planned += operand.type.bytes();
    } else {
      const DType dtype = made.inputs[0].type.dtype;
      for (const Transfer& send : spec->sends) planned += bytes_of(dtype, send.region.elems());
    }
  }
  return bytes;
}

std::string communication_order(const Program& program) {
  std::string text;
  for (const SegmentId id : program.order) {
    const SegmentProgram& code = program.segment(id);
    for (const Instruction& made : code.instructions) {
      if (made.kind != InstructionKind::comm_start) continue;
      text += fmt::format("{} {} over axes {} for {}\n", code.segment.name, made.op->name(),
                          fmt::join(made.op->communication()->mesh_axes, ","), made.label);
    }
  }
  return text;
}

}  // namespace weft
