#pragma once
// What is left of a problem once it is as small as it gets, laid out for the searches.
#include <cstdint>
#include <vector>

#include "weft/plan/solve/problem.h"
#include "weft/plan/solve/reduce.h"

namespace weft {

struct Core {
  /// An edge as one of its ends sees it.
  struct Arc {
    int32_t edge = 0;
    int32_t other = 0;
    bool is_first = false;  ///< the end that sees it is `a`
  };
  struct Node {
    std::vector<int64_t> costs;
    std::vector<Life> lives;  ///< in slots
    std::vector<Arc> arcs;
    int32_t origin = 0;                    ///< its node of the problem
    std::vector<int32_t> original_option;  ///< of each of its options
    int32_t options() const { return static_cast<int32_t>(costs.size()); }
  };
  struct Edge {
    int32_t a = 0;
    int32_t b = 0;
    std::vector<int64_t> costs;   ///< [a, b]
    std::vector<int64_t> turned;  ///< [b, a]: either end reads a row for each of its options
  };

  std::vector<Node> nodes;  ///< in the order of the problem
  std::vector<Edge> edges;
  Capacity capacity;
  int64_t constant = 0;

  const Node& node(int32_t id) const { return nodes[static_cast<size_t>(id)]; }
  /// Costs of an edge for option `s` of the end that the arc belongs to, by the other end's options.
  const int64_t* row(const Arc& arc, int32_t s) const {
    const Edge& edge = edges[static_cast<size_t>(arc.edge)];
    const auto columns = static_cast<size_t>(node(arc.other).options());
    return (arc.is_first ? edge.costs : edge.turned).data() + static_cast<size_t>(s) * columns;
  }
};

Core core_of(const Reduced& reduced);
/// The core as a problem of its own, whose nodes are the core's: it can be restricted and reduced further.
Reduced as_reduced(const Core& core);

/// The problem's choice.
Choice whole_choice(const Core& core, const Reduced& reduced, const Choice& choice);

int64_t cost_of(const Core& core, const Choice& choice);
/// What is used in each slot.
std::vector<int64_t> usage_of(const Core& core, const Choice& choice);
/// Cost below kImpossible, and no slot overfull.
bool is_feasible(const Core& core, const Choice& choice);

}  // namespace weft
