// Of ops/: every registered op: differentiate() against central differences in f64.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/ops/case_graph.h"

namespace weft::testing {
namespace {

constexpr uint64_t kSeeds = 12;
/// Central differences err by h^2 and by rounding over h; both are below 1e-9 of values near one here.
constexpr double kStep = 1e-5;
constexpr double kTolerance = 2e-7;

double loss_at(Interpreter& run, const CaseGraph& made, size_t input, std::vector<double>& values,
               size_t element, double step) {
  const double kept = values[element];
  values[element] = kept + step;
  run.set(made.inputs[input], values);
  run.run();
  values[element] = kept;
  return run.get(*made.loss)[0];
}

void check_input(Interpreter& run, const CaseGraph& made, size_t input) {
  if (!made.gradients[input]) {
    ADD_FAILURE() << "no gradient of input " << input;
    return;
  }
  const std::vector<double> gradient = run.get(*made.gradients[input]);
  std::vector<double> values = run.get(made.inputs[input]);
  for (size_t e = 0; e < values.size(); ++e) {
    const double high = loss_at(run, made, input, values, e, kStep);
    const double low = loss_at(run, made, input, values, e, -kStep);
    const double expected = (high - low) / (2 * kStep);
    ASSERT_NEAR(gradient[e], expected, kTolerance * (1 + std::abs(expected)))
        << "input " << input << "[" << e << "]";
  }
  run.set(made.inputs[input], values);
  run.run();
}

TEST(EveryOp, GradientsAgreeWithDifferences) {
  const OpRegistry registry = all_ops();
  for_every_case(registry, kSeeds, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    SCOPED_TRACE(name + " seed " + std::to_string(seed));
    const CaseGraph made = case_graph(op_case, dtypes_of(op_case));
    if (!made.loss) return;
    Interpreter run(made.graph);
    feed(run, made, seed);
    run.run();
    for (size_t i = 0; i < made.inputs.size(); ++i) {
      if (op_case.differentiable[i]) check_input(run, made, i);
    }
  });
}

TEST(EveryOp, OccursInSomeCaseOrIsAnInternalForm) {
  const OpRegistry registry = all_ops();
  std::set<std::string, std::less<>> seen;
  for_every_case(registry, kSeeds, [&](const std::string&, const OpCase& op_case, uint64_t) {
    const CaseGraph made = case_graph(op_case, dtypes_of(op_case));
    for (const Node& node : made.graph.nodes()) seen.emplace(node.op->name());
  });
  // Packed forms are a device's: matmul_test.cpp compares them with matmul. Regions are made by the
  // partition, which must not see them again: tests/parallel and tests/mpi run them. tests/plan/passes stages
  // nodes.
  const std::set<std::string> internal = {"pack_weight", "packed_matmul", "take_region", "keep_or_zero",
                                          "staged"};
  for (const auto& [name, prototype] : registry.prototypes()) {
    EXPECT_TRUE(seen.contains(name) || internal.contains(name)) << name << " is in no case";
  }
}

}  // namespace
}  // namespace weft::testing
