#pragma once
// Staged nodes by hand, and what their steps give one after the other by the definition of pointwise.
#include "tests/kernels/run_kernel.h"
#include "tests/kernels/tensor.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"
#include "weft/kernels/cpu/staged.h"
#include "weft/kernels/pointwise_naive.h"

namespace weft::kernels {

using testing::Tensor;

/// What a step is made of; the rows are axis 0 of a space [rows, columns] or [rows].
struct StepText {
  std::string_view expression;
  std::vector<std::vector<int>> operands;
  std::vector<std::vector<int>> results;
  std::vector<std::string> reductions;
  std::vector<DType> dtypes;
  std::vector<int> inputs;
};

inline StagedStep step_of(const StepText& text, Dims space) {
  StagedStep step;
  step.op.expression = simplify(parse_expression(text.expression));
  step.op.operands = text.operands;
  step.op.results = text.results;
  step.op.reductions = text.reductions;
  step.op.dtypes = text.dtypes;
  step.op.space = std::move(space);
  step.op.region = Region::all(step.op.space);
  step.inputs = text.inputs;
  return step;
}

struct StagedCase {
  Staged op;
  std::vector<Tensor> inputs;

  std::vector<TensorType> input_types() const {
    std::vector<TensorType> types;
    for (const Tensor& tensor : inputs) types.push_back(tensor.type());
    return types;
  }
  /// Makes these values the outputs.
  void give(std::vector<int> numbers) {
    op.operands = static_cast<int>(inputs.size());
    op.results = std::move(numbers);
    const std::vector<StagedValue> values = values_of(op, input_types());
    op.types.clear();
    for (const int v : op.results) op.types.push_back(values[static_cast<size_t>(v)].of_rows(op.rows()));
  }
  std::vector<Tensor> outputs() const {
    std::vector<Tensor> made;
    for (const TensorType& type : op.types) made.emplace_back(type.dtype, type.shape);
    return made;
  }
};

inline std::vector<Tensor> run_steps_naive(const StagedCase& made) {
  std::vector<Tensor> values = made.inputs;
  const std::vector<StagedValue> types = values_of(made.op, made.input_types());
  for (const StagedStep& step : made.op.steps) {
    std::vector<View> in, out;
    for (const int v : step.inputs) in.push_back(values[static_cast<size_t>(v)].view());
    const size_t first = values.size();
    for (size_t o = 0; o < outputs_of(step.op).size(); ++o) {
      const TensorType type = types[first + o].of_rows(made.op.rows());
      values.emplace_back(type.dtype, type.shape);
    }
    for (size_t o = first; o < values.size(); ++o) out.push_back(values[o].view());
    run(naive::pointwise_kernel(spec_of(step.op)), in, out);
  }
  std::vector<Tensor> outputs;
  for (const int v : made.op.results) outputs.push_back(values[static_cast<size_t>(v)]);
  return outputs;
}

/// Into `outputs`, which may share memory with inputs where the op says so.
inline void run_staged(const StagedCase& made, const std::vector<View>& inputs,
                       const std::vector<View>& outputs, PointwiseBodies bodies) {
  StagedKernel kernel(made.op, made.input_types(), made.op.types, bodies);
  const auto bound = [&](const KernelContext& context) { kernel.run(context); };
  run({bound, kernel.scratch_bytes()}, inputs, outputs);
}

inline std::vector<Tensor> run_staged(const StagedCase& made, PointwiseBodies bodies) {
  std::vector<Tensor> outputs = made.outputs();
  run_staged(made, {made.inputs.begin(), made.inputs.end()}, {outputs.begin(), outputs.end()}, bodies);
  return outputs;
}

/// x / sum |x| of rows [rows, columns]: values are x 0, sums 1, y 2.
inline StagedCase share_case(DType dtype, int64_t rows, int64_t columns) {
  StagedCase made;
  made.inputs = {Tensor::random(dtype, {rows, columns}, 1, 0.5, 2)};
  const DType sums = dtype == DType::f64 ? DType::f64 : DType::f32;
  made.op.steps = {step_of({"abs(x0)", {{0, 1}}, {{0}}, {"sum"}, {sums}, {0}}, {rows, columns}),
                   step_of({"x0 / x1", {{0, 1}, {0}}, {{0, 1}}, {"none"}, {dtype}, {0, 1}}, {rows, columns})};
  made.give({2});
  return made;
}

/// layer_norm as ops/norm/layer_norm.h makes it: x 0, gamma 1, beta 2, mean 3, squares 4, rstd 5, y 6.
inline StagedCase layer_norm_case(DType dtype, int64_t rows, int64_t columns) {
  StagedCase made;
  made.inputs = {Tensor::random(dtype, {rows, columns}, 1, 1, 4), Tensor::random(DType::f32, {columns}, 3),
                 Tensor::random(DType::f32, {columns}, 4)};
  // A large epsilon: with one column the variance is 0, and 1 / sqrt(1e-5) would magnify rounding three
  // hundred times.
  const std::string rsqrt = "rsqrt(x0 / " + std::to_string(columns) + ".0 + 0.1)";
  made.op.steps = {
      step_of({"x0", {{0, 1}}, {{0}}, {"moments"}, {DType::f32, DType::f32}, {0}}, {rows, columns}),
      step_of({rsqrt, {{0}}, {{0}}, {"none"}, {DType::f32}, {4}}, {rows}),
      step_of({"(x0 - x1) * x2 * x3 + x4",
               {{0, 1}, {0}, {0}, {1}, {1}},
               {{0, 1}},
               {"none"},
               {dtype},
               {0, 3, 5, 1, 2}},
              {rows, columns})};
  made.give({6, 3, 5});
  return made;
}

/// Its gradient by x, with `added`, if so, added: rstd 0, gamma 1, dy 2, x 3, mean 4, then added.
inline StagedCase layer_norm_gradient_case(DType dtype, int64_t rows, int64_t columns, bool adds) {
  StagedCase made;
  made.inputs = {Tensor::random(DType::f32, {rows}, 1, 0.5, 2), Tensor::random(DType::f32, {columns}, 2),
                 Tensor::random(dtype, {rows, columns}, 3), Tensor::random(dtype, {rows, columns}, 4, 1, 4),
                 Tensor::random(DType::f32, {rows}, 5, 2, 3)};
  if (adds) made.inputs.push_back(Tensor::random(dtype, {rows, columns}, 6));
  const int n = adds ? 6 : 5;
  const std::string by = std::to_string(columns) + ".0";
  const std::string squares = "x0 * (x1 * x1 * x1) * (-0.5 / " + by + ")";
  const std::string by_x =
      "x0 / " + by + " + x1 * (x2 - x3) * 2.0 + " + (adds ? "(x7 + " : "(") + "x4 * x5 * x6)";
  const DType f32 = DType::f32;
  StepText last{by_x,     {{0}, {0}, {0, 1}, {0}, {0, 1}, {1}, {0}},
                {{0, 1}}, {"none"},
                {dtype},  {n, n + 2, 3, 4, 2, 1, 0}};
  if (adds) {
    last.operands.push_back({0, 1});
    last.inputs.push_back(5);
  }
  made.op.steps = {step_of({"t0 = x1 * x2; -(x0 * t0), (x3 - x4) * t0",
                            {{0}, {1}, {0, 1}, {0, 1}, {0}},
                            {{0}, {0}},
                            {"sum", "sum"},
                            {f32, f32},
                            {0, 1, 2, 3, 4}},
                           {rows, columns}),
                   step_of({squares, {{0}, {0}}, {{0}}, {"none"}, {f32}, {n + 1, 0}}, {rows}),
                   step_of(last, {rows, columns})};
  made.give({n + 3});
  return made;
}

}  // namespace weft::kernels
