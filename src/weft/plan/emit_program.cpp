#include "weft/plan/emit_program.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/plan/arena_layout.h"
#include "weft/plan/buffers.h"
#include "weft/plan/copy_state.h"

namespace weft {

int64_t staging_bytes(const CommSpec& spec, DType dtype) {
  const int64_t item = bytes_of(dtype);
  int64_t bytes = 0;
  switch (spec.kind) {
    case CommKind::all_reduce:
      return 0;
    case CommKind::reduce_scatter:
      return spec.source.elems() * item;
    case CommKind::all_gather:
      for (const Region& part : spec.parts) bytes += part.elems() * item;
      return bytes;
    case CommKind::exchange:
      for (const Transfer& send : spec.sends) bytes += aligned(send.region.elems() * item);
      for (const Transfer& receive : spec.receives) bytes += aligned(receive.region.elems() * item);
      return bytes;
  }
  return bytes;
}

namespace {

class Emitter {
 public:
  Emitter(const LocalGraph& local, const Device& device, const PlanOptions& options)
      : local_(local), graph_(local.graph), device_(device), options_(options) {}

  Program run() {
    place_named();
    for (const Phase phase : kPhases) emit_phase(phase);
    program_.mesh = options_.mesh;
    program_.rank = options_.rank;
    return std::move(program_);
  }

 private:
  void place_named() {
    for (const Value& value : graph_.values()) {
      if (value.kind == ValueKind::result) continue;
      NamedSlot named{.slot = {program_.state_bytes, value.type}, .where = {}, .kind = value.kind};
      named.parameter = value.parameter;
      named.initializer = value.initializer;
      const auto where = local_.named.find(value.name);
      named.where = where != local_.named.end()
                        ? where->second
                        : LocalValue{value.type, Region::all(value.type.shape), {}, true};
      program_.state_bytes += aligned(value.type.bytes());
      program_.named.emplace(value.name, std::move(named));
    }
    program_.arena_bytes = program_.state_bytes;
  }

  void emit_phase(Phase phase) {
    const PhaseBuffers buffers = share_buffers(graph_, phase);
    if (buffers.steps.empty() && buffers.copies.empty()) return;
    PhaseProgram out;
    std::vector<Lifetime> lifetimes;
    for (const Transient& t : buffers.transients) lifetimes.push_back({t.bytes, t.first, t.last});
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
      const int64_t offset =
          buffer.transient < 0 ? program_.named.at(graph_.value(buffer.named).name).slot.offset
                               : program_.state_bytes + layout.offsets[static_cast<size_t>(buffer.transient)];
      return Slot{offset, graph_.type(id)};
    };
    for (size_t s = 0; s < out.instructions.size(); ++s) {
      const Node& node = graph_.node(buffers.steps[s].node);
      for (const ValueId id : node.inputs) out.instructions[s].inputs.push_back(slot(id));
      for (const ValueId id : node.outputs) out.instructions[s].outputs.push_back(slot(id));
      out.instructions[s].scratch_offset = program_.state_bytes + layout.offsets[scratch_of[s]];
    }
    for (const StateUpdate& update : buffers.copies) {
      out.instructions.push_back(
          copy_state(slot(update.next), slot(update.state), graph_.value(update.state).name));
    }
    for (const GraphOutput& output : graph_.outputs()) {
      if (output.phase == phase) out.outputs.emplace(output.name, slot(output.value));
    }
    measure_memory(lifetimes, out);
    program_.arena_bytes = std::max(program_.arena_bytes, program_.state_bytes + layout.bytes);
    program_.phases.emplace(phase, std::move(out));
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
    if (const CommSpec* spec = node.op->communication(); spec != nullptr) {
      made.kind = step.wait ? InstructionKind::comm_wait : InstructionKind::comm_start;
      made.wait_of = step.wait ? step.start : -1;
      if (!step.wait) {
        made.scratch_bytes = staging_bytes(*spec, inputs[0].dtype);
        made.network_bytes = spec->network_bytes;
        made.bound = Bound::network;
        made.predicted_ms = network_ms(options_.machine, spec->group_size - 1, spec->network_bytes);
      }
      return made;
    }
    WEFT_CHECK(position >= 0, "negative position");
    if (node.op->traits().view) return made;
    made.kernel = device_.bind({*node.op, inputs, outputs});
    made.scratch_bytes = made.kernel.scratch_bytes;
    made.flops = flops_of(*node.op, inputs, outputs);
    for (const TensorType& type : inputs) made.memory_bytes += type.bytes();
    for (const TensorType& type : outputs) made.memory_bytes += type.bytes();
    const DType dtype = inputs.empty() ? outputs[0].dtype : inputs[0].dtype;
    made.bound =
        arithmetic_ms(options_.machine, dtype, made.flops) > memory_ms(options_.machine, made.memory_bytes)
            ? Bound::arithmetic
            : Bound::memory;
    made.predicted_ms = compute_ms(options_.machine, dtype, made.flops, made.memory_bytes);
    return made;
  }

  void measure_memory(const std::vector<Lifetime>& lifetimes, PhaseProgram& out) const {
    std::vector<int64_t> change(out.instructions.size() + 2, 0);
    for (const Lifetime& lifetime : lifetimes) {
      change[static_cast<size_t>(lifetime.first)] += aligned(lifetime.bytes);
      change[std::min(static_cast<size_t>(lifetime.last) + 1, change.size() - 1)] -= aligned(lifetime.bytes);
    }
    int64_t live = program_.state_bytes;
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
  Program program_;
};

}  // namespace

Program emit_program(const LocalGraph& local, const Device& device, const PlanOptions& options) {
  return Emitter(local, device, options).run();
}

std::string communication_order(const Program& program) {
  std::string text;
  for (const auto& [phase, code] : program.phases) {
    for (const Instruction& made : code.instructions) {
      if (made.kind != InstructionKind::comm_start) continue;
      text += fmt::format("{} {} over axes {} for {}\n", name_of(phase), made.op->name(),
                          fmt::join(made.op->communication()->mesh_axes, ","), made.label);
    }
  }
  return text;
}

}  // namespace weft
