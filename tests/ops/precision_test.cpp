// Of ops/, kernels/: every op in f32 and in bf16, forward and backward, against the f64 run on the same
// (rounded) operands.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/ops/case_graph.h"

namespace weft::testing {
namespace {

/// A result is rounded once for each node on its way: a gradient passes a few. Halves of the spacing of the
/// numbers are 2^-24 (f32) and 2^-9 (bf16); 16 of them, of the largest magnitude in play, leave room for the
/// sums inside.
double tolerance_of(DType narrowest) { return narrowest == DType::bf16 ? 16.0 / 512 : 16.0 / 16777216; }

struct Outcome {
  std::vector<std::vector<double>> values;  ///< results, then gradients
};

Outcome outcome_of(Interpreter& run, const CaseGraph& made) {
  Outcome outcome;
  run.run();
  for (const ValueId id : made.results) outcome.values.push_back(run.get(id));
  for (const auto& id : made.gradients) {
    if (id) outcome.values.push_back(run.get(*id));
  }
  return outcome;
}

void expect_close(const Outcome& got, const Outcome& wanted, double tolerance) {
  ASSERT_EQ(got.values.size(), wanted.values.size());
  for (size_t v = 0; v < got.values.size(); ++v) {
    double largest = 1;
    for (const double value : wanted.values[v]) largest = std::max(largest, std::abs(value));
    for (size_t e = 0; e < got.values[v].size(); ++e) {
      ASSERT_NEAR(got.values[v][e], wanted.values[v][e], tolerance * largest)
          << "value " << v << "[" << e << "]";
    }
  }
}

/// Dtypes for the floating operands: operand i is `narrow` where bit i of `mask` is set, else f32.
std::vector<DType> dtypes_by(const OpCase& op_case, unsigned mask, DType narrow) {
  std::vector<DType> dtypes = dtypes_of(op_case);
  for (size_t i = 0; i < dtypes.size(); ++i) {
    if (is_floating(dtypes[i])) dtypes[i] = (mask >> i & 1u) != 0 ? narrow : DType::f32;
  }
  return dtypes;
}

/// The case in `dtypes`, if the op takes them.
std::optional<CaseGraph> accepted(const OpCase& op_case, const std::vector<DType>& dtypes) {
  try {
    return case_graph(op_case, dtypes);
  } catch (const UserError&) {
    return std::nullopt;
  }
}

/// Runs the case in `dtypes` and in f64 on the same rounded operands. False where the op does not take the
/// dtypes.
bool compare(const OpCase& op_case, const std::vector<DType>& dtypes, uint64_t seed, double tolerance) {
  const std::optional<CaseGraph> made = accepted(op_case, dtypes);
  if (!made) return false;
  const CaseGraph exact = case_graph(op_case, dtypes_of(op_case));
  Interpreter run(made->graph);
  Interpreter reference(exact.graph);
  feed(run, *made, seed);
  feed(reference, exact, seed);
  for (size_t i = 0; i < made->inputs.size(); ++i) reference.set(exact.inputs[i], run.get(made->inputs[i]));
  for (size_t i = 0; i < made->weights.size(); ++i)
    reference.set(exact.weights[i], run.get(made->weights[i]));
  expect_close(outcome_of(run, *made), outcome_of(reference, exact), tolerance);
  return true;
}

TEST(EveryOp, AgreesInF32WithF64) {
  const OpRegistry registry = all_ops();
  for_every_case(registry, 8, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    SCOPED_TRACE(name + " seed " + std::to_string(seed));
    EXPECT_TRUE(compare(op_case, dtypes_by(op_case, 0, DType::f32), seed, tolerance_of(DType::f32)));
  });
}

/// Which operands stay f32 beside bf16 (parameters, statistics) is the op's rule: every combination that it
/// takes is run.
TEST(EveryOp, AgreesInBf16WithF64) {
  const OpRegistry registry = all_ops();
  std::map<std::string, int> taken;
  for_every_case(registry, 8, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    const unsigned masks = 1u << op_case.inputs.size();
    for (unsigned mask = 1; mask < masks; ++mask) {
      const std::vector<DType> dtypes = dtypes_by(op_case, mask, DType::bf16);
      if (std::find(dtypes.begin(), dtypes.end(), DType::bf16) == dtypes.end()) continue;
      SCOPED_TRACE(name + " seed " + std::to_string(seed) + " mask " + std::to_string(mask));
      taken[name] += compare(op_case, dtypes, seed, tolerance_of(DType::bf16)) ? 1 : 0;
    }
  });
  // Of the ops of activations, each must take bf16 in some combination.
  for (const char* name :
       {"pointwise", "matmul", "attention", "convolution", "max_pool", "average_pool", "embedding", "reshape",
        "transpose", "mix_pairs", "tensor_scatter", "cached_attention", "slice", "pad", "concat"}) {
    EXPECT_GT(taken[name], 0) << name;
  }
}

}  // namespace
}  // namespace weft::testing
