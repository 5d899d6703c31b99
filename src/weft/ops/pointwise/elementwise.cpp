#include "weft/ops/pointwise/elementwise.h"

#include <fmt/format.h>

#include <numeric>

#include "weft/expression/text.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

std::vector<ValueId> elementwise(GraphBuilder& build, const std::vector<ValueId>& operands,
                                 std::string_view text) {
  Pointwise op = trailing_pointwise(build, operands);
  op.expression = parse_expression(text);
  const size_t results = op.expression.results.size();
  std::vector<int> axes(op.space.size());
  std::iota(axes.begin(), axes.end(), 0);
  op.results.assign(results, axes);
  op.dtypes.assign(results, build.type(operands[0]).dtype);
  return pointwise(build, operands, std::move(op));
}

std::string real(double value) { return fmt::format("({:.17e})", value); }

}  // namespace weft
