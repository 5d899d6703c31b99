#pragma once
// Expressions over boxes with operands for them, at random or given, and what their definition makes of them.
#include "tests/expression/draws.h"
#include "tests/kernels/run_kernel.h"
#include "tests/kernels/tensor.h"
#include "weft/expression/random_expression.h"
#include "weft/expression/text.h"
#include "weft/kernels/pointwise_naive.h"

namespace weft::kernels {

using testing::Tensor;
using Between = std::function<int64_t(int64_t, int64_t)>;

/// A spec and operands for it.
struct Case {
  PointwiseSpec spec;
  std::vector<Tensor> operands;
  std::vector<DType> results;  ///< of each output
};

inline std::vector<TensorType> types_of(const std::vector<Tensor>& tensors) {
  std::vector<TensorType> types;
  for (const Tensor& tensor : tensors) types.push_back(tensor.type());
  return types;
}

inline std::vector<Tensor> results_of(const Case& made) {
  std::vector<Tensor> results;
  for (size_t r = 0; r < made.spec.rules.size(); ++r) {
    Dims shape;
    for (const int axis : made.spec.result_axes[r]) {
      shape.push_back(made.spec.region.ranges[static_cast<size_t>(axis)].size());
    }
    for (size_t c = 0; c < components_of(made.spec.rules[r]); ++c) {
      results.emplace_back(made.results[results.size()], shape);
    }
  }
  return results;
}

inline std::vector<Tensor> run(const Kernel& kernel, const Case& made) {
  std::vector<Tensor> results = results_of(made);
  const std::vector<View> in(made.operands.begin(), made.operands.end());
  const std::vector<View> out(results.begin(), results.end());
  run(kernel, in, out);
  return results;
}

inline std::vector<Tensor> run_naive(const Case& made) {
  return run(naive::pointwise_kernel(made.spec), made);
}

inline Kernel fast_kernel(const Case& made, PointwiseBodies bodies = PointwiseBodies::hand_written) {
  return pointwise_kernel(made.spec, types_of(made.operands), types_of(results_of(made)), bodies);
}

inline std::vector<Tensor> run_fast(const Case& made,
                                    PointwiseBodies bodies = PointwiseBodies::hand_written) {
  return run(fast_kernel(made, bodies), made);
}

/// f32 and bf16 are computed in f32: tests/kernels/tensor.h says how far that may lie from f64.
inline double tolerance_of(const Case& made, DType result) {
  bool wide = result == DType::f64;
  for (const Tensor& operand : made.operands) wide = wide || operand.type().dtype == DType::f64;
  if (result == DType::bf16) return testing::tolerance_of(DType::bf16);
  if (!wide) return testing::tolerance_of(DType::f32);
  return result == DType::f32 ? 1e-7 : 1e-12;
}

inline void expect_naive(const Case& made, const std::vector<Tensor>& got) {
  const std::vector<Tensor> want = run_naive(made);
  for (size_t r = 0; r < want.size(); ++r) {
    SCOPED_TRACE("result " + std::to_string(r));
    testing::expect_close(got[r], want[r], tolerance_of(made, made.results[r]));
  }
}

inline std::vector<int> random_axes(size_t axes, bool all, const Between& between) {
  std::vector<int> dims;
  for (size_t a = 0; a < axes; ++a) {
    if (all || between(0, 3) > 0) dims.push_back(static_cast<int>(a));
  }
  if (between(0, 2) > 0) return dims;
  for (size_t d = dims.size(); d > 1; --d) {
    std::swap(dims[d - 1], dims[static_cast<size_t>(between(0, static_cast<int64_t>(d) - 1))]);
  }
  return dims;
}

inline void random_space(PointwiseSpec& spec, const Between& between) {
  const auto axes = static_cast<size_t>(between(0, 4));
  for (size_t a = 0; a < axes; ++a) {
    const int64_t size = between(1, a + 1 == axes ? (axes < 3 ? 700 : 70) : 9);
    // A part of the whole, now and then none of it.
    const int64_t begin = between(0, 3) == 0 ? between(0, size - 1) : 0;
    const int64_t end = between(0, 60) == 0 ? begin : between(0, 3) == 0 ? between(begin + 1, size) : size;
    spec.space.push_back(size);
    spec.region.ranges.push_back({begin, end});
  }
}

inline void add_operand(Case& made, std::vector<int> axes, DType dtype, uint32_t seed) {
  Dims shape;
  for (const int axis : axes) shape.push_back(made.spec.region.ranges[static_cast<size_t>(axis)].size());
  const bool real = is_floating(dtype);
  made.operands.push_back(Tensor::random(dtype, shape, seed, real ? -2 : 0, real ? 2 : 3));
  made.spec.operand_axes.push_back(std::move(axes));
}

inline Case random_case(uint64_t seed, std::span<const DType> reals) {
  const Between between = testing::draws(seed);
  Case made;
  random_space(made.spec, between);
  const size_t axes = made.spec.space.size();
  std::vector<ScalarType> types;
  const auto dtype = [&] {
    return reals[static_cast<size_t>(between(0, static_cast<int64_t>(reals.size()) - 1))];
  };
  for (int64_t i = between(1, 3); i > 0; --i) {
    types.push_back(ScalarType::real);
    add_operand(made, random_axes(axes, between(0, 1) == 0, between), dtype(), static_cast<uint32_t>(seed));
  }
  constexpr DType kWhole[] = {DType::i32, DType::i64, DType::u8};
  if (between(0, 2) == 0) {
    types.push_back(between(0, 1) == 0 ? ScalarType::integer : ScalarType::boolean);
    add_operand(made, random_axes(axes, false, between), kWhole[between(0, 2)], static_cast<uint32_t>(seed));
  }
  int step = -1;
  if (between(0, 2) == 0) {
    step = static_cast<int>(types.size());
    made.operands.push_back(Tensor::scalar(DType::i64, 5));
    made.spec.operand_axes.emplace_back();
  }
  const int results = static_cast<int>(between(1, 3));
  made.spec.expression = random_expression(
      {types, static_cast<int>(axes), static_cast<int>(between(0, 12)), results, step}, between);
  for (int r = 0; r < results; ++r) {
    made.spec.result_axes.push_back(random_axes(axes, true, between));
    made.spec.rules.push_back(nullptr);
    made.results.push_back(dtype());
  }
  return made;
}

inline std::string text_of(const Case& made) {
  std::string text = to_string(made.spec.expression) + " in " + to_string(made.spec.region);
  for (const Tensor& operand : made.operands) text += " " + to_string(operand.type());
  return text;
}

inline Case simple_case(std::string_view text, const std::vector<TensorType>& operands, DType result) {
  Case made;
  const Dims& space = operands[0].shape;
  made.spec.expression = parse_expression(text);
  made.spec.space = space;
  made.spec.region = Region::all(space);
  const auto trailing = [&](size_t count) {
    std::vector<int> dims;
    for (size_t d = space.size() - count; d < space.size(); ++d) dims.push_back(static_cast<int>(d));
    return dims;
  };
  uint32_t seed = 1;
  for (const TensorType& type : operands) add_operand(made, trailing(type.shape.size()), type.dtype, seed++);
  made.spec.result_axes = {trailing(space.size())};
  made.spec.rules = {nullptr};
  made.results = {result};
  return made;
}

}  // namespace weft::kernels
