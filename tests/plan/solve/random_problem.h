#pragma once
// Random problems small enough to try all choices of.
#include <algorithm>
#include <vector>

#include "weft/plan/solve/core.h"
#include "weft/plan/solve/draws.h"
#include "weft/plan/solve/problem.h"

namespace weft::testing {

struct RandomKind {
  int32_t most_nodes = 8;
  int32_t most_options = 4;
  double edges_a_node = 1.5;  ///< the mean; several may have the same ends
  double impossible = 0.1;    ///< share of costs
  int32_t lives = 2;          ///< of a node at most; some are empty
  bool limited = true;
};

inline std::vector<int64_t> random_costs(size_t count, double impossible, Draws& draws) {
  std::vector<int64_t> costs;
  for (size_t i = 0; i < count; ++i) {
    costs.push_back(draws.uniform() < impossible ? kImpossible : draws.below(20));
  }
  return costs;
}

inline Problem random_problem(const RandomKind& kind, Draws& draws) {
  Problem problem;
  const int32_t count = 1 + draws.below(kind.most_nodes);
  int64_t most_used = 0;
  for (int32_t i = 0; i < count; ++i) {
    SolveNode& node = problem.nodes.emplace_back();
    node.costs =
        random_costs(static_cast<size_t>(1 + draws.below(kind.most_options)), kind.impossible / 4, draws);
    for (int32_t life = draws.below(kind.lives + 1); life-- > 0;) {
      const int64_t begin = draws.below(10);
      std::vector<int64_t> usage = random_costs(node.costs.size(), 0, draws);
      most_used += *std::ranges::max_element(usage);
      node.lives.push_back({begin, begin + draws.below(6), std::move(usage)});
    }
  }
  for (auto e = static_cast<int32_t>(kind.edges_a_node * count); count > 1 && e-- > 0;) {
    const int32_t a = draws.below(count);
    const int32_t b = (a + 1 + draws.below(count - 1)) % count;
    problem.edges.push_back(
        {a, b, random_costs(problem.options(a) * problem.options(b), kind.impossible, draws)});
  }
  if (kind.limited) problem.limit = draws.below(static_cast<int32_t>(most_used / 2 + 2));
  return problem;
}

/// Calls body(choice) with every choice there is.
template <class Body>
void for_choices(const Problem& problem, const Body& body) {
  Choice choice(problem.nodes.size());
  while (true) {
    body(choice);
    size_t i = 0;
    while (i < choice.size() && ++choice[i] == static_cast<int32_t>(problem.nodes[i].costs.size())) {
      choice[i++] = 0;
    }
    if (i == choice.size()) return;
  }
}

/// The least cost within the limit; kImpossible where there is none.
inline int64_t brute_force(const Problem& problem) {
  int64_t best = kImpossible;
  for_choices(problem, [&](const Choice& choice) {
    if (peak_usage(problem, choice) <= problem.limit) best = std::min(best, cost_of(problem, choice));
  });
  return best;
}

/// Likewise of a core.
inline int64_t brute_force(const Core& core) {
  Problem shape;
  for (const Core::Node& node : core.nodes) shape.nodes.push_back({node.costs, {}});
  int64_t best = kImpossible;
  for_choices(shape, [&](const Choice& choice) {
    if (is_feasible(core, choice)) best = std::min(best, cost_of(core, choice));
  });
  return best;
}

/// The problem as a core of its own, nothing of it reduced.
inline Core plain_core(const Problem& problem) {
  Reduced reduced{Network(problem), {}, {}};
  reduced.capacity = number_times(reduced.network, problem.limit);
  return core_of(reduced);
}

}  // namespace weft::testing
