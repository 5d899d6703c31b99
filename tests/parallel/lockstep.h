#pragma once
// All ranks of a mesh in one process: their local graphs run node by node in step, and communication is what
// its definition says, with copies of boxes. So any mesh can be tried without MPI.
#include <set>

#include "tests/ops/interpreter.h"
#include "weft/parallel/partition.h"

namespace weft::testing {

inline std::vector<StateUpdate> updates_of_microbatch(const Graph& graph) {
  std::vector<StateUpdate> updates;
  for (const StateUpdate& update : graph.updates()) {
    if (graph.segment(update.segment).cadence == Cadence::each_microbatch()) updates.push_back(update);
  }
  return updates;
}

class Lockstep {
 public:
  /// `mesh` must outlive this.
  Lockstep(const Graph& graph, const Assignment& assignment, const Mesh& mesh) : mesh_(mesh) {
    for (int rank = 0; rank < mesh.ranks(); ++rank) {
      locals_.push_back(partition(graph, assignment, mesh, rank));
    }
    for (const LocalGraph& local : locals_) {
      auto& values = values_.emplace_back();
      for (const Value& value : local.graph.values()) values.emplace_back(value.type);
      WEFT_CHECK(local.graph.nodes().size() == locals_[0].graph.nodes().size(), "ranks have different nodes");
    }
  }

  /// Every rank takes its part of a global input or state.
  void set(const std::string& name, const TensorType& type, const std::vector<double>& values) {
    Tensor whole(type);
    from_doubles(values, whole.view());
    for (size_t rank = 0; rank < locals_.size(); ++rank) {
      const Graph& graph = locals_[rank].graph;
      for (size_t v = 0; v < graph.values().size(); ++v) {
        if (graph.values()[v].name != name) continue;
        const Region& part = locals_[rank].named.at(name).region;
        copy_region(whole.view(), Region::all(type.shape), values_[rank][v].view(), part, part);
      }
    }
  }

  void run() {
    for (size_t n = 0; n < locals_[0].graph.nodes().size(); ++n) {
      const bool talks = node(0, n).op->communication() != nullptr;
      for (size_t rank = 0; rank < locals_.size(); ++rank) {
        WEFT_CHECK((node(rank, n).op->communication() != nullptr) == talks, "node {}: ranks disagree", n);
        if (!talks)
          run_op(*node(rank, n).op, views(rank, node(rank, n).inputs), views(rank, node(rank, n).outputs));
      }
      if (talks) communicate(n);
    }
  }

  /// States take their next values of a microbatch, all at once.
  void update() {
    for (size_t rank = 0; rank < locals_.size(); ++rank) {
      const std::vector<StateUpdate> updates = updates_of_microbatch(locals_[rank].graph);
      std::vector<std::vector<double>> next;
      for (const StateUpdate& update : updates) next.push_back(to_doubles(view(rank, update.next)));
      for (size_t u = 0; u < updates.size(); ++u) from_doubles(next[u], view(rank, updates[u].state));
    }
  }

  /// An output of the graph as one rank has it: outputs are whole everywhere.
  std::vector<double> output(int rank, const std::string& name) {
    for (const GraphOutput& output : locals_[static_cast<size_t>(rank)].graph.outputs()) {
      if (output.name == name) return to_doubles(view(static_cast<size_t>(rank), output.value));
    }
    internal_error(__FILE__, __LINE__, "no output {}", name);
  }

 private:
  const Node& node(size_t rank, size_t n) const { return locals_[rank].graph.nodes()[n]; }
  View view(size_t rank, ValueId id) { return values_[rank][id.at()].view(); }
  std::vector<View> views(size_t rank, const std::vector<ValueId>& ids) {
    std::vector<View> result;
    for (const ValueId id : ids) result.push_back(view(rank, id));
    return result;
  }

  void communicate(size_t n) {
    std::set<int> done;
    for (int rank = 0; rank < mesh_.ranks(); ++rank) {
      if (done.contains(rank)) continue;
      const std::vector<int> group =
          mesh_.group(rank, node(static_cast<size_t>(rank), n).op->communication()->mesh_axes);
      done.insert(group.begin(), group.end());
      communicate(n, group);
    }
  }

  void communicate(size_t n, const std::vector<int>& group) {
    const CommSpec& first = *node(static_cast<size_t>(group[0]), n).op->communication();
    if (first.kind == CommKind::all_reduce) return all_reduce(n, group, first.combine);
    if (first.kind == CommKind::reduce_scatter) return reduce_scatter(n, group, first.combine);
    // Both remaining kinds give each rank its target out of what the others own.
    for (const int to : group) {
      const Region& target = spec(n, to).target;
      for (const int from : group) {
        const Region& source = spec(n, from).source;
        const Region common = intersect(source, target);
        if (!common.empty()) copy_region(input(n, from), source, output(n, to), target, common);
      }
    }
  }

  void all_reduce(size_t n, const std::vector<int>& group, Combine combine) {
    for (size_t i = 0; i < node(static_cast<size_t>(group[0]), n).inputs.size(); ++i) {
      const std::vector<double> total = combined(n, group, combine, i);
      for (const int rank : group) from_doubles(total, output(n, rank, i));
    }
  }

  void reduce_scatter(size_t n, const std::vector<int>& group, Combine combine) {
    Tensor whole(input(n, group[0]).type);
    from_doubles(combined(n, group, combine), whole.view());
    for (const int rank : group) {
      copy_region(whole.view(), spec(n, rank).source, output(n, rank), spec(n, rank).target,
                  spec(n, rank).target);
    }
  }

  std::vector<double> combined(size_t n, const std::vector<int>& group, Combine combine, size_t operand = 0) {
    std::vector<double> total = to_doubles(input(n, group[0], operand));
    for (size_t i = 1; i < group.size(); ++i) {
      const std::vector<double> part = to_doubles(input(n, group[i], operand));
      for (size_t e = 0; e < total.size(); ++e) {
        total[e] = combine == Combine::sum   ? total[e] + part[e]
                   : combine == Combine::max ? std::max(total[e], part[e])
                                             : std::min(total[e], part[e]);
      }
    }
    return total;
  }

  const CommSpec& spec(size_t n, int rank) const {
    return *node(static_cast<size_t>(rank), n).op->communication();
  }
  View input(size_t n, int rank, size_t i = 0) {
    return view(static_cast<size_t>(rank), node(static_cast<size_t>(rank), n).inputs[i]);
  }
  View output(size_t n, int rank, size_t i = 0) {
    return view(static_cast<size_t>(rank), node(static_cast<size_t>(rank), n).outputs[i]);
  }

  const Mesh& mesh_;
  std::vector<LocalGraph> locals_;
  std::vector<std::vector<Tensor>> values_;
};

}  // namespace weft::testing
