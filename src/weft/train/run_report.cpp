#include "weft/train/run_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "weft/base/threads.h"

namespace weft {

namespace {

/// Runs of a phase so far: the most that any of its instructions was called.
int64_t runs_of(const Executor& executor, Phase phase) {
  int64_t runs = 0;
  for (const LedgerEntry& entry : executor.ledger(phase)) runs = std::max(runs, entry.calls);
  return runs;
}

void add_ops(const Executor& executor, Phase phase, const PhaseProgram& code, std::vector<OpTime>& ops) {
  std::map<std::string, OpTime> by_name;
  const std::vector<LedgerEntry>& ledger = executor.ledger(phase);
  for (size_t i = 0; i < code.instructions.size(); ++i) {
    const Instruction& instruction = code.instructions[i];
    OpTime& op = by_name[std::string(instruction.op->name())];
    op.name = instruction.op->name();
    op.phase = instruction.kind == InstructionKind::compute ? std::string(name_of(phase)) : "communication";
    op.calls += ledger[i].calls;
    op.total_ms += static_cast<double>(ledger[i].nanoseconds) * 1e-6;
    op.flops += static_cast<int64_t>(instruction.flops) * ledger[i].calls;
    op.bytes += instruction.memory_bytes * ledger[i].calls;
  }
  for (auto& [name, op] : by_name) {
    if (op.calls > 0) ops.push_back(std::move(op));
  }
}

}  // namespace

ReportInput run_report(const Session& session, std::string sample) {
  const Executor& executor = session.executor();
  const Program& program = executor.program();
  ReportInput input;
  input.title = session.recipe().run.name;
  input.subtitle = fmt::format("{}, {} thread{} a rank, {}", program.mesh.to_string(), threads(),
                               threads() == 1 ? "" : "s", name_of(session.recipe().run.precision));
  input.sample = std::move(sample);
  input.arena_bytes = program.arena_bytes;
  std::map<std::vector<int>, int64_t> predicted;
  for (const auto& [phase, code] : program.phases) {
    add_ops(executor, phase, code, input.ops);
    for (const auto& [axes, bytes] : planned_network_bytes(code)) {
      predicted[axes] += bytes * runs_of(executor, phase);
    }
  }
  std::sort(input.ops.begin(), input.ops.end(),
            [](const OpTime& a, const OpTime& b) { return a.total_ms > b.total_ms; });
  const PhaseProgram& step = program.phases.at(Phase::accumulate);
  for (size_t i = 0; i < step.live_bytes.size(); ++i) {
    input.memory.push_back({static_cast<int64_t>(i), step.live_bytes[i]});
  }
  if (step.peak_at >= 0) input.peak_op = step.instructions[static_cast<size_t>(step.peak_at)].op->name();
  input.bytes.push_back({"arena, in memory", program.arena_bytes, executor.resident_arena_bytes()});
  for (const auto& [axes, counted] : executor.network_bytes()) {
    if (program.mesh.group_size(axes) == 1) continue;
    input.bytes.push_back({"network " + over_axes(program.mesh, axes), predicted[axes], counted});
  }
  return input;
}

}  // namespace weft
