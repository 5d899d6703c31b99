#include "weft/parallel/node_regions.h"

namespace weft {

NodeRegions::NodeRegions(const Graph& graph, const Assignment& assignment, const Mesh& mesh, NodeId id)
    : mesh_(&mesh), assigned_(assignment.nodes[id.at()]) {
  const Node& node = graph.node(id);
  const std::vector<TensorType> inputs = graph.input_types(node);
  const std::vector<TensorType> outputs = graph.output_types(node);
  map_ = node.op->index_map(inputs, outputs);
  for (const TensorType& type : inputs) input_shapes_.push_back(type.shape);
  for (size_t o = 0; o < outputs.size(); ++o) {
    output_shapes_.push_back(outputs[o].shape);
    output_placements_.push_back(assignment.placements[node.outputs[o].at()]);
  }
}

std::vector<Range> NodeRegions::axis_ranges(int rank) const {
  std::vector<Range> ranges;
  for (size_t a = 0; a < map_.axes.size(); ++a) {
    ranges.push_back(owned_range(map_.axes[a].size, assigned_.axes[a], *mesh_, rank));
  }
  // An output dimension of several axes (the gradient of a convolution's input) is what is owned there; its
  // major axis runs over whatever can touch it.
  for (size_t o = 0; o < map_.outputs.size(); ++o) {
    for (size_t d = 0; d < map_.outputs[o].size(); ++d) {
      const IndexDim& dim = map_.outputs[o][d];
      if (dim.terms.size() < 2 || split_by(dim.terms.front().axis).empty()) continue;
      const Range owned = owned_range(output_shapes_[o][d], output_placements_[o].sharded[d], *mesh_, rank);
      ranges[static_cast<size_t>(dim.terms.front().axis)] = major_axis_range(map_, dim, owned);
    }
  }
  return ranges;
}

Region NodeRegions::input(size_t i, int rank) const {
  Region region = touched_region(map_.inputs[i], axis_ranges(rank), input_shapes_[i]);
  // Where nothing is split the operand is taken as it is, with what no window touches.
  for (size_t d = 0; d < region.ranges.size(); ++d) {
    bool split = false;
    for (const Term& term : map_.inputs[i][d].terms) split = split || !split_by(term.axis).empty();
    if (!split) region.ranges[d] = {0, input_shapes_[i][d]};
  }
  return region;
}

/// Whether axis_ranges() takes the range of this axis from an output dimension.
bool NodeRegions::follows_an_output(int axis) const {
  for (const OperandMap& output : map_.outputs) {
    for (const IndexDim& dim : output) {
      if (dim.terms.size() > 1 && dim.terms.front().axis == axis) return true;
    }
  }
  return false;
}

bool NodeRegions::input_lies_as(size_t i, const Placement& placement) const {
  for (size_t d = 0; d < map_.inputs[i].size(); ++d) {
    const IndexDim& dim = map_.inputs[i][d];
    bool is_split = false;
    for (const Term& term : dim.terms) is_split = is_split || !split_by(term.axis).empty();
    if (!is_split) {
      if (!placement.sharded[d].empty()) return false;
      continue;
    }
    if (dim.terms.size() > 1 || dim.offset != 0 || dim.terms[0].stride != 1) return false;
    const int axis = dim.terms[0].axis;
    const bool is_whole = map_.axes[static_cast<size_t>(axis)].size == input_shapes_[i][d];
    if (!is_whole || split_by(axis) != placement.sharded[d] || follows_an_output(axis)) return false;
  }
  return true;
}

int64_t NodeRegions::reduced_points(size_t o, int rank) const {
  const std::vector<Range> ranges = axis_ranges(rank);
  int64_t points = 1;
  for (size_t a = 0; a < ranges.size(); ++a) {
    if (map_.reduces(static_cast<int>(a), o)) points *= ranges[a].size();
  }
  return points;
}

Placement NodeRegions::input_placement(size_t i) const {
  Placement placement = Placement::replicate(input_shapes_[i].size());
  for (size_t d = 0; d < map_.inputs[i].size(); ++d) {
    const std::vector<Term>& terms = map_.inputs[i][d].terms;
    if (!terms.empty()) placement.sharded[d] = split_by(terms.front().axis);
  }
  return placement;
}

}  // namespace weft
