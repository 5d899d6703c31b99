#pragma once
// The graph of one random case: its results, a random-weighted sum of them as a loss, and the gradients of
// that.
#include <fmt/format.h>

#include "tests/ops/interpreter.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/cast.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/reduce/reduce_sum.h"

namespace weft::testing {

inline OpRegistry all_ops() {
  OpRegistry registry;
  register_all_ops(registry);
  return registry;
}

struct CaseGraph {
  Graph graph;
  OpCase op_case;
  std::vector<ValueId> inputs;
  std::vector<ValueId> results;
  std::vector<ValueId> weights;                   ///< one a floating result
  std::optional<ValueId> loss;                    ///< none where nothing is differentiable
  std::vector<std::optional<ValueId>> gradients;  ///< one an input; empty where not differentiable
};

/// `dtypes` replaces the dtypes of the case's inputs. Throws UserError where the op does not take them.
inline CaseGraph case_graph(const OpCase& op_case, const std::vector<DType>& dtypes) {
  CaseGraph result;
  result.op_case = op_case;
  GraphBuilder build;
  for (size_t i = 0; i < op_case.inputs.size(); ++i) {
    const Dims& shape = op_case.inputs[i].shape;
    result.inputs.push_back(
        build.input(fmt::format("x{}", i), {dtypes[i], shape}, std::vector<std::string>(shape.size(), "d")));
  }
  result.results = op_case.build(build, result.inputs);
  std::vector<ValueId> targets;
  for (size_t i = 0; i < result.inputs.size(); ++i) {
    if (op_case.differentiable[i]) targets.push_back(result.inputs[i]);
  }
  result.gradients.resize(result.inputs.size());
  if (!targets.empty()) {
    std::vector<ValueId> sums;
    for (const ValueId id : result.results) {
      const TensorType type = build.type(id);
      if (!is_floating(type.dtype)) continue;
      result.weights.push_back(build.input(fmt::format("w{}", sums.size()), type,
                                           std::vector<std::string>(type.shape.size(), "d")));
      sums.push_back(reduce_sum(build, multiply(build, id, result.weights.back())));
    }
    result.loss = sums[0];
    for (size_t i = 1; i < sums.size(); ++i) {
      result.loss = add_n(build, std::vector{*result.loss, cast(build, sums[i], build.type(sums[0]).dtype)});
    }
    const auto found = weft::gradients(build, *result.loss, targets);
    size_t next = 0;
    for (size_t i = 0; i < result.inputs.size(); ++i) {
      if (op_case.differentiable[i]) result.gradients[i] = found[next++];
    }
  }
  result.graph = std::move(build).build();
  return result;
}

inline std::vector<DType> dtypes_of(const OpCase& op_case) {
  std::vector<DType> dtypes;
  for (const TensorType& type : op_case.inputs) dtypes.push_back(type.dtype);
  return dtypes;
}

/// Random values of the case's inputs and of the weights of its loss; the same for every dtype.
inline void feed(Interpreter& run, const CaseGraph& made, uint64_t seed) {
  const OpCase& op_case = made.op_case;
  for (size_t i = 0; i < made.inputs.size(); ++i) {
    const TensorType& type = op_case.inputs[i];
    const bool real = is_floating(type.dtype);
    std::vector<double> values =
        random_values(seed, i, type.elems(), real ? op_case.low : 0,
                      real ? op_case.high : static_cast<double>(op_case.integer_bound[i]));
    for (double& value : values) {
      if (!real) value = std::floor(value);
      if (type.dtype == DType::i64) value += 1;  // the number of a step, from 1
    }
    run.set(made.inputs[i], values);
  }
  for (size_t i = 0; i < made.weights.size(); ++i) {
    run.set(made.weights[i], random_values(seed, 100 + i, made.graph.type(made.weights[i]).elems(), -1, 1));
  }
}

/// Calls `check(name, case, seed)` for several cases of every op.
inline void for_every_case(const OpRegistry& registry, uint64_t seeds,
                           const std::function<void(const std::string&, const OpCase&, uint64_t)>& check) {
  for (const std::string& name : registry.ops_with_cases()) {
    for (uint64_t seed = 0; seed < seeds; ++seed) {
      CaseRandom random(seed);
      check(name, registry.draw_case(name, random), seed);
    }
  }
}

}  // namespace weft::testing
