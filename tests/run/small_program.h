#pragma once
// Plans of small graphs, for tests of what runs them.
#include <vector>

#include "tests/ops/interpreter.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/plan/pipeline.h"

namespace weft::testing {

inline Program planned(GraphBuilder build) {
  return make_plan(std::move(build).build(), device_named("cpu"), {}).program;
}

inline std::vector<double> values(const View& view) {
  return {view.as<double>(), view.as<double>() + view.elems()};
}

}  // namespace weft::testing
