#include "weft/parallel/partition.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/parallel/comm_ops.h"
#include "weft/parallel/node_regions.h"

namespace weft {

namespace {

class Partitioner {
 public:
  Partitioner(const Graph& graph, const Assignment& assignment, const Mesh& mesh, int rank)
      : graph_(graph), assignment_(assignment), mesh_(mesh), rank_(rank), build_(graph) {
    regions_.reserve(graph.nodes().size());
    for (size_t n = 0; n < graph.nodes().size(); ++n) {
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
    build_.shard_with_data = node.shard_with_data;
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

  /// Operand i of node n in the region that the node needs.
  ValueId operand(size_t n, size_t i) {
    const ValueId id = graph_.nodes()[n].inputs[i];
    const auto region_of = [&](int rank) { return regions_[n].input(i, rank); };
    std::vector<int> kept;  // what is still owed may stay owed only in a linear node
    if (graph_.nodes()[n].op->traits().linear) kept = placement(graph_.nodes()[n].outputs[0]).partial;
    ValueId value = local(id);
    Placement now = placement(id);
    reduce(id, regions_[n].input_placement(i), kept, value, now);
    value = moved(id, value, now, region_of);
    for (const int m : kept) {
      const bool owed = std::find(now.partial.begin(), now.partial.end(), m) != now.partial.end();
      const bool split = regions_[n].splits(m);
      if (!owed && !split) value = build_.add1(keep_or_zero_op(mesh_.coordinate(rank_, m) == 0), {value});
    }
    return value;
  }

  /// The value in exactly this placement.
  ValueId placed(ValueId id, const Placement& wanted) {
    ValueId value = local(id);
    Placement now = placement(id);
    reduce(id, wanted, wanted.partial, value, now);
    return moved(id, value, now,
                 [&](int rank) { return owned_region(wanted, graph_.type(id).shape, mesh_, rank); });
  }

  /// Settles the sums owed over all axes but `kept`: by reduce-scatter where the consumer splits a dimension
  /// over that axis, else by all-reduce.
  void reduce(ValueId id, const Placement& wanted, const std::vector<int>& kept, ValueId& value,
              Placement& now) {
    std::vector<int> together;
    for (const int m : placement(id).partial) {
      if (std::find(kept.begin(), kept.end(), m) != kept.end()) continue;
      const int dim = scatter_dimension(wanted, now, m);
      if (dim < 0 || reduced_.contains({build_.segment(), id})) {
        together.push_back(m);
      } else {
        scatter(id, m, static_cast<size_t>(dim), value, now);
      }
    }
    if (together.empty()) return;
    const auto key = std::pair{build_.segment(), id};
    const auto found = reduced_.find(key);
    if (found != reduced_.end() && found->second.second == together) {
      value = found->second.first;
    } else {
      value = build_.add1(
          all_reduce_op(together, mesh_.group_size(together), now.combine, build_.type(value)), {value});
      if (now.sharded == placement(id).sharded) reduced_.insert_or_assign(key, std::pair{value, together});
    }
    std::erase_if(now.partial,
                  [&](int m) { return std::find(together.begin(), together.end(), m) != together.end(); });
  }

  /// The dimension that `wanted` splits over m and that nothing splits now; -1 if none.
  static int scatter_dimension(const Placement& wanted, const Placement& now, int m) {
    for (size_t d = 0; d < wanted.sharded.size(); ++d) {
      if (wanted.sharded[d] == std::vector<int>{m} && now.sharded[d].empty()) return static_cast<int>(d);
    }
    return -1;
  }

  void scatter(ValueId id, int m, size_t dim, ValueId& value, Placement& now) {
    const Dims& shape = graph_.type(id).shape;
    const Region whole = owned_region(now, shape, mesh_, rank_);
    std::erase(now.partial, m);
    now.sharded[dim].push_back(m);
    const auto key = std::tuple{build_.segment(), id, m, dim};
    if (const auto found = scattered_.find(key); found != scattered_.end()) {
      value = found->second;
      return;
    }
    std::vector<Region> parts;
    for (const int rank : mesh_.group(rank_, {m})) parts.push_back(owned_region(now, shape, mesh_, rank));
    value = build_.add1(reduce_scatter_op({m}, now.combine, graph_.type(id).dtype, whole, std::move(parts),
                                          mesh_.coordinate(rank_, m)),
                        {value});
    scattered_.emplace(key, value);
  }

  /// From what `now` places here to the region that is needed, over the group of ranks that hold its other
  /// parts.
  template <class RegionOf>
  ValueId moved(ValueId id, ValueId value, const Placement& now, const RegionOf& region_of) {
    const Dims& shape = graph_.type(id).shape;
    const Region mine = owned_region(now, shape, mesh_, rank_);
    const std::vector<int> axes = now.sharding_axes();
    const std::vector<int> group = mesh_.group(rank_, axes);
    std::vector<Region> owned_by;
    std::vector<Region> needed_by;
    std::string key;
    bool local_only = true;
    bool equal = true;
    // Every group of the mesh must decide alike, so all ranks are asked, not only this group's.
    for (int rank = 0; rank < mesh_.ranks(); ++rank) {
      const Region have = owned_region(now, shape, mesh_, rank);
      const Region need = region_of(rank);
      local_only = local_only && have.contains(need);
      equal = equal && have == need;
    }
    if (equal) return value;
    for (const int rank : group) {
      owned_by.push_back(owned_region(now, shape, mesh_, rank));
      needed_by.push_back(region_of(rank));
      key += to_string(owned_by.back()) + to_string(needed_by.back());
    }
    // A rank that has just what it needs takes "all of it" where others take a part: the graphs of all ranks
    // have the same nodes, so that they communicate in the same order.
    const Region need = region_of(rank_);
    const auto cache_key = std::tuple{build_.segment(), value, key};
    if (const auto found = moved_.find(cache_key); found != moved_.end()) return found->second;
    const ValueId result = local_only ? build_.add1(take_region_op(mine, need), {value})
                                      : communicate(value, axes, group, owned_by, needed_by);
    moved_.emplace(cache_key, result);
    return result;
  }

  ValueId communicate(ValueId value, const std::vector<int>& axes, const std::vector<int>& group,
                      const std::vector<Region>& owned_by, const std::vector<Region>& needed_by) {
    const auto self = static_cast<size_t>(std::find(group.begin(), group.end(), rank_) - group.begin());
    const DType dtype = build_.type(value).dtype;
    const bool alike = std::all_of(needed_by.begin(), needed_by.end(), [&](const Region& need) {
      return need == needed_by[0] && std::all_of(owned_by.begin(), owned_by.end(),
                                                 [&](const Region& own) { return need.contains(own); });
    });
    if (alike) {
      return build_.add1(all_gather_op(axes, dtype, needed_by[0], owned_by, static_cast<int>(self)), {value});
    }
    std::vector<Transfer> sends;
    std::vector<Transfer> receives;
    for (size_t peer = 0; peer < group.size(); ++peer) {
      if (peer == self) continue;
      const Region out = intersect(owned_by[self], needed_by[peer]);
      if (!out.empty()) sends.push_back({static_cast<int>(peer), out});
      const Region in = intersect(owned_by[peer], needed_by[self]);
      if (!in.empty()) receives.push_back({static_cast<int>(peer), in});
    }
    return build_.add1(exchange_op(axes, dtype, owned_by[self], needed_by[self], std::move(sends),
                                   std::move(receives), static_cast<int>(group.size())),
                       {value});
  }

  const Graph& graph_;
  const Assignment& assignment_;
  const Mesh& mesh_;
  int rank_;
  std::vector<NodeRegions> regions_;
  GraphBuilder build_;
  LocalGraph result_;
  std::map<ValueId, ValueId> locals_;
  // Converted values are shared within one segment only: values do not cross segments.
  std::map<std::pair<SegmentId, ValueId>, std::pair<ValueId, std::vector<int>>> reduced_;
  std::map<std::tuple<SegmentId, ValueId, int, size_t>, ValueId> scattered_;
  std::map<std::tuple<SegmentId, ValueId, std::string>, ValueId> moved_;
};

}  // namespace

LocalGraph partition(const Graph& graph, const Assignment& assignment, const Mesh& mesh, int rank) {
  return Partitioner(graph, assignment, mesh, rank).run();
}

}  // namespace weft
