#include "weft/plan/solve/core.h"

namespace weft {

Core core_of(const Reduced& reduced) {
  const Network& network = reduced.network;
  Core core;
  core.capacity = reduced.capacity;
  core.constant = network.constant;
  std::vector<int32_t> number(network.size(), -1);
  for (int32_t id = 0; id < static_cast<int32_t>(network.size()); ++id) {
    const Network::Node& left = network.node(id);
    if (!left.is_there) continue;
    number[static_cast<size_t>(id)] = static_cast<int32_t>(core.nodes.size());
    core.nodes.push_back({left.costs, left.lives, {}, id, left.options});
  }
  for (const Network::Edge& left : network.edges()) {
    if (!left.is_there) continue;
    Core::Edge edge{number[static_cast<size_t>(left.a)], number[static_cast<size_t>(left.b)], left.costs, {}};
    const auto rows = static_cast<size_t>(core.node(edge.a).options());
    const auto columns = static_cast<size_t>(core.node(edge.b).options());
    edge.turned.resize(edge.costs.size());
    for (size_t r = 0; r < rows; ++r) {
      for (size_t c = 0; c < columns; ++c) edge.turned[c * rows + r] = edge.costs[r * columns + c];
    }
    const auto id = static_cast<int32_t>(core.edges.size());
    core.nodes[static_cast<size_t>(edge.a)].arcs.push_back({id, edge.b, true});
    core.nodes[static_cast<size_t>(edge.b)].arcs.push_back({id, edge.a, false});
    core.edges.push_back(std::move(edge));
  }
  return core;
}

Reduced as_reduced(const Core& core) {
  Problem problem;
  for (const Core::Node& node : core.nodes) problem.nodes.push_back({node.costs, node.lives});
  for (const Core::Edge& edge : core.edges) problem.edges.push_back({edge.a, edge.b, edge.costs});
  Reduced reduced{Network(problem), {}, core.capacity};
  reduced.network.constant = core.constant;
  return reduced;
}

Choice whole_choice(const Core& core, const Reduced& reduced, const Choice& choice) {
  Choice whole(reduced.network.size());
  for (size_t i = 0; i < core.nodes.size(); ++i) {
    const Core::Node& node = core.nodes[i];
    whole[static_cast<size_t>(node.origin)] = node.original_option[static_cast<size_t>(choice[i])];
  }
  follow_way_back(reduced, whole);
  return whole;
}

int64_t cost_of(const Core& core, const Choice& choice) {
  int64_t sum = core.constant;
  for (size_t i = 0; i < core.nodes.size(); ++i) {
    const Core::Node& node = core.nodes[i];
    sum = add_costs(sum, node.costs[static_cast<size_t>(choice[i])]);
    for (const Core::Arc& arc : node.arcs) {
      if (arc.is_first) {
        sum = add_costs(sum, core.row(arc, choice[i])[choice[static_cast<size_t>(arc.other)]]);
      }
    }
  }
  return sum;
}

std::vector<int64_t> usage_of(const Core& core, const Choice& choice) {
  std::vector<int64_t> used(core.capacity.size() + 1);
  for (size_t i = 0; i < core.nodes.size(); ++i) {
    for (const Life& life : core.nodes[i].lives) {
      const int64_t usage = life.usage[static_cast<size_t>(choice[i])];
      used[static_cast<size_t>(life.begin)] += usage;
      used[static_cast<size_t>(life.end)] -= usage;
    }
  }
  for (size_t t = 1; t < used.size(); ++t) used[t] += used[t - 1];
  used.pop_back();
  return used;
}

bool is_feasible(const Core& core, const Choice& choice) {
  const std::vector<int64_t> used = usage_of(core, choice);
  for (size_t t = 0; t < used.size(); ++t) {
    if (used[t] > core.capacity[t]) return false;
  }
  return cost_of(core, choice) < kImpossible;
}

}  // namespace weft
