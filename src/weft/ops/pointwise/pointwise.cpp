#include "weft/ops/pointwise/pointwise.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/expression/derivative.h"
#include "weft/expression/properties.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise_cases.h"
#include "weft/ops/pointwise/pointwise_positions.h"

namespace weft {

namespace {

bool has_each_axis_once(const std::vector<int>& dims, size_t axes, bool all) {
  std::vector<bool> seen(axes, false);
  for (const int axis : dims) {
    const auto at = static_cast<size_t>(axis);
    if (axis < 0 || at >= axes || seen[at]) return false;
    seen[at] = true;
  }
  return !all || dims.size() == axes;
}

bool any_has(const std::vector<std::vector<int>>& lists, int axis) {
  return std::any_of(lists.begin(), lists.end(),
                     [&](const std::vector<int>& dims) { return has_axis(dims, axis); });
}

bool reads_as(DType dtype, ScalarType type) { return is_floating(dtype) == (type == ScalarType::real); }

/// Sizes of the whole space, and the box in it. Attributes may come from a file: nothing about them is sure.
void check_space(const Pointwise& op) {
  const size_t axes = op.space.size();
  bool fits = op.region.ranges.size() == axes && axes <= kMostPointwiseAxes;
  for (size_t a = 0; fits && a < axes; ++a) {
    const Range& range = op.region.ranges[a];
    fits = 0 <= range.begin && range.begin <= range.end && range.end <= op.space[a];
  }
  if (!fits) {
    user_error("pointwise: got {} of the space {}, expected a part of it, of at most {} axes.",
               to_string(op.region), to_string(op.space), kMostPointwiseAxes);
  }
  elems_of(op.space);  // throws where points cannot be counted
}

/// One list of axes and one rule a result, one dtype an output.
void check_counts(const Pointwise& op) {
  const size_t results = op.expression.results.size();
  if (results == 0 || op.results.size() != results || op.reductions.size() != results) {
    user_error("pointwise: got axes of {} and rules of {} results, expected {} for the expression {}.",
               op.results.size(), op.reductions.size(), results == 0 ? "some" : std::to_string(results),
               to_string(op.expression));
  }
  if (const size_t outputs = outputs_of(op).size(); op.dtypes.size() != outputs) {
    user_error("pointwise: got dtypes of {} outputs, expected {} for the results of {}.", op.dtypes.size(),
               outputs, op.title());
  }
}

/// Each must name axes of the space, each once, and results that are not reduced all of them. Where an axis
/// is in no result, some operand must say which part of it is here.
void check_dimensions(const Pointwise& op) {
  const size_t axes = op.space.size();
  for (const auto& dims : op.operands) {
    if (!has_each_axis_once(dims, axes, false)) {
      user_error("pointwise: got the axes {} of an operand, expected some of {}, each once.", dims, axes);
    }
  }
  for (size_t r = 0; r < op.results.size(); ++r) {
    const bool all = op.rule(r) == nullptr;
    if (!has_each_axis_once(op.results[r], axes, all)) {
      user_error("pointwise: got the axes {} of a result, expected {} of {} once.", op.results[r],
                 all ? "each" : "some", axes);
    }
  }
  for (int axis = 0; axis < static_cast<int>(axes); ++axis) {
    if (!any_has(op.operands, axis) && !any_has(op.results, axis)) {
      user_error("pointwise: got the axis {} in no operand and no result of {}, expected it in one.", axis,
                 op.title());
    }
  }
}

void check_axes(const Pointwise& op) {
  const size_t axes = op.space.size();
  check_space(op);
  check_counts(op);
  check_dimensions(op);
  for (const ScalarNode& node : op.expression.nodes) {
    const bool index = node.kind == ScalarNode::Kind::index;
    if ((index && static_cast<size_t>(node.number) >= axes) || !has_each_axis_once(node.axes, axes, false)) {
      user_error("pointwise: got the axes of {}, expected {} of them.", to_string(op.expression), axes);
    }
    if (node.kind == ScalarNode::Kind::random) {
      const auto step = static_cast<size_t>(op.expression.node(node.arguments[0]).number);
      if (step < op.operands.size() && !op.operands[step].empty()) {
        user_error("pointwise: got a step of random with dimensions, operand {}, expected a scalar.", step);
      }
    }
  }
}

/// Positions are counted in 31 bits.
void check_positions(const Pointwise& op, size_t r, DType dtype) {
  if (dtype == DType::u8) {
    user_error("pointwise: got u8 for the position that {} gives, expected i32 or i64.", op.title());
  }
  if (points_along(op.space, op.reduced_axes(r)) >= int64_t{1} << 31) {
    user_error("pointwise: got the space {} for {}, expected less than 2^31 positions.", to_string(op.space),
               op.title());
  }
}

/// Rules must take what the expression gives, and outputs hold what they become.
void check_results(const Pointwise& op) {
  size_t output = 0;
  for (const auto& [r, component] : outputs_of(op)) {
    ScalarType type = op.expression.result(r).type;
    if (const Reduction* rule = op.rule(r)) {
      if (op.dtypes[output] == DType::bit) {
        user_error("pointwise: got bit for output {} of {}, which is reduced, expected a dtype of numbers.",
                   output, op.title());
      }
      if (type == ScalarType::boolean || (rule->reals_only && type != ScalarType::real)) {
        user_error("pointwise: got {} of {}, which is {}, expected {}.", rule->name, to_string(op.expression),
                   name_of(type), rule->reals_only ? "a real" : "a number");
      }
      if (rule->component[component].is_position) {
        type = ScalarType::integer;
        check_positions(op, r, op.dtypes[output]);
      }
    }
    const DType dtype = op.dtypes[output];
    if (!reads_as(dtype, type)) {
      user_error("pointwise: got {} for output {} of {}, which is {}.", name_of(dtype), output, op.title(),
                 name_of(type));
    }
    ++output;
  }
}

/// The type of an operand's elements in the expression must be what its dtype reads as.
void check_dtypes(const Pointwise& op, std::span<const TensorType> inputs) {
  for (const ScalarNode& node : op.expression.nodes) {
    if (node.kind != ScalarNode::Kind::operand) continue;
    const auto at = static_cast<size_t>(node.number);
    if (at >= inputs.size()) {
      user_error("pointwise: got {} operands, expected more for {}.", inputs.size(),
                 to_string(op.expression));
    }
    if (!reads_as(inputs[at].dtype, node.type)) {
      user_error("pointwise: got {} for operand {} of {}, expected elements that are {}.",
                 to_string(inputs[at]), at, to_string(op.expression),
                 node.type == ScalarType::real ? "real" : "integers");
    }
  }
  check_results(op);
}

std::vector<int> trailing_axes(size_t axes, size_t count) {
  std::vector<int> dims;
  for (size_t d = axes - count; d < axes; ++d) dims.push_back(static_cast<int>(d));
  return dims;
}

OperandMap along_all(const std::vector<int>& dims) {
  OperandMap map;
  for (const int axis : dims) map.push_back(along(axis));
  return map;
}

}  // namespace

AttributeValue AttributeCodec<Expression>::to(const Expression& value) { return {to_string(value)}; }

Expression AttributeCodec<Expression>::from(const AttributeValue& value) {
  return parse_expression(AttributeCodec<std::string>::from(value));
}

const Reduction* Pointwise::rule(size_t result) const {
  const std::string& name = reductions[result];
  if (name == kNoReduction) return nullptr;
  const Reduction* found = find_reduction(name);
  if (found == nullptr) {
    std::vector<std::string_view> all;
    for (const Reduction& row : weft::reductions()) all.push_back(row.name);
    user_error("pointwise: got the reduction \"{}\", expected {} or one of {}.", name, kNoReduction,
               fmt::join(all, ", "));
  }
  return found;
}

std::vector<int> Pointwise::reduced_axes(size_t r) const { return axes_without(space.size(), results[r]); }

std::string_view Pointwise::meaning_of_reductions() {
  static const std::string text = [] {
    std::string rows =
        fmt::format("how each result is reduced along the axes that it has not: {}", kNoReduction);
    for (const Reduction& row : weft::reductions()) rows += fmt::format("; {}: {}", row.name, row.meaning);
    return rows;
  }();
  return text;
}

std::vector<PointwiseOutput> outputs_of(const Pointwise& op) {
  std::vector<PointwiseOutput> outputs;
  for (size_t r = 0; r < op.reductions.size(); ++r) {
    const Reduction* rule = op.rule(r);
    const size_t components = rule == nullptr ? 1 : rule->components;
    for (size_t c = 0; c < components; ++c) outputs.push_back({r, c});
  }
  return outputs;
}

std::string Pointwise::formula() const {
  const bool reduced = reductions.size() == 1 && reductions[0] != kNoReduction;
  const std::string text = to_string(expression);
  return reduced ? reductions[0] + "(" + text + ")" : text;
}

std::string Pointwise::title() const {
  constexpr size_t kMost = 24;  // what a column of `plan --explain` has room for
  const std::string text = formula();
  return text.size() <= kMost ? text : text.substr(0, kMost - 1) + "…";
}

std::vector<TensorType> Pointwise::infer(std::span<const TensorType> inputs) const {
  check_axes(*this);
  expect_inputs("pointwise", inputs.size(), operands.size());
  check_dtypes(*this, inputs);
  const Dims sizes = region.shape();
  for (size_t i = 0; i < operands.size(); ++i) {
    expect_shape("pointwise", inputs[i], sizes_along(sizes, operands[i]));
  }
  std::vector<TensorType> types;
  for (const auto& [r, component] : outputs_of(*this)) {
    types.push_back({dtypes[types.size()], sizes_along(sizes, results[r])});
  }
  return types;
}

IndexMap Pointwise::index_map(std::span<const TensorType>, std::span<const TensorType>) const {
  IndexMap map;
  const Dims sizes = region.shape();
  for (size_t a = 0; a < sizes.size(); ++a) {
    map.axes.push_back({fmt::format("d{}", a), sizes[a], AxisKind::parallel});
  }
  for (const auto& dims : operands) map.inputs.push_back(along_all(dims));
  for (const auto& output : outputs_of(*this)) map.outputs.push_back(along_all(results[output.result]));
  return map;
}

Traits Pointwise::traits() const {
  Traits traits;
  bool reduced = false;
  // Bits are never summed, not even zeros.
  bool sums = std::find(dtypes.begin(), dtypes.end(), DType::bit) == dtypes.end();
  traits.flops_per_point = flops_of(expression);
  int output = 0;
  for (const auto& [r, component] : outputs_of(*this)) {
    const Reduction* rule = this->rule(r);
    traits.combine.push_back(rule == nullptr ? Combine::sum : rule->combine);
    reduced = reduced || rule != nullptr;
    sums = sums && (rule == nullptr || rule->linear);
    if (rule != nullptr && component == 0) traits.flops_per_point += rule->flops;
    for (size_t i = 0; rule == nullptr && i < operands.size(); ++i) {
      if (operands[i] == results[r]) traits.in_place.emplace_back(output, static_cast<int>(i));
    }
    ++output;
  }
  // Of several operands those that owe nothing would have to be made zero on all ranks but one, and a
  // residual would stay owed through a whole network; of what is rounded anew the parts do not add up; what
  // is repeated is larger than the sum that is owed. Zeros of no operands are the sum of no terms.
  const bool alone =
      operands.size() == 1 && operands[0].size() == space.size() && (reduced || !only_copies(expression));
  traits.linear = sums && is_linear(expression) && (operands.empty() || alone);
  traits.no_gradient = stopped_operands(expression);
  // A rounded copy takes less to keep than to make each time; what is repeated along an axis takes more.
  traits.hoistable = !reduced && only_copies(expression) &&
                     std::all_of(operands.begin(), operands.end(),
                                 [&](const auto& dims) { return dims.size() == space.size(); });
  return traits;
}

namespace {

/// The part of an axis that the outputs hold, or else the operands.
Range part_of(const Pointwise& op, int axis, const LocalRegions& regions) {
  const auto outputs = outputs_of(op);
  for (size_t o = 0; o < outputs.size(); ++o) {
    const std::vector<int>& dims = op.results[outputs[o].result];
    const auto found = std::find(dims.begin(), dims.end(), axis);
    if (found != dims.end()) return regions.outputs[o].ranges[static_cast<size_t>(found - dims.begin())];
  }
  for (size_t i = 0; i < op.operands.size(); ++i) {
    const std::vector<int>& dims = op.operands[i];
    const auto found = std::find(dims.begin(), dims.end(), axis);
    if (found != dims.end()) return regions.inputs[i].ranges[static_cast<size_t>(found - dims.begin())];
  }
  internal_error(__FILE__, __LINE__, "the axis {} of {} is nowhere", axis, op.title());
}

bool needs_position(const Pointwise& op) {
  bool needs = reads_position(op.expression);
  for (size_t r = 0; r < op.results.size(); ++r) {
    needs = needs || (op.rule(r) != nullptr && op.rule(r)->reads_position);
  }
  return needs;
}

}  // namespace

OpPtr Pointwise::localize(const LocalRegions& regions) const {
  auto local = std::make_shared<Pointwise>(*this);
  for (size_t axis = 0; axis < space.size(); ++axis) {
    const Range part = part_of(*this, static_cast<int>(axis), regions);
    const int64_t origin = region.ranges[axis].begin;
    local->region.ranges[axis] = {origin + part.begin, origin + part.end};
  }
  if (!needs_position(*this)) {
    local->space = local->region.shape();
    local->region = Region::all(local->space);
  }
  if (local->region == region && local->space == space) return nullptr;
  return local;
}

ScalarType scalar_type_of(DType dtype) { return is_floating(dtype) ? ScalarType::real : ScalarType::integer; }

std::vector<ValueId> pointwise(GraphBuilder& build, std::span<const ValueId> operands, Pointwise op) {
  op.expression = simplify(op.expression);
  op.reductions.resize(op.results.size(), std::string(kNoReduction));
  op.region = Region::all(op.space);
  return build.add(std::make_shared<Pointwise>(std::move(op)), {operands.begin(), operands.end()});
}

Pointwise trailing_pointwise(GraphBuilder& build, std::span<const ValueId> operands) {
  Pointwise op;
  for (const ValueId id : operands) {
    const Dims& shape = build.type(id).shape;
    if (shape.size() > op.space.size() || op.operands.empty()) op.space = shape;
    op.operands.emplace_back();
  }
  for (size_t i = 0; i < operands.size(); ++i) {
    const TensorType& type = build.type(operands[i]);
    if (trailing(op.space, type.shape.size()) != type.shape) {
      user_error("pointwise: got {} beside the shape {}, expected a shape that ends it.", to_string(type),
                 to_string(op.space));
    }
    op.operands[i] = trailing_axes(op.space.size(), type.shape.size());
  }
  return op;
}

ValueId pointwise(GraphBuilder& build, const std::vector<ValueId>& operands, const Expression& expression,
                  std::optional<DType> dtype) {
  Pointwise op = trailing_pointwise(build, operands);
  op.results = {trailing_axes(op.space.size(), op.space.size())};
  op.dtypes = {dtype ? *dtype : build.type(operands[0]).dtype};
  op.expression = expression;
  return pointwise(build, operands, std::move(op))[0];
}

ValueId pointwise(GraphBuilder& build, const std::vector<ValueId>& operands, std::string_view text,
                  std::optional<DType> dtype) {
  return pointwise(build, operands, parse_expression(text), dtype);
}

ValueId pointwise(GraphBuilder& build, const std::vector<ValueId>& operands, const Formula& formula,
                  std::optional<DType> dtype) {
  ExpressionBuilder made;
  std::vector<Scalar> scalars;
  for (size_t i = 0; i < operands.size(); ++i) {
    scalars.push_back(made.operand(static_cast<int>(i), scalar_type_of(build.type(operands[i]).dtype)));
  }
  return pointwise(build, operands, made.build(std::array{formula(scalars)}), dtype);
}

void register_pointwise(OpRegistry& registry) {
  registry.add<Pointwise>();
  add_pointwise_cases(registry);
}

}  // namespace weft
