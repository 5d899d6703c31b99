#include <fmt/format.h>

#include "weft/plan/pipeline.h"

namespace weft {

namespace {

std::string size_text(int64_t bytes) {
  if (bytes >= 1 << 20) return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
  if (bytes >= 1 << 10) return fmt::format("{:.1f} KiB", static_cast<double>(bytes) / (1 << 10));
  return fmt::format("{} B", bytes);
}

struct Totals {
  double flops = 0;
  int64_t memory = 0;
  int64_t network = 0;
  double ms = 0;
};

std::string types_text(const std::vector<Slot>& slots) {
  std::string text;
  for (const Slot& slot : slots) text += (text.empty() ? "" : " ") + to_string(slot.type);
  return text;
}

void explain_phase(Phase phase, const PhaseProgram& code, std::string& text) {
  text += fmt::format(
      "\nphase {}: {} instructions, peak {}{}\n", name_of(phase), code.instructions.size(),
      size_text(code.peak_bytes),
      code.peak_at < 0
          ? ""
          : fmt::format(" at {}", code.instructions[static_cast<size_t>(code.peak_at)].op->name()));
  text += fmt::format("{:>5} {:<24} {:>10} {:>11} {:>11} {:>9}  {}\n", "", "op", "Mflop", "memory", "network",
                      "ms", "result");
  Totals totals;
  for (size_t i = 0; i < code.instructions.size(); ++i) {
    const Instruction& instruction = code.instructions[i];
    const bool wait = instruction.kind == InstructionKind::comm_wait;
    text += fmt::format(
        "{:>5} {:<24} {:>10.2f} {:>11} {:>11} {:>9.3f}  {}{}{}\n", i,
        (wait ? "wait " : "") + std::string(instruction.op->name()), instruction.flops * 1e-6,
        size_text(instruction.memory_bytes), size_text(instruction.network_bytes), instruction.predicted_ms,
        types_text(instruction.outputs), instruction.label.empty() ? "" : "  " + instruction.label,
        instruction.op->communication() != nullptr ? "  " + instruction.op->attributes() : "");
    totals.flops += instruction.flops;
    totals.memory += instruction.memory_bytes;
    totals.network += instruction.network_bytes;
    totals.ms += instruction.predicted_ms;
  }
  text += fmt::format("{:>5} {:<24} {:>10.2f} {:>11} {:>11} {:>9.3f}\n", "", "total", totals.flops * 1e-6,
                      size_text(totals.memory), size_text(totals.network), totals.ms);
}

}  // namespace

std::string explain(const Plan& plan) {
  const Program& program = plan.program;
  std::string text =
      fmt::format("rank {} of {} ({})\n", program.rank, program.mesh.ranks(), program.mesh.to_string());
  text += "\nplacements\n";
  for (const auto& [name, named] : program.named) {
    if (named.initializer.kind == Initializer::Kind::derived) continue;
    const bool whole = named.where.region == Region::all(named.where.global_type.shape);
    text += fmt::format("  {:<32} {:<24} {}\n", name, to_string(named.where.global_type),
                        whole ? "whole" : to_string(named.where.region));
  }
  for (const auto& [phase, code] : program.phases) explain_phase(phase, code, text);
  text += fmt::format("\nmemory: states and inputs {}, arena {}\n", size_text(program.state_bytes),
                      size_text(program.arena_bytes));
  text += "planning:";
  for (const PassTime& pass : plan.passes) {
    text += pass.skipped ? fmt::format(" {} skipped", pass.pass)
                         : fmt::format(" {} {:.1f} ms", pass.pass, pass.ms);
  }
  return text + "\n";
}

}  // namespace weft
