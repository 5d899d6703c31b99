#include "weft/train/run_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "weft/base/threads.h"
#include "weft/report/text.h"
#include "weft/run/step_order.h"

namespace weft {

namespace {

/// Runs of a segment so far: the most that any of its instructions was called.
int64_t runs_of(const Executor& executor, SegmentId segment) {
  int64_t runs = 0;
  for (const LedgerEntry& entry : executor.ledger(segment)) runs = std::max(runs, entry.calls);
  return runs;
}

void add_ops(const Executor& executor, SegmentId segment, std::vector<OpTime>& ops) {
  const SegmentProgram& code = executor.program().segment(segment);
  std::map<std::string, OpTime> by_name;
  const std::vector<LedgerEntry>& ledger = executor.ledger(segment);
  for (size_t i = 0; i < code.instructions.size(); ++i) {
    const Instruction& instruction = code.instructions[i];
    OpTime& op = by_name[instruction.op->title()];
    op.name = instruction.op->title();
    op.phase = instruction.kind == InstructionKind::compute ? code.segment.name : "communication";
    op.calls += ledger[i].calls;
    op.total_ms += static_cast<double>(ledger[i].nanoseconds) * 1e-6;
    op.flops += static_cast<int64_t>(instruction.flops) * ledger[i].calls;
    op.bytes += instruction.memory_bytes * ledger[i].calls;
  }
  for (auto& [name, op] : by_name) {
    if (op.calls > 0) ops.push_back(std::move(op));
  }
}

/// Of the segment that needs the most, of those that run each microbatch.
void add_memory(const Program& program, ReportInput& input) {
  const SegmentProgram* most = nullptr;
  for (const SegmentId id : step_order(program).each) {
    const SegmentProgram& code = program.segment(id);
    if (most == nullptr || code.peak_bytes > most->peak_bytes) most = &code;
  }
  if (most == nullptr) return;
  for (size_t i = 0; i < most->live_bytes.size(); ++i) {
    input.memory.push_back({static_cast<int64_t>(i), most->live_bytes[i]});
  }
  if (most->peak_at >= 0) input.peak_op = most->instructions[static_cast<size_t>(most->peak_at)].op->title();
}

}  // namespace

ReportInput run_report(const Session& session, std::string sample) {
  const Executor& executor = session.executor();
  const Program& program = executor.program();
  ReportInput input;
  input.title = session.recipe().run.name;
  input.subtitle =
      fmt::format("{} parameters, {}, {} thread{} a rank, {}",
                  human_count(static_cast<double>(program.parameters())), program.mesh.to_string(), threads(),
                  threads() == 1 ? "" : "s", name_of(session.recipe().run.precision));
  input.sample = std::move(sample);
  input.arena_bytes = program.memory_bytes();
  std::map<std::vector<int>, int64_t> predicted;
  for (const SegmentId segment : program.order) {
    add_ops(executor, segment, input.ops);
    for (const auto& [axes, bytes] : planned_network_bytes(program.segment(segment))) {
      predicted[axes] += bytes * runs_of(executor, segment);
    }
  }
  std::sort(input.ops.begin(), input.ops.end(),
            [](const OpTime& a, const OpTime& b) { return a.total_ms > b.total_ms; });
  add_memory(program, input);
  input.bytes.push_back({"arena, in memory", program.memory_bytes(), executor.resident_bytes()});
  for (const auto& [axes, counted] : executor.network_bytes()) {
    if (program.mesh.group_size(axes) == 1) continue;
    input.bytes.push_back({"network " + over_axes(program.mesh, axes), predicted[axes], counted});
  }
  return input;
}

}  // namespace weft
