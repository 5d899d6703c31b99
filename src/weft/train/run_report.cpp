#include "weft/train/run_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>

#include "weft/plan/costs.h"
#include "weft/price/price.h"
#include "weft/run/step_order.h"

namespace weft {

namespace {

/// Runs of a segment so far: the most that any of its instructions was called.
int64_t runs_of(const Executor& executor, SegmentId segment) {
  int64_t runs = 0;
  for (const LedgerEntry& entry : executor.ledger(segment)) runs = std::max(runs, entry.calls);
  return runs;
}

/// A segment, in the words of those who read reports.
std::string phase_of(const std::string& segment) {
  if (segment == "accumulate") return "forward and backward";
  return segment == "refresh" ? "packing of weights" : segment;
}

void add_ops(const Executor& executor, SegmentId segment, std::vector<OpTime>& ops) {
  const SegmentProgram& code = executor.program().segment(segment);
  const std::string phase = phase_of(code.segment.name);
  std::map<std::string, OpTime> by_name;
  const std::vector<LedgerEntry>& ledger = executor.ledger(segment);
  for (size_t i = 0; i < code.instructions.size(); ++i) {
    const Instruction& instruction = code.instructions[i];
    const std::string formula = instruction.op->formula();
    const bool is_compute = instruction.kind == InstructionKind::compute;
    std::string name = formula.empty() ? instruction.op->title() : formula;
    // The phases of computations tell them apart; communication is a phase of its own.
    if (!is_compute) name += fmt::format(" ({})", phase);
    OpTime& op = by_name[name];
    op.name = name;
    op.kind = instruction.op->name();
    op.phase = is_compute ? phase : "communication";
    // A communication is begun and waited for: one call, which the plan prices where it begins.
    if (instruction.kind != InstructionKind::comm_wait) op.calls += ledger[i].calls;
    op.work = name_of(instruction.work);
    op.total_ms += static_cast<double>(ledger[i].nanoseconds) * 1e-6;
    Cost cost;
    cost.add(instruction.predicted, ledger[i].calls);
    op.predicted_ms += cost.ms;
    op.ceiling_ms += cost.ceiling_ms;
    op.least_ms += cost.least_ms;
    op.flops += static_cast<int64_t>(cost.flops);
    op.least_bytes += cost.least_bytes;
    op.bytes += cost.moved_bytes;
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

void sort_longest_first(std::vector<OpTime>& ops) {
  std::ranges::stable_sort(ops, std::ranges::greater{}, &OpTime::total_ms);
}

std::string priced_for(const Session& session) {
  const PricedBy& by = session.priced_by();
  const std::vector<std::string> assumed = stand_ins(by.machine, session.executor().program().mesh.ranks());
  if (assumed.empty()) return by.what;
  return fmt::format("{}, assumed to have {}", by.what, fmt::join(assumed, "; "));
}

}  // namespace

void add_counted(const Session& session, ReportInput& input) {
  const Executor& executor = session.executor();
  const Program& program = executor.program();
  input.title = session.recipe().run.name;
  input.planned_bytes = program.memory_bytes();
  input.priced_for = priced_for(session);
  input.notes = session.data().remarks;
  std::map<std::vector<int>, int64_t> predicted;
  for (const SegmentId segment : program.order) {
    add_ops(executor, segment, input.ops);
    for (const auto& [axes, bytes] : planned_network_bytes(program.segment(segment))) {
      predicted[axes] += bytes * runs_of(executor, segment);
    }
  }
  sort_longest_first(input.ops);
  add_memory(program, input);
  // States of each kind and the working memory each begin with a page, which may be a huge one of 2 MiB.
  constexpr int64_t kPages = int64_t{8} << 21;
  input.bytes.push_back({"memory", program.memory_bytes(), executor.resident_bytes(), kPages});
  for (const auto& [axes, counted] : executor.network_bytes()) {
    if (program.mesh.group_size(axes) == 1) continue;
    input.bytes.push_back({"network " + over_axes(program.mesh, axes), predicted[axes], counted});
  }
}

void add_earlier(const ReportInput& earlier, ReportInput& input) {
  for (const OpTime& before : earlier.ops) {
    const auto same = std::ranges::find_if(input.ops, [&](const OpTime& op) {
      return op.name == before.name && op.phase == before.phase && op.kind == before.kind;
    });
    if (same == input.ops.end()) {
      input.ops.push_back(before);
      continue;
    }
    same->add(before);
  }
  sort_longest_first(input.ops);
  // Other ranks are nobody's continuation.
  if (earlier.ranks.size() != input.ranks.size()) return;
  for (size_t i = 0; i < input.ranks.size(); ++i) {
    RankTime& rank = input.ranks[i];
    const RankTime& before = earlier.ranks[i];
    rank.wall_ms += before.wall_ms;
    rank.compute_ms += before.compute_ms;
    rank.communication_ms += before.communication_ms;
    rank.waiting_ms += before.waiting_ms;
    rank.loading_ms += before.loading_ms;
    rank.keeping_ms += before.keeping_ms;
  }
}

}  // namespace weft
