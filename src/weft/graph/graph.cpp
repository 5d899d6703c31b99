#include "weft/graph/graph.h"

#include <utility>

#include "weft/base/check.h"

namespace weft {

std::vector<TensorType> Graph::input_types(const Node& node) const {
  std::vector<TensorType> types;
  types.reserve(node.inputs.size());
  for (const ValueId id : node.inputs) types.push_back(type(id));
  return types;
}

std::vector<TensorType> Graph::output_types(const Node& node) const {
  std::vector<TensorType> types;
  types.reserve(node.outputs.size());
  for (const ValueId id : node.outputs) types.push_back(type(id));
  return types;
}

GraphBuilder::GraphBuilder(const Segment& first) { segment(first); }

GraphBuilder::GraphBuilder(const Graph& like) {
  graph_.segments_ = like.segments_;
  graph_.order_ = like.order_;
}

std::optional<SegmentId> GraphBuilder::known(const Segment& segment) const {
  for (const SegmentId id : graph_.order_) {
    if (graph_.segment(id).name != segment.name) continue;
    WEFT_CHECK(graph_.segment(id) == segment, "the segment {} is made twice and differently", segment.name);
    return id;
  }
  return std::nullopt;
}

SegmentId GraphBuilder::segment(const Segment& segment) {
  if (const auto there = known(segment)) return *there;
  const SegmentId id{static_cast<int32_t>(graph_.segments_.size())};
  graph_.segments_.push_back(segment);
  graph_.order_.push_back(id);
  return id;
}

SegmentId GraphBuilder::first_segment(const Segment& segment) {
  if (const auto there = known(segment)) return *there;
  const SegmentId id = this->segment(segment);
  graph_.order_.pop_back();
  graph_.order_.insert(graph_.order_.begin(), id);
  return id;
}

BuilderScope::BuilderScope(GraphBuilder& build, NodePlace now)
    : build_(build), outer_(std::exchange(build.place_, std::move(now))) {}

BuilderScope::~BuilderScope() { build_.place_ = std::move(outer_); }

BuilderScope GraphBuilder::in(SegmentId segment) {
  return BuilderScope(*this, {segment, place_.label, place_.placement});
}

BuilderScope GraphBuilder::labelled(std::string label) {
  return BuilderScope(*this, {place_.segment, std::move(label), place_.placement});
}

BuilderScope GraphBuilder::placed(std::string placement) {
  return BuilderScope(*this, {place_.segment, place_.label, std::move(placement)});
}

BuilderScope GraphBuilder::like(const Node& node) {
  return BuilderScope(*this, {node.segment, node.label, node.placement});
}

ValueId GraphBuilder::adopt(Value value) {
  const ValueId id{static_cast<int32_t>(graph_.values_.size())};
  if (value.kind != ValueKind::result) {
    WEFT_CHECK(named_.emplace(value.name, id).second, "two inputs or states named {}", value.name);
  }
  graph_.values_.push_back(std::move(value));
  return id;
}

void GraphBuilder::adopt(Node node) {
  const NodeId id{static_cast<int32_t>(graph_.nodes_.size())};
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    Value& value = graph_.values_[node.outputs[i].at()];
    value.producer = id;
    value.output = static_cast<int>(i);
  }
  graph_.nodes_.push_back(std::move(node));
}

ValueId GraphBuilder::input(const std::string& name, TensorType type, std::vector<std::string> dim_names) {
  WEFT_CHECK(dim_names.size() == type.shape.size(), "input {}: {} names for the shape {}", name,
             dim_names.size(), to_string(type.shape));
  if (const auto found = named_.find(name); found != named_.end()) {
    WEFT_CHECK(graph_.type(found->second) == type, "input {} has two types", name);
    return found->second;
  }
  Value value{.name = name, .type = std::move(type), .kind = ValueKind::input};
  value.dim_names = std::move(dim_names);
  return adopt(std::move(value));
}

ValueId GraphBuilder::state(const std::string& name, TensorType type, Initializer initializer,
                            StateKind kind) {
  if (const auto found = named_.find(name); found != named_.end()) {
    WEFT_CHECK(graph_.type(found->second) == type, "state {} has two types", name);
    return found->second;
  }
  Value value{.name = name, .type = std::move(type), .kind = ValueKind::state};
  value.state_kind = std::move(kind);
  value.initializer = std::move(initializer);
  return adopt(std::move(value));
}

std::vector<ValueId> GraphBuilder::add(OpPtr op, std::vector<ValueId> inputs) {
  Node node{.op = std::move(op), .inputs = std::move(inputs), .outputs = {}, .segment = place_.segment};
  node.label = place_.label;
  node.placement = place_.placement;
  for (TensorType& type : node.op->infer(graph_.input_types(node))) {
    node.outputs.push_back(adopt(Value{.name = {}, .type = std::move(type)}));
  }
  std::vector<ValueId> outputs = node.outputs;
  adopt(std::move(node));
  return outputs;
}

ValueId GraphBuilder::add1(OpPtr op, std::vector<ValueId> inputs) {
  const std::vector<ValueId> outputs = add(std::move(op), std::move(inputs));
  WEFT_CHECK(outputs.size() == 1, "an op of {} outputs where one is meant", outputs.size());
  return outputs[0];
}

void GraphBuilder::update(ValueId state, ValueId next) {
  graph_.updates_.push_back({state, next, place_.segment});
}

void GraphBuilder::output(const std::string& name, ValueId value) {
  graph_.outputs_.push_back({name, value, place_.segment});
}

Graph GraphBuilder::build() && {
  verify(graph_);
  return std::move(graph_);
}

double flops_of(const Op& op, std::span<const TensorType> inputs, std::span<const TensorType> outputs) {
  return op.traits().view ? 0 : op.flops(inputs, outputs);
}

double Op::flops(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return traits().flops_per_point * index_map(inputs, outputs).points();
}

int64_t Op::least_bytes(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return bytes_of(inputs) + bytes_of(outputs);
}

OpPtr Op::with_attributes(const AttributeValues& /*values*/) const {
  internal_error(__FILE__, __LINE__, "{} cannot be made from attributes", name());
}

std::vector<std::optional<ValueId>> Op::gradient(const GradientContext& context) const {
  return std::vector<std::optional<ValueId>>(context.inputs.size());
}

std::vector<std::optional<ValueId>> Op::join_parts(GraphBuilder& /*build*/,
                                                   const GatheredParts& /*parts*/) const {
  internal_error(__FILE__, __LINE__, "{} does not say how its parts become the whole", name());
}

}  // namespace weft
