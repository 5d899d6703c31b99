#include "weft/parallel/partition.h"

#include <algorithm>
#include <functional>
#include <set>

#include "weft/base/check.h"
#include "weft/graph/readers.h"
#include "weft/parallel/node_regions.h"
#include "weft/parallel/optimizer_nodes.h"
#include "weft/parallel/redistribute.h"

namespace weft {

namespace {

class Partitioner {
 public:
  Partitioner(const Graph& graph, const Assignment& assignment, const Mesh& mesh, int rank)
      : graph_(graph),
        assignment_(assignment),
        mesh_(mesh),
        rank_(rank),
        build_(graph),
        moves_(mesh, rank, build_),
        readers_(readers_of(graph)) {
    for (const StateUpdate& update : graph.updates()) next_.emplace(update.state, update.next);
    regions_.reserve(graph.nodes().size());
    for (size_t n = 0; n < graph.nodes().size(); ++n) {
      const NodeAssignment& node = assignment.nodes[n];
      WEFT_CHECK(node.stage == 0 && !node.recomputed, "node {}: stages and recomputation are not carried out",
                 n);
      regions_.emplace_back(graph, assignment, mesh, NodeId{static_cast<int32_t>(n)});
    }
  }

  LocalGraph run() {
    for (size_t v = 0; v < graph_.values().size(); ++v) {
      if (graph_.values()[v].kind != ValueKind::result) adopt_named({static_cast<int32_t>(v)});
    }
    for (size_t n = 0; n < graph_.nodes().size(); ++n) add_node(n);
    for (const StateUpdate& update : graph_.updates()) {
      const BuilderScope scope = build_.in(update.segment);
      const BuilderScope labelled = build_.labelled(graph_.value(update.state).name);
      const Placement& wanted = assignment_.placements[update.state.at()];
      build_.adopt(StateUpdate{local(update.state), placed(update.next, wanted), update.segment});
    }
    for (const GraphOutput& output : graph_.outputs()) {
      const BuilderScope scope = build_.in(output.segment);
      const BuilderScope labelled = build_.labelled(output.name);
      const size_t dims = graph_.type(output.value).shape.size();
      build_.adopt(
          GraphOutput{output.name, placed(output.value, Placement::replicate(dims)), output.segment});
    }
    result_.graph = std::move(build_).build();
    return std::move(result_);
  }

 private:
  ValueId local(ValueId global) const { return locals_.at(global); }
  const Placement& placement(ValueId global) const { return assignment_.placements[global.at()]; }
  Region owned(ValueId global, int rank) const {
    return owned_region(placement(global), graph_.type(global).shape, mesh_, rank);
  }

  void adopt_named(ValueId id) {
    Value value = graph_.value(id);
    const Region region = owned(id, rank_);
    LocalValue described{value.type, region, to_string(placement(id), mesh_), true};
    for (int rank = 0; rank < rank_; ++rank) described.owner = described.owner && owned(id, rank) != region;
    result_.named.emplace(value.name, std::move(described));
    value.type.shape = region.shape();
    locals_.emplace(id, build_.adopt(std::move(value)));
  }

  void add_node(size_t n) {
    const Node& node = graph_.nodes()[n];
    const BuilderScope scope = build_.like(node);
    settle_siblings(n);
    std::vector<ValueId> inputs;
    for (size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(operand(n, i));
    const std::vector<TensorType> global_inputs = graph_.input_types(node);
    const std::vector<TensorType> global_outputs = graph_.output_types(node);
    std::vector<Region> input_regions;
    for (size_t i = 0; i < node.inputs.size(); ++i) input_regions.push_back(regions_[n].input(i, rank_));
    std::vector<Region> output_regions;
    for (const ValueId id : node.outputs) output_regions.push_back(owned(id, rank_));
    OpPtr op = node.op->localize({global_inputs, global_outputs, input_regions, output_regions});
    const BuilderScope where = build_.placed(to_string(placement(node.outputs[0]), mesh_));
    const std::vector<ValueId> outputs = build_.add(op ? op : node.op, std::move(inputs));
    for (size_t o = 0; o < outputs.size(); ++o) {
      WEFT_CHECK(build_.type(outputs[o]).shape == output_regions[o].shape(),
                 "{}: the local output {} has the shape {}, its region is {}", node.op->name(), o,
                 to_string(build_.type(outputs[o]).shape), to_string(output_regions[o]));
      locals_.emplace(node.outputs[o], outputs[o]);
    }
  }

  /// Results of one other node travel in one message where they are owed alike: those that this node reads,
  /// and with them those that later ones will. Gradients of parameters wait for the optimizer.
  void settle_siblings(size_t n) {
    std::set<NodeId> producers;
    for (const ValueId id : graph_.nodes()[n].inputs) {
      if (is_owed_sum(id)) producers.insert(graph_.value(id).producer);
    }
    for (const NodeId producer : producers) {
      const std::vector<ValueId>& siblings = graph_.node(producer).outputs;
      if (siblings.size() < 2) continue;
      const BuilderScope labelled = build_.labelled(graph_.node(producer).label);
      std::vector<Redistribute::Need> needs;
      for (const ValueId id : siblings) add_needs(n, id, needs);
      moves_.settle_together(needs);
    }
  }

  bool is_owed_sum(ValueId id) const {
    return graph_.value(id).kind == ValueKind::result && placement(id).combine != Combine::gather &&
           !placement(id).partial.empty();
  }

  /// What node n and later ones of its segment need of a value.
  void add_needs(size_t n, ValueId id, std::vector<Redistribute::Need>& needs) {
    if (!is_owed_sum(id)) return;
    for (const size_t m : readers_[id.at()]) {
      const Node& reader = graph_.nodes()[m];
      if (m < n || reader.segment != graph_.nodes()[n].segment || (m > n && is_optimizer(m))) continue;
      for (size_t i = 0; i < reader.inputs.size(); ++i) {
        if (reader.inputs[i] != id) continue;
        needs.push_back({{local(id), placement(id)},
                         graph_.type(id).shape,
                         regions_[m].input_placement(i),
                         kept(id, owed_by(m))});
      }
    }
  }

  /// Found when first asked for: on one rank nothing is owed.
  bool is_optimizer(size_t n) {
    if (optimizer_.empty()) optimizer_ = optimizer_nodes(graph_);
    return optimizer_[n];
  }

  /// What is owed may stay owed only where a linear node takes the sums as they are.
  std::vector<int> owed_by(size_t n) const {
    const Node& node = graph_.nodes()[n];
    std::vector<int> owed;
    if (node.op->traits().linear) owed = placement(node.outputs[0]).partial;
    std::erase_if(owed, [&](int m) { return regions_[n].splits(m); });
    return owed;
  }

  /// Only sums can stay owed.
  std::vector<int> kept(ValueId id, const std::vector<int>& owed) const {
    return placement(id).combine == Combine::sum ? owed : std::vector<int>{};
  }

  /// Operand i of node n in the region that the node needs.
  ValueId operand(size_t n, size_t i) {
    return brought(
        graph_.nodes()[n].inputs[i], regions_[n].input_placement(i), owed_by(n),
        [&](const Placement& now) { return regions_[n].input_lies_as(i, now); },
        [&](int rank) { return regions_[n].input(i, rank); });
  }

  /// The value in exactly this placement.
  ValueId placed(ValueId id, const Placement& wanted) {
    return brought(
        id, wanted, wanted.partial, [&](const Placement& now) { return now.sharded == wanted.sharded; },
        [&](int rank) { return owned_region(wanted, graph_.type(id).shape, mesh_, rank); });
  }

  /// The value in the regions that the ranks need, about as `wanted` places them, as a sum that is owed over
  /// just the axes `owed`. `lies_there` may tell that nothing has to move: a mesh may have a million ranks,
  /// and to ask each takes long.
  ValueId brought(ValueId id, const Placement& wanted, const std::vector<int>& owed,
                  const std::function<bool(const Placement&)>& lies_there,
                  const Redistribute::RegionOf& needed) {
    const Dims& shape = graph_.type(id).shape;
    const PlacedValue settled = settle(id, wanted, kept(id, owed));
    ValueId value = lies_there(settled.placement) ? settled.value : moves_.move(settled, shape, needed);
    if (empty_sum(id)) return value;
    const std::vector<int>& partial = settled.placement.partial;
    for (const int m : owed) {
      if (std::find(partial.begin(), partial.end(), m) == partial.end()) value = moves_.owe(value, m);
    }
    return value;
  }

  /// What makes an owed sum whole belongs to whoever made the sum: the all-reduce of a gradient to its layer,
  /// not to the norm of all gradients, which happens to read it first.
  PlacedValue settle(ValueId id, const Placement& wanted, const std::vector<int>& kept) {
    PlacedValue from = joined(id);
    if (from.placement.partial.empty()) return from;
    const BuilderScope labelled = build_.labelled(label_of(id));
    return moves_.settle(from, graph_.type(id).shape, wanted, kept);
  }

  /// A sum over microbatches is a state, which is made where it is updated.
  std::string label_of(ValueId id) const {
    const auto next = next_.find(id);
    const Value& value = graph_.value(next == next_.end() ? id : next->second);
    return value.kind == ValueKind::result ? graph_.node(value.producer).label : value.name;
  }

  /// The value itself, unless it combines by `gather` and its parts are not together yet.
  PlacedValue joined(ValueId id) {
    PlacedValue value{local(id), placement(id)};
    if (value.placement.combine != Combine::gather || value.placement.partial.empty()) return value;
    if (!joined_.contains({build_.segment(), id})) join_outputs(graph_.value(id).producer);
    value.value = joined_.at({build_.segment(), id});
    value.placement.partial.clear();
    value.placement.combine = Combine::sum;
    return value;
  }

  /// All such outputs of a node: their parts are stacked, and the op says what they make.
  void join_outputs(NodeId producer) {
    const Node& node = graph_.node(producer);
    std::vector<std::optional<ValueId>> stacked(node.outputs.size());
    std::vector<std::vector<int64_t>> points(node.outputs.size());
    for (size_t o = 0; o < node.outputs.size(); ++o) {
      const ValueId id = node.outputs[o];
      if (placement(id).combine != Combine::gather || placement(id).partial.empty()) continue;
      stacked[o] = moves_.stack({local(id), placement(id)}, owned(id, rank_));
      for (const int rank : mesh_.group(rank_, placement(id).partial)) {
        points[o].push_back(regions_[producer.at()].reduced_points(o, rank));
      }
    }
    const std::vector<std::optional<ValueId>> whole = node.op->join_parts(build_, {stacked, points});
    for (size_t o = 0; o < node.outputs.size(); ++o) {
      if (stacked[o]) joined_.emplace(std::pair{build_.segment(), node.outputs[o]}, whole[o].value());
    }
  }

  /// A sum without terms is zero on every rank, whoever owes it.
  bool empty_sum(ValueId id) const {
    const Value& value = graph_.value(id);
    if (value.kind != ValueKind::result) return false;
    const Node& node = graph_.node(value.producer);
    return node.op->traits().linear && node.inputs.empty();
  }

  const Graph& graph_;
  const Assignment& assignment_;
  const Mesh& mesh_;
  int rank_;
  std::vector<NodeRegions> regions_;
  GraphBuilder build_;
  Redistribute moves_;
  std::vector<std::vector<size_t>> readers_;  ///< by value: nodes, ascending
  std::map<ValueId, ValueId> next_;           ///< by state: what it is first updated to
  std::vector<bool> optimizer_;               ///< by node; empty until is_optimizer() is asked
  LocalGraph result_;
  std::map<ValueId, ValueId> locals_;
  std::map<std::pair<SegmentId, ValueId>, ValueId> joined_;  ///< what was gathered, within its segment
};

}  // namespace

LocalGraph partition(const Graph& graph, const Assignment& assignment, const Mesh& mesh, int rank) {
  verify(assignment, graph, mesh);
  return Partitioner(graph, assignment, mesh, rank).run();
}

}  // namespace weft
