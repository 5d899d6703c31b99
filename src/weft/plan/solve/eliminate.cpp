#include "weft/plan/solve/eliminate.h"

#include <algorithm>
#include <set>

namespace weft {

namespace {

/// Costs by the options of some nodes, which ascend; the last one's options are next to each other.
struct Table {
  std::vector<int32_t> nodes;
  std::vector<int64_t> costs;
};

/// The order, and with whom each node has its table.
struct Order {
  std::vector<int32_t> nodes;
  std::vector<std::vector<int32_t>> neighbours;
};

std::optional<Order> order_of(const Core& core, int64_t most_steps) {
  std::vector<std::set<int32_t>> around(core.nodes.size());
  for (const Core::Edge& edge : core.edges) {
    around[static_cast<size_t>(edge.a)].insert(edge.b);
    around[static_cast<size_t>(edge.b)].insert(edge.a);
  }
  const auto steps_of = [&](int32_t node) {
    int64_t steps = core.node(node).options();
    for (const int32_t one : around[static_cast<size_t>(node)]) {
      steps *= core.node(one).options();
      if (steps > most_steps) return most_steps + 1;
    }
    return steps;
  };
  using Entry = std::pair<int64_t, int32_t>;
  std::set<Entry> waiting;
  std::vector<int64_t> steps(core.nodes.size());
  for (int32_t i = 0; i < static_cast<int32_t>(core.nodes.size()); ++i) {
    steps[static_cast<size_t>(i)] = steps_of(i);
    waiting.insert({steps[static_cast<size_t>(i)], i});
  }
  Order order;
  int64_t all = 0;
  while (!waiting.empty()) {
    const auto [least, node] = *waiting.begin();
    waiting.erase(waiting.begin());
    all += least;
    if (all > most_steps) return std::nullopt;
    const std::set<int32_t>& near = around[static_cast<size_t>(node)];
    order.nodes.push_back(node);
    order.neighbours.emplace_back(near.begin(), near.end());
    for (const int32_t one : order.neighbours.back()) {
      std::set<int32_t>& theirs = around[static_cast<size_t>(one)];
      theirs.insert(near.begin(), near.end());
      theirs.erase(one);
      theirs.erase(node);
      waiting.erase({steps[static_cast<size_t>(one)], one});
      steps[static_cast<size_t>(one)] = steps_of(one);
      waiting.insert({steps[static_cast<size_t>(one)], one});
    }
  }
  return order;
}

class Elimination {
 public:
  Elimination(const Core& core, Order order)
      : core_(core), order_(std::move(order)), held_(core.nodes.size()) {}

  Choice run() {
    for (size_t i = 0; i < core_.nodes.size(); ++i) {
      hold({{static_cast<int32_t>(i)}, core_.nodes[i].costs});
    }
    for (const Core::Edge& edge : core_.edges) {
      hold(edge.a < edge.b ? Table{{edge.a, edge.b}, edge.costs} : Table{{edge.b, edge.a}, edge.turned});
    }
    for (size_t i = 0; i < order_.nodes.size(); ++i) minimise(i);
    Choice choice(core_.nodes.size());
    for (size_t i = order_.nodes.size(); i-- > 0;) {
      choice[static_cast<size_t>(order_.nodes[i])] = answers_[i][place_of(order_.neighbours[i], choice)];
    }
    return choice;
  }

 private:
  size_t options(int32_t node) const { return static_cast<size_t>(core_.node(node).options()); }
  size_t place_of(const std::vector<int32_t>& nodes, const Choice& choice) const {
    size_t place = 0;
    for (const int32_t node : nodes) {
      place = place * options(node) + static_cast<size_t>(choice[static_cast<size_t>(node)]);
    }
    return place;
  }
  /// By the node of the table that is minimised out first.
  void hold(Table table) {
    if (rank_.empty()) {
      rank_.resize(core_.nodes.size());
      for (size_t i = 0; i < order_.nodes.size(); ++i) rank_[static_cast<size_t>(order_.nodes[i])] = i;
    }
    const int32_t first = *std::ranges::min_element(
        table.nodes, {}, [&](int32_t node) { return rank_[static_cast<size_t>(node)]; });
    held_[static_cast<size_t>(first)].push_back(std::move(table));
  }
  void minimise(size_t at) {
    const int32_t node = order_.nodes[at];
    const std::vector<int32_t>& near = order_.neighbours[at];
    std::vector<Table> tables = std::move(held_[static_cast<size_t>(node)]);
    size_t size = 1;
    for (const int32_t one : near) size *= options(one);
    Table made{near, std::vector<int64_t>(size)};
    std::vector<int32_t>& answer = answers_.emplace_back(size);
    Choice choice(core_.nodes.size());
    for (size_t place = 0; place < size; ++place) {
      int64_t best = kImpossible;
      for (size_t s = 0; s < options(node); ++s) {
        choice[static_cast<size_t>(node)] = static_cast<int32_t>(s);
        int64_t cost = 0;
        for (const Table& table : tables) cost = add_costs(cost, table.costs[place_of(table.nodes, choice)]);
        if (cost >= best) continue;
        best = cost;
        answer[place] = static_cast<int32_t>(s);
      }
      made.costs[place] = best;
      count_up(near, choice);
    }
    if (!near.empty()) hold(std::move(made));
  }
  /// To the next options of these nodes, the last one's first.
  void count_up(const std::vector<int32_t>& nodes, Choice& choice) const {
    for (size_t i = nodes.size(); i-- > 0;) {
      int32_t& chosen = choice[static_cast<size_t>(nodes[i])];
      if (++chosen < core_.node(nodes[i]).options()) return;
      chosen = 0;
    }
  }

  const Core& core_;
  Order order_;
  std::vector<size_t> rank_;
  std::vector<std::vector<Table>> held_;
  std::vector<std::vector<int32_t>> answers_;
};

}  // namespace

std::optional<Choice> eliminate(const Core& core, int64_t most_steps) {
  if (!core.capacity.empty()) return std::nullopt;
  std::optional<Order> order = order_of(core, most_steps);
  if (!order) return std::nullopt;
  return Elimination(core, std::move(*order)).run();
}

}  // namespace weft
