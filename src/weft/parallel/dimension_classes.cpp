#include "weft/parallel/dimension_classes.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace weft {

DimensionClasses::DimensionClasses(const Graph& graph) {
  size_t items = 0;
  for (const Value& value : graph.values()) {
    value_item_.push_back(items);
    items += value.type.shape.size();
  }
  for (const Node& node : graph.nodes()) {
    maps_.push_back(node.op->index_map(graph.input_types(node), graph.output_types(node)));
    axis_item_.push_back(items);
    items += maps_.back().axes.size();
  }
  parent_.resize(items);
  std::iota(parent_.begin(), parent_.end(), size_t{0});
  unite_all(graph);
  describe(graph);
}

size_t DimensionClasses::find(size_t item) {
  while (parent_[item] != item) {
    parent_[item] = parent_[parent_[item]];
    item = parent_[item];
  }
  return item;
}

void DimensionClasses::unite(size_t a, size_t b) { parent_[find(a)] = find(b); }

void DimensionClasses::unite_all(const Graph& graph) {
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    const auto unite_operand = [&](const OperandMap& dims, ValueId id) {
      for (size_t d = 0; d < dims.size(); ++d) {
        if (dims[d].terms.empty()) continue;
        unite(value_item_[id.at()] + d, axis_item_[n] + static_cast<size_t>(dims[d].terms.front().axis));
      }
    };
    for (size_t i = 0; i < node.inputs.size(); ++i) unite_operand(maps_[n].inputs[i], node.inputs[i]);
    for (size_t i = 0; i < node.outputs.size(); ++i) unite_operand(maps_[n].outputs[i], node.outputs[i]);
  }
  for (const StateUpdate& update : graph.updates()) {
    for (size_t d = 0; d < graph.type(update.state).shape.size(); ++d) {
      unite(value_item_[update.state.at()] + d, value_item_[update.next.at()] + d);
    }
  }
}

namespace {

bool gathers(const Node& node, const IndexMap& map, int axis) {
  const Traits traits = node.op->traits();
  for (size_t o = 0; o < node.outputs.size(); ++o) {
    if (traits.combine_of(o) == Combine::gather && map.reduces(axis, o)) return true;
  }
  return false;
}

}  // namespace

void DimensionClasses::describe(const Graph& graph) {
  std::vector<int> root_class(parent_.size(), -1);
  class_of_.resize(parent_.size());
  for (size_t item = 0; item < parent_.size(); ++item) {
    int& index = root_class[find(item)];
    if (index < 0) {
      index = static_cast<int>(classes_.size());
      classes_.push_back({.smallest = std::numeric_limits<int64_t>::max()});
    }
    class_of_[item] = index;
  }
  for (size_t v = 0; v < graph.values().size(); ++v) {
    const Value& value = graph.values()[v];
    for (size_t d = 0; d < value.type.shape.size(); ++d) {
      DimensionClass& dimension = classes_[static_cast<size_t>(class_of_[value_item_[v] + d])];
      dimension.parameter = dimension.parameter || value.state_kind == kParameter;
      if (value.kind == ValueKind::input) dimension.input_dimensions.insert(value.dim_names[d]);
    }
  }
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    const double flops = flops_of(*node.op, graph.input_types(node), graph.output_types(node));
    for (size_t a = 0; a < maps_[n].axes.size(); ++a) {
      DimensionClass& dimension = classes_[static_cast<size_t>(of_axis(n, a))];
      const Axis& axis = maps_[n].axes[a];
      dimension.smallest = std::min(dimension.smallest, axis.size);
      dimension.flops += flops;
      dimension.axes.emplace_back(static_cast<int>(n), static_cast<int>(a));
      if (axis.kind == AxisKind::whole) dimension.whole_in.push_back({static_cast<int32_t>(n)});
      if (gathers(node, maps_[n], static_cast<int>(a)))
        dimension.gathered_in.push_back({static_cast<int32_t>(n)});
    }
  }
}

}  // namespace weft
