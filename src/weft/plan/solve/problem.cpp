#include "weft/plan/solve/problem.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

namespace {

/// The sum with the largest of `values` that is possible; one that would pass kMostSum is refused.
int64_t with_largest(int64_t sum, const std::vector<int64_t>& values, const std::string& name,
                     const char* what) {
  int64_t largest = 0;
  for (const int64_t value : values) {
    if (value < 0) user_error("{}: got the {} {}, expected none below 0", name, what, value);
    if (value < kImpossible) largest = std::max(largest, value);
  }
  if (largest > kMostSum - sum) {
    user_error("{}: the largest {}s add up to more than {}, expected sums below it", name, what, kMostSum);
  }
  return sum + largest;
}

int64_t check_node(const SolveNode& node, int64_t cost, int64_t& usage, const std::string& name) {
  if (node.costs.empty()) user_error("{}: got a node without options, expected one or more", name);
  for (const Life& life : node.lives) {
    if (life.usage.size() != node.costs.size()) {
      user_error("{}: got {} usages of a node, expected {}, one for each option", name, life.usage.size(),
                 node.costs.size());
    }
    if (std::ranges::any_of(life.usage, [](int64_t one) { return one >= kImpossible; })) {
      user_error("{}: got a usage of {} or more, expected less", name, kImpossible);
    }
    usage = with_largest(usage, life.usage, name, "usage");
  }
  return with_largest(cost, node.costs, name, "cost");
}

}  // namespace

void expect_solvable(const Problem& problem, const std::string& name) {
  if (problem.limit < 0) user_error("{}: got the limit {}, expected none below 0", name, problem.limit);
  int64_t cost = 0;
  int64_t usage = 0;
  for (const SolveNode& node : problem.nodes) cost = check_node(node, cost, usage, name);
  const auto count = static_cast<int64_t>(problem.nodes.size());
  for (const SolveEdge& edge : problem.edges) {
    if (edge.a < 0 || edge.b < 0 || edge.a >= count || edge.b >= count || edge.a == edge.b) {
      user_error("{}: got an edge of nodes {} and {}, expected two of the {} nodes", name, edge.a, edge.b,
                 count);
    }
    const size_t expected = problem.options(edge.a) * problem.options(edge.b);
    if (edge.costs.size() != expected) {
      user_error("{}: got {} costs of the edge of nodes {} and {}, expected {}", name, edge.costs.size(),
                 edge.a, edge.b, expected);
    }
    cost = with_largest(cost, edge.costs, name, "cost");
  }
}

int64_t cost_of(const Problem& problem, const Choice& choice) {
  int64_t sum = 0;
  for (size_t i = 0; i < problem.nodes.size(); ++i) {
    sum = add_costs(sum, problem.nodes[i].costs[static_cast<size_t>(choice[i])]);
  }
  for (const SolveEdge& edge : problem.edges) {
    const auto row = static_cast<size_t>(choice[static_cast<size_t>(edge.a)]);
    const auto column = static_cast<size_t>(choice[static_cast<size_t>(edge.b)]);
    sum = add_costs(sum, edge.costs[row * problem.options(edge.b) + column]);
  }
  return sum;
}

int64_t peak_usage(const Problem& problem, const Choice& choice) {
  struct Change {
    int64_t at;
    int64_t by;
  };
  std::vector<Change> changes;
  for (size_t i = 0; i < problem.nodes.size(); ++i) {
    for (const Life& life : problem.nodes[i].lives) {
      if (life.begin >= life.end) continue;
      const int64_t usage = life.usage[static_cast<size_t>(choice[i])];
      changes.push_back({life.begin, usage});
      changes.push_back({life.end, -usage});
    }
  }
  // At one time what ends does so before what begins: lives are half open.
  std::ranges::sort(
      changes, [](const Change& a, const Change& b) { return a.at != b.at ? a.at < b.at : a.by < b.by; });
  int64_t usage = 0;
  int64_t peak = 0;
  for (const Change& change : changes) {
    usage += change.by;
    peak = std::max(peak, usage);
  }
  return peak;
}

bool is_feasible(const Problem& problem, const Choice& choice) {
  return cost_of(problem, choice) < kImpossible && peak_usage(problem, choice) <= problem.limit;
}

}  // namespace weft
