// Of ops/: composites of ops against values that PyTorch made (golden.py): meanings, which laws between our
// own ops cannot show.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "tests/golden.h"
#include "tests/ops/case_graph.h"
#include "weft/ops/linear/attention.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/loss/cross_entropy.h"
#include "weft/ops/loss/mse.h"
#include "weft/ops/norm/batch_norm.h"
#include "weft/ops/norm/layer_norm.h"
#include "weft/ops/norm/softmax.h"
#include "weft/ops/optimizer/adamw.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/pointwise/relu.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/reduce/cum_sum.h"
#include "weft/ops/reduce/mean_spatial.h"
#include "weft/ops/reduce/reduce.h"
#include "weft/ops/shape/concat.h"
#include "weft/ops/shape/embedding.h"
#include "weft/ops/shape/mix_pairs.h"
#include "weft/ops/shape/pad.h"
#include "weft/ops/shape/slice.h"
#include "weft/ops/window/average_pool.h"
#include "weft/ops/window/convolution.h"
#include "weft/ops/window/max_pool.h"

namespace weft::testing {
namespace {

/// f64 on both sides; sums of at most a few hundred terms in another order.
constexpr double kTolerance = 1e-10;

/// sin(0.37 * element + number), as golden.py has it.
std::vector<double> operand_values(size_t number, int64_t count) {
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) {
    values.push_back(std::sin(0.37 * static_cast<double>(i) + static_cast<double>(number)));
  }
  return values;
}

void expect_golden(const std::string& name, const std::vector<double>& got) {
  static const Golden golden("tests/ops/golden.txt");
  expect_golden(golden, name, got, kTolerance);
}

using Composite = std::function<ValueId(GraphBuilder&, std::span<const ValueId>)>;
/// Of inputs and states that need no gradient, by name.
using Given = std::map<std::string, std::vector<double>>;

/// Builds `composite` on f64 operands of `shapes`, and compares its result and the gradient of every operand.
void check(const std::string& name, const std::vector<Dims>& shapes, const Composite& composite,
           const Given& given_values = {}) {
  GraphBuilder build;
  std::vector<ValueId> operands;
  for (size_t i = 0; i < shapes.size(); ++i) {
    operands.push_back(build.input(fmt::format("x{}", i), {DType::f64, shapes[i]},
                                   std::vector<std::string>(shapes[i].size(), "d")));
  }
  const ValueId result = composite(build, operands);
  const TensorType type = build.type(result);
  const ValueId weights = build.input("weights", type, std::vector<std::string>(type.shape.size(), "d"));
  const ValueId loss = reduce_sum(build, multiply(build, result, weights));
  const auto found = gradients(build, loss, operands);
  const Graph graph = std::move(build).build();
  Interpreter run(graph);
  for (size_t i = 0; i < operands.size(); ++i) run.set(operands[i], operand_values(i, elems_of(shapes[i])));
  std::vector<double> cosines;
  for (int64_t i = 0; i < type.elems(); ++i) cosines.push_back(std::cos(0.11 * static_cast<double>(i)));
  run.set(weights, cosines);
  for (size_t v = 0; v < graph.values().size(); ++v) {
    const auto given = given_values.find(graph.values()[v].name);
    if (given != given_values.end()) run.set(ValueId{static_cast<int32_t>(v)}, given->second);
  }
  run.run();
  expect_golden(name, run.get(result));
  for (size_t i = 0; i < operands.size(); ++i)
    expect_golden(fmt::format("{}.{}", name, i), run.get(*found[i]));
  for (const StateUpdate& update : graph.updates()) {
    expect_golden(name + "." + graph.value(update.state).name, run.get(update.state));
  }
}

TEST(Golden, CrossEntropyIgnoresRowsWithoutTarget) {
  const Composite composite = [](GraphBuilder& build, std::span<const ValueId> in) {
    const ValueId targets = build.input("targets", {DType::i32, {5}}, {"rows"});
    return cross_entropy(build, scale(build, in[0], 3), targets, 4);
  };
  check("cross_entropy", {{5, 7}}, composite, {{"targets", {3, 0, -1, 6, 2}}});
}

TEST(Golden, LayerNorm) {
  check("layer_norm", {{2, 3, 5}, {5}, {5}}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return layer_norm(build, in[0], in[1], in[2]);
  });
}

TEST(Golden, CausalAttention) {
  check("attention", {{2, 5, 3, 2, 4}},
        [](GraphBuilder& build, std::span<const ValueId> in) { return attention(build, in[0], true, 0.5); });
}

TEST(Golden, GroupedAttentionOverPaddedKeys) {
  const Composite composite = [](GraphBuilder& build, std::span<const ValueId> in) {
    const ValueId lengths = build.input("lengths", {DType::i32, {2}}, {"batch"});
    return attention(build, in[0], in[1], in[2], {.scale = 0.5, .lengths = lengths});
  };
  check("grouped_attention", {{2, 3, 4, 5}, {2, 6, 2, 5}, {2, 6, 2, 5}}, composite, {{"lengths", {6, 4}}});
}

TEST(Golden, ConvolutionBatchNormReluAndPool) {
  const TensorType channels{DType::f64, {4}};
  const Composite composite = [&](GraphBuilder& build, std::span<const ValueId> in) {
    const ValueId mean = build.state("mean", channels, {}, kBuffer);
    const ValueId variance = build.state("variance", channels, {}, kBuffer);
    ValueId y = convolution(build, in[0], in[1], {.stride = {2, 1}, .pad_low = {1, 1}, .pad_high = {1, 1}});
    y = relu(build, batch_norm(build, y, {in[2], in[3], mean, variance}));
    return max_pool(build, y, {2, 2}, {.stride = {2, 2}, .pad_low = {1, 1}, .pad_high = {1, 1}});
  };
  check("conv_bn", {{2, 6, 5, 3}, {4, 3, 3, 2}, {4}, {4}}, composite,
        {{"mean", {0, 0, 0, 0}}, {"variance", {1, 1, 1, 1}}});
}

TEST(Golden, GeluOfBothKinds) {
  for (const auto& [name, kind] : {std::pair{"gelu_tanh", GeluKind::tanh}, {"gelu_erf", GeluKind::erf}}) {
    check(name, {{9}}, [&, k = kind](GraphBuilder& build, std::span<const ValueId> in) {
      return gelu(build, scale(build, in[0], 2), k);
    });
  }
}

TEST(Golden, EmbeddingTiedToTheHead) {
  const Composite composite = [](GraphBuilder& build, std::span<const ValueId> in) {
    const ValueId ids = build.input("ids", {DType::i32, {4}}, {"rows"});
    const ValueId x = linear(build, embedding(build, in[0], ids, DType::f64), in[1], true);
    return linear(build, x, in[0], true);
  };
  check("tied_embedding", {{6, 4}, {4, 4}}, composite, {{"ids", {5, 0, 5, 2}}});
}

TEST(Golden, BatchedMatmulOfTransposedOperands) {
  check("batched_matmul", {{2, 5, 3}, {2, 4, 5}}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return matmul(build, in[0], in[1], {.batch = 1, .transpose_a = true, .transpose_b = true});
  });
}

TEST(Golden, SoftmaxAndTanh) {
  check("softmax", {{3, 5}}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return softmax(build, scale(build, in[0], 4));
  });
  check("tanh", {{9}},
        [](GraphBuilder& build, std::span<const ValueId> in) { return tanh(build, scale(build, in[0], 3)); });
}

TEST(Golden, CumSum) {
  for (const bool reverse : {false, true}) {
    check(
        reverse ? "cum_sum_reverse" : "cum_sum", {{3, 5}},
        [&](GraphBuilder& build, std::span<const ValueId> in) { return cum_sum(build, in[0], 1, reverse); });
  }
}

TEST(Golden, Reductions) {
  const auto check_rule = [](const std::string& name, std::string_view rule, size_t component,
                             std::string_view text) {
    check("reduce." + name, {{3, 4, 5}}, [&](GraphBuilder& build, std::span<const ValueId> in) {
      return reduce(build, rule, {in[0]}, text, {1})[component];
    });
  };
  check_rule("sum", "sum", 0, "x0 * x0");
  check_rule("max", "max", 0, "x0");
  check_rule("min", "min", 0, "x0");
  check_rule("argmax", "argmax", 0, "x0");
  check_rule("argmin", "argmin", 0, "x0");
  check_rule("mean", "moments", 0, "x0");
  check_rule("squares", "moments", 1, "x0");
  check("reduce.max_exp_sum", {{3, 4, 5}}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return pointwise(build, reduce(build, "max_exp_sum", {in[0]}, "x0", {1}), "x0 + log(x1)");
  });
}

TEST(Golden, ArgmaxGivesThePosition) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {3, 4, 5}}, {"a", "b", "c"});
  const ValueId position = reduce(build, "argmax", {x}, "x0", {1})[1];
  const Graph graph = std::move(build).build();
  Interpreter run(graph);
  run.set(x, operand_values(0, 60));
  run.run();
  expect_golden("reduce.position", run.get(position));
}

TEST(Golden, MixupOfNeighbours) {
  const Composite composite = [](GraphBuilder& build, std::span<const ValueId> in) {
    const TensorType scalar{DType::f64, {}};
    const ValueId labels = build.input("labels", {DType::i32, {6}}, {"rows"});
    const ValueId z = tanh(build, mix_pairs(build, in[0], fill(build, scalar, 0.3)));
    const ValueId exchanged = mix_pairs(build, z, fill(build, scalar, 0));
    return add(build, scale(build, cross_entropy(build, z, labels, 6), 0.3),
               scale(build, cross_entropy(build, exchanged, labels, 6), 0.7));
  };
  check("mixup", {{6, 4}}, composite, {{"labels", {0, 3, 1, 1, 2, 0}}});
}

TEST(Golden, MeanSquaredError) {
  const Composite composite = [](GraphBuilder& build, std::span<const ValueId> in) {
    return mse(build, in[0], build.input("target", {DType::f64, {4, 3}}, {"rows", "d"}), 1.0 / 12);
  };
  check("mse", {{4, 3}}, composite, {{"target", operand_values(1, 12)}});
}

TEST(Golden, AverageAndGlobalPool) {
  check("average_pool", {{2, 6, 5, 3}}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return average_pool(build, in[0], {3, 2}, {.stride = {2, 1}, .pad_low = {1, 0}, .pad_high = {1, 0}});
  });
  check("global_pool", {{2, 6, 5, 3}},
        [](GraphBuilder& build, std::span<const ValueId> in) { return mean_spatial(build, in[0]); });
}

TEST(Golden, BoxesAndWhatIsPutTogether) {
  const auto curve = [](GraphBuilder& build, ValueId x) { return tanh(build, scale(build, x, 2)); };
  check("slice", {{3, 5, 4}}, [&](GraphBuilder& build, std::span<const ValueId> in) {
    return curve(build, slice(build, in[0], {{{1, 3}, {0, 5}, {1, 3}}}));
  });
  check("pad", {{2, 3}}, [&](GraphBuilder& build, std::span<const ValueId> in) {
    return pad(build, curve(build, in[0]), {2, 1}, {0, 3});
  });
  check("concat", {{2, 3, 2}, {2, 1, 2}}, [&](GraphBuilder& build, std::span<const ValueId> in) {
    const ValueId squares = multiply(build, in[0], in[0]);
    return curve(build, concat(build, std::array{in[0], in[1], squares}, 1));
  });
  check("turned_halves", {{3, 6}}, [](GraphBuilder& build, std::span<const ValueId> in) {
    const ValueId second = scale(build, slice(build, in[0], 1, 3, 6), -1);
    return tanh(build, concat(build, std::array{second, slice(build, in[0], 1, 0, 3)}, 1));
  });
}

TEST(Golden, AdamWOverThreeSteps) {
  const TensorType type{DType::f64, {6}};
  GraphBuilder build;
  const ValueId param = build.state("param", type, {}, kParameter);
  const ValueId m = build.state("m", type, {}, kBuffer);
  const ValueId v = build.state("v", type, {}, kBuffer);
  const ValueId grad = build.input("grad", type, {"d"});
  const ValueId rate = build.input("rate", {DType::f64, {}}, {});
  const ValueId step = build.input("step", {DType::i64, {}}, {});
  const ValueId half = fill(build, {DType::f64, {}}, 0.5);
  const AdamWResults next = adamw(build, {param, grad, m, v, rate, step, half},
                                  {.beta1 = 0.9, .beta2 = 0.95, .epsilon = 1e-8, .weight_decay = 0.1});
  build.update(param, next.param);
  build.update(m, next.m);
  build.update(v, next.v);
  const Graph graph = std::move(build).build();
  Interpreter run(graph);
  run.set(param, operand_values(0, 6));
  run.set(grad, operand_values(1, 6));
  run.set(m, std::vector<double>(6, 0));
  run.set(v, std::vector<double>(6, 0));
  run.set(rate, {0.01});
  for (int i = 1; i <= 3; ++i) {
    run.set(step, {static_cast<double>(i)});
    run.run();
  }
  expect_golden("adamw", run.get(param));
}

}  // namespace
}  // namespace weft::testing
