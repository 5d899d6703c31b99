#include "weft/plan/solve/network.h"

#include <algorithm>
#include <numeric>

namespace weft {

namespace {

uint64_t pair_key(int32_t a, int32_t b) {
  return static_cast<uint64_t>(std::min(a, b)) << 32 | static_cast<uint64_t>(std::max(a, b));
}

std::vector<int64_t> transposed(const std::vector<int64_t>& costs, size_t rows, size_t columns) {
  std::vector<int64_t> turned(costs.size());
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) turned[c * rows + r] = costs[r * columns + c];
  }
  return turned;
}

template <class T>
void keep_at(std::vector<T>& values, std::span<const int32_t> places) {
  for (size_t i = 0; i < places.size(); ++i) values[i] = values[static_cast<size_t>(places[i])];
  values.resize(places.size());
}

}  // namespace

Network::Network(const Problem& problem) {
  nodes_.reserve(problem.nodes.size());
  for (const SolveNode& given : problem.nodes) {
    Node& node = nodes_.emplace_back();
    node.costs = given.costs;
    node.options_at_first = static_cast<int32_t>(given.costs.size());
    node.options.resize(given.costs.size());
    std::iota(node.options.begin(), node.options.end(), 0);
    for (const Life& life : given.lives) {
      if (life.begin < life.end) node.lives.push_back(life);
    }
  }
  edges_.reserve(problem.edges.size());
  for (const SolveEdge& edge : problem.edges) add_edge(edge.a, edge.b, edge.costs);
}

void Network::add_edge(int32_t a, int32_t b, std::vector<int64_t> costs) {
  const auto [found, is_new] = between_.try_emplace(pair_key(a, b), static_cast<int32_t>(edges_.size()));
  if (is_new) {
    edges_.push_back({a, b, std::move(costs)});
    node(a).edges.push_back(found->second);
    node(b).edges.push_back(found->second);
    return;
  }
  Edge& there = edge(found->second);
  if (there.a != a) {
    costs = transposed(costs, static_cast<size_t>(options(a)), static_cast<size_t>(options(b)));
  }
  for (size_t i = 0; i < costs.size(); ++i) there.costs[i] = add_costs(there.costs[i], costs[i]);
}

void Network::remove_edge(int32_t id) {
  Edge& gone = edge(id);
  between_.erase(pair_key(gone.a, gone.b));
  for (const int32_t end : {gone.a, gone.b}) std::erase(node(end).edges, id);
  gone.is_there = false;
  gone.costs = {};
}

void Network::remove_node(int32_t id) {
  const std::vector<int32_t> edges = node(id).edges;
  for (const int32_t edge : edges) remove_edge(edge);
  node(id).is_there = false;
  node(id).lives.clear();
}

void Network::keep_options(int32_t id, std::span<const int32_t> places) {
  Node& changed = node(id);
  const auto before = static_cast<size_t>(options(id));
  for (const int32_t e : changed.edges) {
    Edge& edge = this->edge(e);
    const auto columns = static_cast<size_t>(options(edge.b));
    size_t out = 0;
    if (edge.a == id) {
      for (const int32_t place : places) {
        for (size_t c = 0; c < columns; ++c) {
          edge.costs[out++] = edge.costs[static_cast<size_t>(place) * columns + c];
        }
      }
    } else {
      const size_t rows = edge.costs.size() / before;
      for (size_t r = 0; r < rows; ++r) {
        for (const int32_t place : places) {
          edge.costs[out++] = edge.costs[r * before + static_cast<size_t>(place)];
        }
      }
    }
    edge.costs.resize(out);
  }
  keep_at(changed.costs, places);
  keep_at(changed.options, places);
  for (Life& life : changed.lives) keep_at(life.usage, places);
}

}  // namespace weft
