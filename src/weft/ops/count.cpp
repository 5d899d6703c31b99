#include "weft/ops/count.h"

#include <fmt/format.h>

#include "weft/expression/text.h"
#include "weft/ops/pointwise.h"

namespace weft {

ValueId count(GraphBuilder& build, const std::vector<ValueId>& operands, std::string_view condition) {
  Pointwise op = trailing_pointwise(build, operands);
  op.expression = parse_expression(fmt::format("select({}, 1, 0)", condition));
  op.results = {{}};
  op.reductions = {"sum"};
  op.dtypes = {DType::i64};
  return pointwise(build, operands, std::move(op))[0];
}

}  // namespace weft
