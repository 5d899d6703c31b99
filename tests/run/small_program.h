#pragma once
// Plans of small graphs, for tests of what runs them.
#include <vector>

#include "weft/ops/gradients.h"
#include "weft/plan/pipeline.h"

namespace weft::testing {

inline Program planned(GraphBuilder build) {
  OpRegistry registry;
  register_all_ops(registry);
  return make_plan(std::move(build).build(), registry, {}).program;
}

inline std::vector<double> values(const View& view) {
  return {view.as<double>(), view.as<double>() + view.elems()};
}

}  // namespace weft::testing
