#include "weft/ops/linear/matmul.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/linear/matmul_shape.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> Matmul::infer(std::span<const TensorType> inputs) const {
  expect_inputs("matmul", inputs.size(), 2);
  const TensorType& a = inputs[0];
  const TensorType& b = inputs[1];
  expect_floating("matmul", a);
  expect_floating("matmul", b);
  if ((a.dtype == DType::f64) != (b.dtype == DType::f64)) {
    user_error("matmul: got {} and {}, expected both or neither in f64.", to_string(a), to_string(b));
  }
  return {{out, matmul_output(dims, a, b)}};
}

IndexMap Matmul::index_map(std::span<const TensorType> inputs,
                           std::span<const TensorType> /*outputs*/) const {
  return matmul_map(dims, inputs[0].shape, inputs[1].shape);
}

/// Both gradients are products again: the order of the operands is chosen so that the result's dimensions
/// come out in the operand's own order, and nothing is ever transposed in memory.
std::vector<std::optional<ValueId>> Matmul::gradient(const GradientContext& context) const {
  GraphBuilder& build = context.build;
  const ValueId a = context.inputs[0];
  const ValueId b = context.inputs[1];
  const ValueId dy = *context.output_gradients[0];
  const auto [batch, m, n, k, ta, tb] = dims;
  std::optional<ValueId> da;
  std::optional<ValueId> db;
  if (context.needed[0]) {
    const DType dtype = build.type(a).dtype;
    da = ta ? matmul(build, b, dy, {batch, k, m, n, tb, true}, dtype)
            : matmul(build, dy, b, {batch, m, k, n, false, !tb}, dtype);
  }
  if (context.needed[1]) {
    const DType dtype = build.type(b).dtype;
    db = tb ? matmul(build, dy, a, {batch, n, k, m, true, ta}, dtype)
            : matmul(build, a, dy, {batch, k, n, m, !ta, false}, dtype);
  }
  return {da, db};
}

namespace {

OpCase random_case(CaseRandom& random) {
  MatmulDims dims;
  dims.batch = static_cast<int>(random.between(0, 1));
  dims.m = static_cast<int>(random.between(1, 2));
  dims.n = static_cast<int>(random.between(1, 2));
  dims.k = static_cast<int>(random.between(1, 2));
  dims.transpose_a = random.coin();
  dims.transpose_b = random.coin();
  const Dims batch = random_dims(random, dims.batch, 4);
  const Dims m = random_dims(random, dims.m, 6);
  const Dims n = random_dims(random, dims.n, 6);
  const Dims k = random_dims(random, dims.k, 6);
  const auto joined = [&](const Dims& first, const Dims& second) {
    Dims shape = batch;
    shape.insert(shape.end(), first.begin(), first.end());
    shape.insert(shape.end(), second.begin(), second.end());
    return shape;
  };
  return case_of({real(dims.transpose_a ? joined(k, m) : joined(m, k)),
                  real(dims.transpose_b ? joined(n, k) : joined(k, n))},
                 [dims](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{matmul(build, in[0], in[1], dims)};
                 });
}

}  // namespace

ValueId matmul(GraphBuilder& build, ValueId a, ValueId b, const MatmulDims& dims,
               std::optional<DType> out_dtype) {
  return build.add1(std::make_shared<Matmul>(dims, out_dtype.value_or(build.type(a).dtype)), {a, b});
}

ValueId linear(GraphBuilder& build, ValueId x, ValueId w, bool transposed) {
  const int rank = static_cast<int>(build.type(x).shape.size());
  return matmul(build, x, w, {.batch = 0, .m = rank - 1, .n = 1, .k = 1, .transpose_b = transposed});
}

void register_matmul(OpRegistry& registry) { registry.add<Matmul>(random_case); }

}  // namespace weft
