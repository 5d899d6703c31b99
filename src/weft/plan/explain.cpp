#include <fmt/format.h>

#include "weft/base/byte_size.h"
#include "weft/plan/costs.h"
#include "weft/plan/pipeline.h"

namespace weft {

namespace {

std::string types_text(const std::vector<Slot>& slots) {
  std::string text;
  for (const Slot& slot : slots) text += (text.empty() ? "" : " ") + to_string(slot.type);
  return text;
}

std::string bytes_text(int64_t bytes) { return bytes == 0 ? "" : format_bytes(bytes); }

std::string communication_text(const CommSpec& spec, const Mesh& mesh) {
  std::string text = over_axes(mesh, spec.mesh_axes);
  if (spec.kind == CommKind::exchange) {
    text += fmt::format(", {} messages out, {} in", spec.sends.size(), spec.receives.size());
  }
  return text;
}

/// Arithmetic, bytes, time, and what is reached of the ceiling and of the memory: of a Price or a Cost.
template <class Priced>
std::string figures(const Priced& priced) {
  const auto moved = static_cast<double>(priced.moved_bytes);
  return fmt::format("{:>10.2f} {:>9} {:>9} {:>9} {:>9.3f} {:>9.1f} {:>5.1f}", priced.flops * 1e-6,
                     bytes_text(priced.least_bytes), bytes_text(priced.moved_bytes),
                     priced.moved_bytes > 0 ? fmt::format("{:.1f}", priced.flops / moved) : "", priced.ms,
                     percent_of(priced.ceiling_ms, priced.ms), percent_of(priced.least_ms, priced.ms));
}

std::string row(size_t number, const Instruction& instruction, const Mesh& mesh) {
  const bool wait = instruction.kind == InstructionKind::comm_wait;
  const CommSpec* spec = instruction.op->communication();
  std::string about = types_text(instruction.outputs);
  if (!instruction.placement.empty() && mesh.ranks() > 1) about += "  (" + instruction.placement + ")";
  if (spec != nullptr) about += "  " + communication_text(*spec, mesh);
  if (!instruction.label.empty()) about += "  " + instruction.label;
  const Price& price = instruction.predicted;
  return fmt::format("{:>5} {:<24} {:<14} {} {:>9} {:<10} {}\n", number,
                     (wait ? "wait " : "") + instruction.op->title(), name_of(instruction.work),
                     figures(price), bytes_text(price.network_bytes), name_of(price.bound), about);
}

std::string totals_text(const Cost& totals) {
  std::string text = fmt::format("{:>5} {:<24} {:<14} {} {:>9}\n", "", "total", "", figures(totals),
                                 bytes_text(totals.network_bytes));
  text += "      of the time:";
  for (const Bound bound : {Bound::arithmetic, Bound::memory, Bound::network}) {
    const double ms = totals.ms_of(bound);
    text += fmt::format(" {:.0f}% bound by {}{}", percent_of(ms, totals.ms), name_of(bound),
                        bound == Bound::network ? "\n" : ",");
  }
  return text;
}

void explain_segment(const SegmentProgram& code, const Mesh& mesh, std::string& text) {
  text +=
      fmt::format("\nsegment {}, {}: {} instructions, peak {}", code.segment.name,
                  to_string(code.segment.cadence), code.instructions.size(), format_bytes(code.peak_bytes));
  if (code.peak_at >= 0) {
    text += fmt::format(" at {}", code.instructions[static_cast<size_t>(code.peak_at)].op->title());
  }
  text += fmt::format("\n{:>5} {:<24} {:<14} {:>10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>5} {:>9} {:<10} {}\n",
                      "", "op", "class", "Mflop", "least", "moved", "flop/byte", "ms", "% ceiling", "MUE",
                      "network", "bound by", "result on this rank (placement)");
  Cost totals;
  for (size_t i = 0; i < code.instructions.size(); ++i) {
    text += row(i, code.instructions[i], mesh);
    totals.add(code.instructions[i].predicted);
  }
  text += totals_text(totals);
}

}  // namespace

std::string over_axes(const Mesh& mesh, const std::vector<int>& mesh_axes) {
  std::string text = "over ";
  for (size_t i = 0; i < mesh_axes.size(); ++i) text += (i == 0 ? "" : ", ") + mesh.axis(mesh_axes[i]).name;
  return text;
}

std::string tensor_table(const Program& program) {
  std::map<std::string_view, const NamedSlot*, NaturalOrder> sorted;
  for (const auto& [name, named] : program.named) {
    if (named.state_kind != kDerived) sorted.emplace(name, &named);
  }
  std::string text = "inputs and states: global type, placement, this rank's part\n";
  for (const auto& [name, named] : sorted) {
    const LocalValue& where = named->where;
    const bool whole = where.region == Region::all(where.global_type.shape);
    text += fmt::format("  {:<32} {:<24} {:<32} {}\n", name, to_string(where.global_type), where.placement,
                        whole ? "whole" : to_string(where.region));
  }
  return text;
}

std::string explain(const Plan& plan) {
  const Program& program = plan.program;
  std::string text =
      fmt::format("rank {} of {} ({})\n", program.rank, program.mesh.ranks(), program.mesh.to_string());
  text += "\n" + tensor_table(program);
  for (const SegmentId id : program.order) explain_segment(program.segment(id), program.mesh, text);
  text += fmt::format("\nmemory: states {}, inputs {}, arena with the inputs {}\n",
                      format_bytes(program.state_bytes), format_bytes(program.input_bytes),
                      format_bytes(program.arena_bytes));
  return text + "\nstages of planning: what they changed, before and after, with every node run once\n" +
         stage_table(plan);
}

}  // namespace weft
