#include "weft/plan/pipeline.h"

#include <chrono>

#include "weft/base/check.h"
#include "weft/parallel/strategies/named_axes.h"
#include "weft/plan/emit_program.h"
#include "weft/plan/passes/eliminate_dead.h"
#include "weft/plan/passes/fold_sums.h"
#include "weft/plan/passes/pack_weights.h"
#include "weft/plan/passes/schedule.h"

namespace weft {

namespace {

struct GraphPass {
  std::string name;
  Graph (*run)(const Graph&, const PlanContext&);
};

// The order is meaning: dead nodes would be communicated for, so they go first; what adds
// in place cannot be divided, and layouts depend on local shapes, so they follow the partition; the schedule
// sees all nodes that will run.
const std::vector<GraphPass> kGlobalPasses = {{"eliminate_dead", eliminate_dead}};
const std::vector<GraphPass> kLocalPasses = {
    {"fold_sums", fold_sums}, {"pack_weights", pack_weights}, {"schedule", schedule}};

class Runner {
 public:
  Runner(const PlanOptions& options, const PlanContext& context, Plan& plan)
      : options_(options), context_(context), plan_(plan) {}

  template <class Body>
  void timed(const std::string& name, Body&& body) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - start;
    plan_.passes.push_back({name, ms.count(), false});
  }

  void run(const GraphPass& pass, Graph& graph) {
    if (options_.skip.contains(pass.name)) {
      plan_.passes.push_back({pass.name, 0, true});
      return;
    }
    const std::string before = options_.print ? to_text(graph) : std::string();
    timed(pass.name, [&] {
      graph = pass.run(graph, context_);
      verify(graph);
    });
    if (!options_.print) return;
    if (const std::string after = to_text(graph); after != before) options_.print(pass.name, after);
  }

 private:
  const PlanOptions& options_;
  const PlanContext& context_;
  Plan& plan_;
};

}  // namespace

Plan make_plan(const Graph& graph, const Device& device, const PlanOptions& options) {
  for (const std::string& name : options.skip) {
    bool known = false;
    std::string all;
    for (const auto* passes : {&kGlobalPasses, &kLocalPasses}) {
      for (const GraphPass& pass : *passes) {
        known = known || pass.name == name;
        all += (all.empty() ? "" : ", ") + pass.name;
      }
    }
    if (!known) user_error("--skip {}: there is no such pass, expected one of {}", name, all);
  }
  Plan plan;
  const PlanContext context{device, options.machine};
  Runner runner(options, context, plan);
  Graph global = graph;
  for (const GraphPass& pass : kGlobalPasses) runner.run(pass, global);
  Assignment assignment;
  const NamedAxes named_axes;
  const Strategy& strategy = options.strategy != nullptr ? *options.strategy : named_axes;
  runner.timed("assign", [&] { assignment = strategy.assign(global, options.mesh, options.machine); });
  LocalGraph local;
  runner.timed("partition", [&] { local = partition(global, assignment, options.mesh, options.rank); });
  if (options.print) options.print("partition", to_text(local.graph));
  for (const GraphPass& pass : kLocalPasses) runner.run(pass, local.graph);
  runner.timed("emit_program", [&] { plan.program = emit_program(local, device, options); });
  return plan;
}

}  // namespace weft
