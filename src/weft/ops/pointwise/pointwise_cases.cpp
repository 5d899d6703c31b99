#include "weft/ops/pointwise/pointwise_cases.h"

#include <algorithm>
#include <numeric>

#include "weft/expression/random_expression.h"
#include "weft/expression/text.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/pointwise/pointwise_positions.h"

namespace weft {

namespace {

/// For which kernels have bodies of their own.
constexpr std::string_view kFormulas[] = {
    "0.75",
    "x0",
    "x0 + x1",
    "x0 * x1",
    "x0 * -1.75",
    "max(x0, 0)",
    "tanh(x0)",
    "0.5 * x0 * (1 + tanh(x0 * (0.7978845608028654 + 0.035677408136300125 * (x0 * x0))))",
    "0.5 * x0 * (1 + erf(x0 * 0.7071067811865476))",
    "select(random[5, 2, 0, 1](n1) >= 19661, x0 * 1.4285714285714286, 0)",
};

std::vector<int> all_axes_of(size_t axes) {
  std::vector<int> dims(axes);
  std::iota(dims.begin(), dims.end(), 0);
  return dims;
}

OpCase formula_case(CaseRandom& random) {
  const std::string_view text = kFormulas[random.between(0, std::ssize(kFormulas) - 1)];
  const Dims shape = random_dims(random, 2);
  std::vector<TensorType> inputs = {real(shape)};
  const bool draws = text.find("random") != std::string_view::npos;
  // A bias beside rows where there are two.
  if (text.find("x1") != std::string_view::npos)
    inputs.push_back(real(random.coin() ? shape : Dims{shape[1]}));
  if (draws) inputs.push_back({DType::i64, {}});
  OpCase result = case_of(inputs, [text](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{pointwise(build, {in.begin(), in.end()}, text)};
  });
  if (draws) result.integer_bound.back() = 100;
  return result;
}

/// Dimensions in random order, or the trailing ones, or none: what broadcasts and permutes.
std::vector<int> random_dims_of(CaseRandom& random, size_t axes) {
  std::vector<int> dims = all_axes_of(axes);
  switch (random.between(0, 5)) {
    case 0:
      dims.erase(dims.begin(), dims.begin() + random.between(0, static_cast<int64_t>(axes)));
      return dims;
    case 1:
      for (size_t d = dims.size(); d > 1; --d) {
        std::swap(dims[d - 1], dims[static_cast<size_t>(random.between(0, static_cast<int64_t>(d) - 1))]);
      }
      return dims;
    case 2:
      std::erase_if(dims, [&](int) { return random.coin(); });
      return dims;
    default:
      return dims;
  }
}

OpCase expression_case(CaseRandom& random) {
  Pointwise op;
  const int64_t rank = random.between(0, 3);
  op.space = random_dims(random, rank, rank == 1 ? 40 : 6);
  const auto axes = op.space.size();
  const auto reals = static_cast<size_t>(random.between(1, 3));
  std::vector<ScalarType> types(reals, ScalarType::real);
  std::vector<TensorType> inputs;
  for (size_t i = 0; i < reals; ++i) {
    op.operands.push_back(random_dims_of(random, axes));
    inputs.push_back(real(sizes_along(op.space, op.operands.back())));
  }
  const bool draws = random.between(0, 2) == 0;
  if (draws) {
    op.operands.emplace_back();
    inputs.push_back({DType::i64, {}});
  }
  RandomExpression wanted{types, static_cast<int>(axes), static_cast<int>(random.between(0, 8)),
                          static_cast<int>(random.between(1, 2)), draws ? static_cast<int>(reals) : -1};
  op.expression =
      random_expression(wanted, [&](int64_t low, int64_t high) { return random.between(low, high); });
  for (int r = 0; r < wanted.results; ++r) {
    std::vector<int> dims = all_axes_of(axes);
    if (random.between(0, 3) == 0) std::reverse(dims.begin(), dims.end());
    op.results.push_back(dims);
  }
  OpCase result = case_of(inputs, [op](GraphBuilder& build, std::span<const ValueId> in) {
    Pointwise made = op;
    made.dtypes.assign(op.results.size(), build.type(in[0]).dtype);
    return pointwise(build, in, made);
  });
  if (draws) result.integer_bound.back() = 100;
  return result;
}

/// The value of a rule where it stands alone; of the pair of the online softmax only both together mean
/// something that can be learnt through.
std::vector<ValueId> learnable(GraphBuilder& build, const Reduction& rule,
                               const std::vector<ValueId>& outputs) {
  if (rule.name != "max_exp_sum") return outputs;
  return {pointwise(build, outputs, "x0 + log(x1)")};
}

/// Some results of an expression reduced, by any rules, along any axes.
OpCase reduction_case(CaseRandom& random) {
  Pointwise op;
  const int64_t rank = random.between(1, 3);
  op.space = random_dims(random, rank, rank == 1 ? 40 : 6);
  const auto axes = op.space.size();
  const std::vector<ScalarType> types(static_cast<size_t>(random.between(1, 2)), ScalarType::real);
  std::vector<TensorType> inputs;
  for (size_t i = 0; i < types.size(); ++i) {
    op.operands.push_back(i == 0 ? all_axes_of(axes) : random_dims_of(random, axes));
    inputs.push_back(real(sizes_along(op.space, op.operands.back())));
  }
  const int results = static_cast<int>(random.between(1, 2));
  const RandomExpression wanted{types, static_cast<int>(axes), static_cast<int>(random.between(0, 5)),
                                results, -1};
  op.expression =
      random_expression(wanted, [&](int64_t low, int64_t high) { return random.between(low, high); });
  for (int r = 0; r < results; ++r) {
    const Reduction& rule =
        reductions()[static_cast<size_t>(random.between(0, std::ssize(reductions()) - 1))];
    const bool reduced = r == 0 || random.coin();
    std::vector<int> kept = all_axes_of(axes);
    if (reduced) std::erase_if(kept, [&](int) { return random.coin(); });
    op.results.push_back(kept);
    op.reductions.emplace_back(reduced ? rule.name : kNoReduction);
  }
  return case_of(inputs, [op](GraphBuilder& build, std::span<const ValueId> in) {
    Pointwise made = op;
    const DType dtype = build.type(in[0]).dtype;
    for (const auto& [r, component] : outputs_of(op)) {
      const Reduction* rule = op.rule(r);
      const bool position = rule != nullptr && rule->component[component].is_position;
      made.dtypes.push_back(position ? DType::i32 : rule == nullptr ? dtype : statistics_of(dtype));
    }
    const std::vector<ValueId> outputs = pointwise(build, in, made);
    std::vector<ValueId> all;
    for (size_t o = 0; o < outputs.size();) {
      const Reduction* rule = op.rule(outputs_of(op)[o].result);
      const size_t count = rule == nullptr ? 1 : rule->components;
      const std::vector<ValueId> components(outputs.begin() + static_cast<std::ptrdiff_t>(o),
                                            outputs.begin() + static_cast<std::ptrdiff_t>(o + count));
      const std::vector<ValueId> kept = rule == nullptr ? components : learnable(build, *rule, components);
      all.insert(all.end(), kept.begin(), kept.end());
      o += count;
    }
    return all;
  });
}

}  // namespace

void add_pointwise_cases(OpRegistry& registry) {
  for (const DrawCase& cases :
       {DrawCase(formula_case), DrawCase(expression_case), DrawCase(reduction_case)}) {
    registry.add_cases(Pointwise::kName, cases);
  }
}

}  // namespace weft
