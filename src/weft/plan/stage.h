#pragma once
// A stage of planning: a pass, or one of the three steps that make something else than a graph of the same
// kind.
#include <functional>

#include "weft/parallel/partition.h"
#include "weft/plan/passes/pass.h"
#include "weft/plan/program.h"

namespace weft {

/// What planning has made so far.
struct Planning {
  Assignment assignment;  ///< from `assign` to `partition`
  LocalGraph local;       ///< until `partition` its graph is that of all ranks
  Program program;        ///< from `emit_program`
};

struct StageResult {
  int64_t gain = 0;      ///< as PassResult has it
  bool changed = false;  ///< whether the graph may be another than before
};

struct Stage {
  PassDescription about;
  std::string_view always;  ///< why it cannot be skipped, after "because"; empty: it can
  std::function<StageResult(Planning&, const PlanContext&)> run;
};

/// `always`: see Stage.
Stage stage_of(const Pass& pass, std::string_view always = {});

/// Graph of all ranks → where everything lies (parallel/strategy.h).
Stage assign_stage();
/// Graph of all ranks → graph of one (parallel/partition.h).
Stage partition_stage();
/// Graph of one rank → Program (plan/emit_program.h).
Stage emit_stage();

}  // namespace weft
