#pragma once
// From a global graph to the Program of one rank. The one deliberate list of passes is in pipeline.cpp.
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "weft/graph/device.h"
#include "weft/machine/machine.h"
#include "weft/parallel/strategy.h"
#include "weft/plan/program.h"

namespace weft {

struct PlanOptions {
  const Strategy* strategy = nullptr;  ///< outlives the planning; null: named axes as they are by default
  Mesh mesh;
  int rank = 0;
  Machine machine;
  std::set<std::string> skip;  ///< passes to leave out, by name
  /// Called with (pass, graph text) whenever a pass changed the graph; may be empty.
  std::function<void(const std::string&, const std::string&)> print;
};

struct PassTime {
  std::string pass;
  double ms = 0;
  bool skipped = false;
};

struct Plan {
  Program program;
  std::vector<PassTime> passes;
};

/// Plans `graph` for one rank of the mesh, with the kernels of `device`. Starts no ranks and allocates no
/// arena. Errors: UserError when the mesh cannot split the graph.
Plan make_plan(const Graph& graph, const Device& device, const PlanOptions& options);

/// The Program as text: per instruction op, shapes, bytes, flops, communication; the peak and the totals.
std::string explain(const Plan& plan);

}  // namespace weft
