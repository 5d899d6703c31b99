#pragma once
// From a global graph to the Program of one rank. The one deliberate list of stages is in pipeline.cpp.
#include <string>
#include <vector>

#include "weft/graph/device.h"
#include "weft/plan/graph_totals.h"
#include "weft/plan/passes/plan_options.h"
#include "weft/plan/program.h"
#include "weft/plan/stage.h"

namespace weft {

/// What one stage did. The graphs before and after it are measured where PlanOptions::measure_stages asks.
struct StageReport {
  std::string stage;
  bool skipped = false;
  int64_t gain = 0;
  std::string counts;  ///< what `gain` is a number of
  GraphTotals before;
  GraphTotals after;   ///< of what partition makes: this rank's
  double took_ms = 0;  ///< of the stage alone
};

struct Plan {
  Program program;
  std::vector<StageReport> stages;
};

/// All stages, in their order.
const std::vector<Stage>& planning_stages();

/// Plans `graph` for one rank of the mesh, with the kernels of `device`. Starts no ranks and allocates no
/// arena. Errors: UserError when the mesh cannot split the graph, or when a stage of options.skip does not
/// exist or cannot be left out.
Plan make_plan(const Graph& graph, const Device& device, const PlanOptions& options);

/// The Program as text: per instruction op, shapes, bytes, flops, communication; the peak and the totals.
std::string explain(const Plan& plan);

/// Every input and state of the Program, sorted as people sort: global type, placement, this rank's part.
std::string tensor_table(const Program& program);

/// One line a stage: what it changed, what that saved, how long it took.
std::string stage_table(const Plan& plan);

/// What the stages say of themselves, in Markdown: docs/passes.md.
std::string stage_reference();

}  // namespace weft
