#pragma once
// What the solver is given: nodes that each choose one of their options, costs of nodes and of pairs, and a
// limit on what the chosen options use at any time.
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace weft {

/// A cost that no choice may have. Whatever is at least as large means the same.
constexpr int64_t kImpossible = 1'000'000'000'000'000'000;
constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();
/// The sum of all largest possible costs, and that of all largest usages, stay below it: so no sum overflows.
constexpr int64_t kMostSum = kImpossible / 2;

/// Of two costs in [0, kImpossible].
constexpr int64_t add_costs(int64_t a, int64_t b) { return a + b < kImpossible ? a + b : kImpossible; }

/// What a node uses during [begin, end), by its option. Empty where begin >= end: then it uses nothing.
struct Life {
  int64_t begin = 0;
  int64_t end = 0;
  std::vector<int64_t> usage;
};

struct SolveNode {
  std::vector<int64_t> costs;  ///< by option, in [0, kImpossible]
  std::vector<Life> lives;     ///< any number; they may overlap
};

/// Two nodes may have several edges; a node has none with itself.
struct SolveEdge {
  int32_t a = 0;
  int32_t b = 0;
  std::vector<int64_t> costs;  ///< [options of a, options of b] in rows
};

struct Problem {
  std::vector<SolveNode> nodes;
  std::vector<SolveEdge> edges;
  int64_t limit = kNoLimit;  ///< of the usages of all lives at one time, at every time

  size_t options(int32_t node) const { return nodes[static_cast<size_t>(node)].costs.size(); }
};

/// An option of each node.
using Choice = std::vector<int32_t>;

/// Throws UserError, whose sentence begins with `name`, unless all sizes agree, all numbers are in their
/// ranges and no sum can overflow.
void expect_solvable(const Problem& problem, const std::string& name);

/// The sum of costs of nodes and edges; kImpossible where one of them is.
int64_t cost_of(const Problem& problem, const Choice& choice);
/// The largest usage at any time.
int64_t peak_usage(const Problem& problem, const Choice& choice);
bool is_feasible(const Problem& problem, const Choice& choice);

}  // namespace weft
