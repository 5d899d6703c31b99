#include "weft/plan/pipeline.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "weft/base/check.h"
#include "weft/plan/passes/copy_overwritten.h"
#include "weft/plan/passes/eliminate_dead.h"
#include "weft/plan/passes/eliminate_repeated.h"
#include "weft/plan/passes/fold_sums.h"
#include "weft/plan/passes/hoist.h"
#include "weft/plan/passes/join_rows.h"
#include "weft/plan/passes/merge_terms.h"
#include "weft/plan/passes/merge_transposes.h"
#include "weft/plan/passes/pack_weights.h"
#include "weft/plan/passes/rematerialize.h"
#include "weft/plan/passes/schedule.h"
#include "weft/plan/passes/separate_attention.h"
#include "weft/plan/verify_memory.h"

namespace weft {

// The order is meaning; each stage says why it stands where it stands.
const std::vector<Stage>& planning_stages() {
  // clang-format off
  static const std::vector<Stage> stages = {
      stage_of(separate_attention()),
      stage_of(merge_transposes()),
      stage_of(eliminate_dead()),
      stage_of(eliminate_repeated()),
      assign_stage(),
      partition_stage(),
      stage_of(rematerialize()),
      stage_of(fold_sums()),
      stage_of(merge_terms()),
      stage_of(join_rows()),
      stage_of(pack_weights()),
      stage_of(hoist()),
      stage_of(schedule()),
      stage_of(copy_overwritten(), "a state's old value would be its new one"),
      emit_stage(),
  };
  // clang-format on
  return stages;
}

namespace {

void check_skips(const std::set<std::string>& skip) {
  std::vector<std::string_view> skippable;
  for (const Stage& stage : planning_stages()) {
    if (stage.always.empty()) skippable.push_back(stage.about.name);
    if (!stage.always.empty() && skip.contains(std::string(stage.about.name))) {
      user_error("--skip {}: this stage cannot be left out, because {}", stage.about.name, stage.always);
    }
  }
  for (const std::string& name : skip) {
    if (std::find(skippable.begin(), skippable.end(), name) != skippable.end()) continue;
    user_error("--skip {}: there is no such pass, expected one of {}", name, fmt::join(skippable, ", "));
  }
}

/// Runs stages one after the other: each timed, its Program verified, and the graph that it changed measured
/// and, where wanted, printed. Graphs are verified as they are built, and cannot change afterwards.
class Runner {
 public:
  Runner(const Graph& graph, const PlanContext& context) : context_(context), prices_(context.options) {
    planning_.local.graph = graph;
    measure();
    if (context.options.print) text_ = to_text(graph);
  }

  void run(const Stage& stage) {
    StageReport report{.stage = std::string(stage.about.name), .counts = std::string(stage.about.counts)};
    report.before = totals_;
    report.skipped = context_.options.skip.contains(report.stage);
    if (!report.skipped) {
      const auto start = std::chrono::steady_clock::now();
      const StageResult did = stage.run(planning_, context_);
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
      report.took_ms = took.count();
      report.gain = did.gain;
      verify(planning_.program);
      verify_memory(planning_.program, planning_.local.graph);
      if (did.changed) {
        measure();
        print_if_changed(report.stage);
      }
    }
    report.after = totals_;
    stages_.push_back(std::move(report));
  }

  Plan plan() && { return {std::move(planning_.program), std::move(stages_)}; }

 private:
  void measure() {
    if (context_.options.measure_stages) totals_ = totals_of(planning_.local.graph, prices_);
  }

  void print_if_changed(const std::string& stage) {
    if (!context_.options.print) return;
    std::string text = to_text(planning_.local.graph);
    if (text == text_) return;
    context_.options.print(stage, text);
    text_ = std::move(text);
  }

  const PlanContext& context_;
  NodePrices prices_;
  Planning planning_;
  GraphTotals totals_;
  std::string text_;
  std::vector<StageReport> stages_;
};

}  // namespace

Plan make_plan(const Graph& graph, const Device& device, const PlanOptions& options) {
  check_skips(options.skip);
  const PlanContext context{device, options};
  Runner runner(graph, context);
  int64_t number = 0;
  for (const Stage& stage : planning_stages()) {
    if (options.progress) options.progress(++number, std::ssize(planning_stages()));
    runner.run(stage);
  }
  return std::move(runner).plan();
}

}  // namespace weft
