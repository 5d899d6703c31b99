#include "weft/ops/staged/staged.h"

#include <algorithm>
#include <map>

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise_positions.h"

namespace weft {

namespace {

/// Calls visit(field) for what a step is written as, in order.
template <class Step, class Visit>
void for_each_field(Step& step, Visit&& visit) {
  visit(step.op.expression);
  visit(step.op.operands);
  visit(step.op.results);
  visit(step.op.reductions);
  visit(step.op.dtypes);
  visit(step.op.space);
  visit(step.op.region);
  visit(step.inputs);
}

/// Attributes may come from a file: nothing about them is sure.
void check_axes(const Pointwise& op, const std::vector<int>& axes) {
  for (const int axis : axes) {
    if (axis < 0 || axis >= std::ssize(op.region.ranges)) {
      user_error("staged: got the axis {} in {}, expected one of {}.", axis, op.title(),
                 op.region.ranges.size());
    }
  }
}

/// The numbers of the values that a step gives follow those before it.
StagedValue value_of_output(const Pointwise& op, size_t output) {
  const std::vector<int>& axes = op.results[outputs_of(op)[output].result];
  if (axes.empty() || axes[0] != 0) {
    user_error("staged: got the axes of a result of {}, expected the rows first.", op.title());
  }
  return {op.dtypes[output], true, sizes_along(op.region.shape(), {axes.begin() + 1, axes.end()})};
}

/// Of an operand of these axes.
StagedValue value_of_operand(const Pointwise& op, const std::vector<int>& axes, DType dtype) {
  check_axes(op, axes);
  const bool has_rows = !axes.empty() && axes[0] == 0;
  if (std::count(axes.begin(), axes.end(), 0) != (has_rows ? 1 : 0)) {
    user_error("staged: got the axes of an operand of {}, expected the rows first or not at all.",
               op.title());
  }
  return {dtype, has_rows, sizes_along(op.region.shape(), {axes.begin() + (has_rows ? 1 : 0), axes.end()})};
}

bool reads_rows_position(const Expression& expression) {
  return std::any_of(expression.nodes.begin(), expression.nodes.end(), [](const ScalarNode& node) {
    if (node.kind == ScalarNode::Kind::index) return node.number == 0;
    return node.kind == ScalarNode::Kind::random &&
           std::find(node.axes.begin(), node.axes.end(), 0) != node.axes.end();
  });
}

void check_rows(const Staged& op, const StagedStep& step) {
  const Region& region = step.op.region;
  if (region.ranges.empty() || region.ranges[0] != Range{0, op.rows()} ||
      reads_rows_position(step.op.expression)) {
    user_error("staged: got a step {} of {}, expected {} rows, and that none asks which it is.",
               step.op.title(), to_string(region), op.rows());
  }
}

}  // namespace

AttributeValue AttributeCodec<StagedStep>::to(const StagedStep& value) {
  AttributeValue::List list;
  for_each_field(value, [&]<class T>(const T& field) { list.push_back(AttributeCodec<T>::to(field)); });
  return {std::move(list)};
}

StagedStep AttributeCodec<StagedStep>::from(const AttributeValue& value) {
  const AttributeValue::List& list = list_of(value);
  StagedStep step;
  size_t at = 0;
  for_each_field(step, [&]<class T>(T& field) {
    if (at == list.size()) wrong_attribute(value, "a step");
    field = AttributeCodec<T>::from(list[at++]);
  });
  if (at != list.size()) wrong_attribute(value, "a step");
  return step;
}

TensorType StagedValue::of_rows(int64_t rows) const {
  Dims shape = row;
  if (has_rows) shape.insert(shape.begin(), rows);
  return {dtype, std::move(shape)};
}

namespace {

/// Whether a value of the graph, in which the rows may be several dimensions, is this one.
bool stands_for(const TensorType& type, const StagedValue& value, int64_t rows) {
  if (type.dtype != value.dtype || type.shape.size() < value.row.size()) return false;
  const size_t row_dims = type.shape.size() - value.row.size();
  if (trailing(type.shape, value.row.size()) != value.row) return false;
  return value.has_rows ? elems_of(leading(type.shape, row_dims)) == rows : row_dims == 0;
}

}  // namespace

std::vector<StagedValue> values_of(const Staged& op, std::span<const TensorType> inputs) {
  std::vector<std::optional<StagedValue>> values(inputs.size());
  for (const StagedStep& step : op.steps) {
    check_rows(op, step);
    expect_inputs("staged", step.inputs.size(), step.op.operands.size());
    std::vector<TensorType> types;
    for (size_t i = 0; i < step.inputs.size(); ++i) {
      const auto number = static_cast<size_t>(step.inputs[i]);
      if (step.inputs[i] < 0 || number >= values.size()) {
        user_error("staged: got the operand {} of {}, expected one that is there.", number, step.op.title());
      }
      const DType dtype = values[number] ? values[number]->dtype : inputs[number].dtype;
      const StagedValue as_read = value_of_operand(step.op, step.op.operands[i], dtype);
      if (!values[number]) values[number] = as_read;
      if (as_read.has_rows != values[number]->has_rows) {
        user_error("staged: got the operand {} of {} with rows and without, expected one of them.", number,
                   step.op.title());
      }
      types.push_back(values[number]->of_rows(op.rows()));
    }
    const size_t outputs = step.op.infer(types).size();
    for (size_t o = 0; o < outputs; ++o) values.emplace_back(value_of_output(step.op, o));
  }
  std::vector<StagedValue> all;
  for (size_t v = 0; v < values.size(); ++v) {
    if (values[v] && values[v]->dtype == DType::bit) {
      user_error("staged: got bits for the value {}, expected whole bytes a row.", v);
    }
    if (!values[v]) user_error("staged: got the input {}, which no step reads.", v);
    if (v < inputs.size() && !stands_for(inputs[v], *values[v], op.rows())) {
      user_error("staged: got {} for the input {}, expected {}.", to_string(inputs[v]), v,
                 to_string(values[v]->of_rows(op.rows())));
    }
    all.push_back(std::move(*values[v]));
  }
  return all;
}

std::string Staged::formula() const {
  std::string text;
  for (const StagedStep& step : steps) {
    const std::string formula = step.op.formula();
    text += (text.empty() ? "" : "; ") + (formula.empty() ? step.op.title() : formula);
  }
  return text;
}

std::string Staged::title() const {
  constexpr size_t kMost = 24;  // what a column of `plan --explain` has room for
  std::string text;
  for (const StagedStep& step : steps) text += (text.empty() ? "" : "; ") + step.op.title();
  return text.size() <= kMost ? text : text.substr(0, kMost - 1) + "…";
}

std::vector<TensorType> Staged::infer(std::span<const TensorType> inputs) const {
  if (steps.empty() || steps[0].op.region.ranges.empty()) user_error("staged: got no steps over rows.");
  expect_inputs("staged", inputs.size(), static_cast<size_t>(operands));
  const std::vector<StagedValue> values = values_of(*this, inputs);
  if (results.size() != types.size()) {
    user_error("staged: got the types of {} outputs, expected {}.", types.size(), results.size());
  }
  for (size_t o = 0; o < results.size(); ++o) {
    const auto number = static_cast<size_t>(results[o]);
    if (number < inputs.size() || number >= values.size() || !stands_for(types[o], values[number], rows()) ||
        std::count(results.begin(), results.end(), results[o]) > 1) {
      user_error("staged: got {} for output {}, expected what a step gives.", to_string(types[o]), o);
    }
  }
  return types;
}

namespace {

/// Which axis each dimension of each value is: the rows' first, then those that the steps run along together.
class AxesOfValues {
 public:
  AxesOfValues(const Staged& op, std::span<const TensorType> inputs) : values_(values_of(op, inputs)) {
    for (const StagedValue& value : values_) {
      first_.push_back(parent_.size());
      for (size_t d = 0; d < value.row.size(); ++d) parent_.push_back(parent_.size());
    }
    size_t next = inputs.size();
    for (const StagedStep& step : op.steps) {
      std::vector<std::optional<size_t>> item(step.op.space.size());
      const auto meet = [&](size_t value, const std::vector<int>& axes) {
        const size_t skipped = values_[value].has_rows ? 1 : 0;
        for (size_t d = skipped; d < axes.size(); ++d) {
          std::optional<size_t>& met = item[static_cast<size_t>(axes[d])];
          const size_t here = first_[value] + d - skipped;
          if (met) parent_[root(here)] = root(*met);
          met = here;
        }
      };
      for (size_t i = 0; i < step.inputs.size(); ++i) {
        meet(static_cast<size_t>(step.inputs[i]), step.op.operands[i]);
      }
      for (const PointwiseOutput& output : outputs_of(step.op)) meet(next++, step.op.results[output.result]);
    }
  }

  /// Of a value that has this type in the graph, where the rows may be several dimensions. Adds axes to
  /// `map`.
  OperandMap of(size_t value, const TensorType& type, IndexMap& map) {
    OperandMap dims;
    const size_t rows = type.shape.size() - values_[value].row.size();
    for (size_t d = 0; d < rows; ++d) dims.push_back(along(axis(kRows + d, type.shape[d], map)));
    for (size_t d = rows; d < type.shape.size(); ++d) {
      dims.push_back(along(axis(root(first_[value] + d - rows), type.shape[d], map)));
    }
    return dims;
  }

 private:
  static constexpr size_t kRows = size_t{1} << 32;

  size_t root(size_t item) const {
    while (parent_[item] != item) item = parent_[item];
    return item;
  }
  int axis(size_t item, int64_t size, IndexMap& map) {
    const auto [found, fresh] = axis_of_.emplace(item, static_cast<int>(map.axes.size()));
    if (fresh) map.axes.push_back({"d" + std::to_string(map.axes.size()), size, AxisKind::whole});
    return found->second;
  }

  std::vector<StagedValue> values_;
  std::vector<size_t> first_;   ///< of each value: the item of its first dimension beside the rows
  std::vector<size_t> parent_;  ///< of each item
  std::map<size_t, int> axis_of_;
};

}  // namespace

IndexMap Staged::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  IndexMap map;
  AxesOfValues axes(*this, inputs);
  for (size_t i = 0; i < inputs.size(); ++i) map.inputs.push_back(axes.of(i, inputs[i], map));
  for (size_t o = 0; o < outputs.size(); ++o) {
    map.outputs.push_back(axes.of(static_cast<size_t>(results[o]), outputs[o], map));
  }
  return map;
}

double Staged::flops(std::span<const TensorType> /*inputs*/, std::span<const TensorType> /*outputs*/) const {
  double all = 0;
  for (const StagedStep& step : steps) {
    all += step.op.traits().flops_per_point * static_cast<double>(step.op.region.elems());
  }
  return all;
}

namespace {

/// Whether output `o` of the op may be written where input `i` lies, going by all steps but types.
bool may_overwrite(const Staged& op, int o, int i) {
  int made = op.operands;  // the number of the next value that a step gives
  for (const StagedStep& step : op.steps) {
    const std::vector<PointwiseOutput> outputs = outputs_of(step.op);
    const int wanted = op.results[static_cast<size_t>(o)] - made;
    made += static_cast<int>(outputs.size());
    const bool writes = wanted >= 0 && wanted < static_cast<int>(outputs.size());
    const size_t result = writes ? outputs[static_cast<size_t>(wanted)].result : 0;
    for (size_t operand = 0; operand < step.inputs.size(); ++operand) {
      if (step.inputs[operand] != i) continue;
      const std::vector<int>& axes = step.op.operands[operand];
      if (axes.empty() || axes[0] != 0) return false;  // every block reads it
      if (writes && (step.op.rule(result) != nullptr || axes != step.op.results[result])) return false;
      if (wanted < 0) return false;  // it is read after the output is there
    }
  }
  return true;
}

}  // namespace

/// An input may lie under an output of its size that is made when it has been read.
Traits Staged::traits() const {
  Traits traits;
  for (int o = 0; o < static_cast<int>(results.size()); ++o) {
    for (int i = 0; i < operands; ++i) {
      if (may_overwrite(*this, o, i)) traits.in_place.emplace_back(o, i);
    }
  }
  return traits;
}

void register_staged(OpRegistry& registry) { registry.add<Staged>(); }

}  // namespace weft
