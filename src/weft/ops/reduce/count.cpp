#include "weft/ops/reduce/count.h"

#include <fmt/format.h>

#include "weft/expression/text.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

ValueId count(GraphBuilder& build, const std::vector<ValueId>& operands, std::string_view condition) {
  Pointwise op = trailing_pointwise(build, operands);
  op.expression = parse_expression(fmt::format("select({}, 1, 0)", condition));
  op.results = {{}};
  op.reductions = {"sum"};
  op.dtypes = {DType::i64};
  return pointwise(build, operands, std::move(op))[0];
}

namespace {

/// Masks as packed bits: written from a comparison, joined with others, counted, and selected by. The
/// selection is continuous in x.
OpCase mask_case(CaseRandom& random) {
  const int64_t rank = random.between(1, 3);
  const Dims shape = random_dims(random, rank, rank == 1 ? 200 : 9);
  const Dims mask = random.coin() ? shape : trailing(shape, static_cast<size_t>(random.between(0, rank - 1)));
  std::vector<int> counted;
  for (int axis = 0; axis < rank; ++axis) {
    if (random.coin()) counted.push_back(axis);
  }
  OpCase result =
      case_of({real(shape), {DType::bit, mask}}, [counted](GraphBuilder& build, std::span<const ValueId> in) {
        const ValueId positive = pointwise(build, {in[0]}, "x0 > 0", DType::bit);
        const ValueId both = pointwise(build, {positive, in[1]}, "n0 * n1", DType::bit);
        const ValueId chosen =
            pointwise(build, {in[0], positive, in[1]}, "select(n1 != 0, x0, x0 * 0.5) * real(1 + n2)");
        return std::vector{chosen, both, reduce(build, "sum", {both}, "n0", counted)[0]};
      });
  result.integer_bound.back() = 2;
  return result;
}

}  // namespace

void register_count(OpRegistry& registry) { registry.add_cases(Pointwise::kName, mask_case); }

}  // namespace weft
