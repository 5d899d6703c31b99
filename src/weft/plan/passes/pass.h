#pragma once
// A pass: a graph in, an equivalent graph out, and what it says of itself. Its docs (docs/passes.md) are
// printed from that, and its example is its first test.
#include <string_view>

#include "weft/graph/device.h"
#include "weft/graph/graph.h"
#include "weft/plan/passes/plan_options.h"

namespace weft {

/// What passes are given beside the graph. What it refers to must outlive it.
struct PlanContext {
  const Device& device;  ///< whose kernels will run
  const PlanOptions& options;
};

/// A graph before a pass, and as to_text prints it after.
struct PassExample {
  void (*before)(GraphBuilder& build) = nullptr;  ///< null: there is no example
  std::string_view after;
  std::string_view with;  ///< the options and the device that it needs, in words; empty: any
  /// Makes these of a plan's defaults and of a device without kernels.
  void (*set_up)(PlanOptions& options, Device& device) = nullptr;
};

struct PassDescription {
  std::string_view name;      ///< a verb: eliminate_dead
  std::string_view summary;   ///< what it does and what for
  std::string_view needs;     ///< of what it is given
  std::string_view promises;  ///< of what it makes
  std::string_view place;     ///< why it stands where it stands: "after X because …"
  std::string_view counts;    ///< what its gain is a number of: "nodes removed"
  PassExample example;
};

struct PassResult {
  Graph graph;
  int64_t gain = 0;  ///< how many of what `counts` names; 0: the graph is as it was
};

/// `run` is pure: the same graph and context give the same result, on any machine.
struct Pass {
  PassDescription about;
  PassResult (*run)(const Graph& graph, const PlanContext& context);
};

}  // namespace weft
