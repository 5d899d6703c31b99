#pragma once
#include <functional>
#include <set>
#include <string>

#include "weft/machine/machine.h"
#include "weft/parallel/strategy.h"

namespace weft {

/// Whether `value`, a result of this rank's graph, is to be made again where it is used late instead of being
/// kept.
using RecomputePolicy = std::function<bool(const Graph& graph, ValueId value)>;

/// What a plan is made for, and how.
struct PlanOptions {
  const Strategy* strategy = nullptr;  ///< outlives the planning; null: named axes as they are by default
  Mesh mesh;
  int rank = 0;
  Machine machine;
  std::set<std::string> skip;  ///< stages to leave out, by name
  /// Whether the graph is measured before and after every stage, for stage_table: that takes longer than the
  /// stages themselves.
  bool measure_stages = false;
  RecomputePolicy recompute;  ///< empty: every result is kept while it is needed
  /// Called with (stage, graph text) whenever a stage changed the graph; may be empty.
  std::function<void(const std::string&, const std::string&)> print;
  /// Called before every stage, with its number from 1 and how many there are; may be empty.
  std::function<void(int64_t stage, int64_t stages)> progress;
};

}  // namespace weft
