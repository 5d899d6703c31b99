#include "weft/plan/costs.h"

#include <algorithm>
#include <functional>

namespace weft {

namespace {

/// Calls `look(instruction, how often a step runs it)`.
void for_each_run(const Program& program, int64_t microbatches,
                  const std::function<void(const Instruction&, int64_t)>& look) {
  for (const SegmentId id : program.order) {
    const SegmentProgram& code = program.segment(id);
    const int64_t times = runs_in_step(code.segment, microbatches);
    if (times == 0) continue;
    for (const Instruction& instruction : code.instructions) look(instruction, times);
  }
}

}  // namespace

void Cost::add(const Price& price, int64_t times) {
  const auto factor = static_cast<double>(times);
  flops += factor * price.flops;
  least_bytes += times * price.least_bytes;
  moved_bytes += times * price.moved_bytes;
  network_bytes += times * price.network_bytes;
  ms += factor * price.ms;
  ceiling_ms += factor * price.ceiling_ms;
  least_ms += factor * price.least_ms;
  ms_by_bound[static_cast<size_t>(price.bound)] += factor * price.ms;
}

void Cost::add(const Cost& other) {
  flops += other.flops;
  least_bytes += other.least_bytes;
  moved_bytes += other.moved_bytes;
  network_bytes += other.network_bytes;
  ms += other.ms;
  ceiling_ms += other.ceiling_ms;
  least_ms += other.least_ms;
  for (size_t i = 0; i < ms_by_bound.size(); ++i) ms_by_bound[i] += other.ms_by_bound[i];
}

double percent_of(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

int64_t runs_in_step(const Segment& segment, int64_t microbatches) {
  switch (segment.cadence.kind) {
    case Cadence::Kind::microbatch:
      return microbatches;
    case Cadence::Kind::step:
      return 1;
    case Cadence::Kind::on_call:
      return 0;
  }
  return 0;
}

Cost cost_of_step(const Program& program, int64_t microbatches) {
  Cost cost;
  for_each_run(program, microbatches, [&](const Instruction& instruction, int64_t times) {
    cost.add(instruction.predicted, times);
  });
  return cost;
}

CostTable cost_by_layer(const Program& program, int64_t microbatches) {
  CostTable table;
  for_each_run(program, microbatches, [&](const Instruction& instruction, int64_t times) {
    table[layer_of(instruction.label)].cost.add(instruction.predicted, times);
  });
  for (const auto& [name, named] : program.named) {
    if (named.kind != ValueKind::state || named.state_kind != kParameter) continue;
    table[layer_of(name)].parameters += elems_of(named.where.global_type.shape);
  }
  return table;
}

CostTable cost_by_op(const Program& program, int64_t microbatches) {
  CostTable table;
  for_each_run(program, microbatches, [&](const Instruction& instruction, int64_t times) {
    table[std::string(instruction.op->name())].cost.add(instruction.predicted, times);
  });
  return table;
}

std::map<WorkClass, Cost> cost_by_class(const Program& program, int64_t microbatches) {
  std::map<WorkClass, Cost> table;
  for_each_run(program, microbatches, [&](const Instruction& instruction, int64_t times) {
    table[instruction.work].add(instruction.predicted, times);
  });
  return table;
}

std::string layer_of(std::string_view label) {
  const std::string_view first = label.substr(0, label.find('.'));
  for (size_t begin = 0; begin <= label.size();) {
    const size_t end = std::min(label.find('.', begin), label.size());
    const std::string_view part = label.substr(begin, end - begin);
    const bool is_number = !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    if (is_number) return std::string(label.substr(0, end));
    begin = end + 1;
  }
  return std::string(first);
}

}  // namespace weft
