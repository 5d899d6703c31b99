#pragma once
// A problem while it is made smaller. Between two nodes there is one edge at most; options that can be in no
// solution are gone.
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "weft/plan/solve/problem.h"

namespace weft {

/// How a node that was taken out chooses, given the choices of up to two others.
struct WayBack {
  int32_t node = 0;
  int32_t a = -1;              ///< -1: of none
  int32_t b = -1;              ///< -1: of `a` alone
  int32_t columns = 1;         ///< options that `b` had in the problem
  std::vector<int32_t> table;  ///< [options of a, options of b], as numbered in the problem
};

class Network {
 public:
  struct Node {
    std::vector<int64_t> costs;    ///< of what is left of its options
    std::vector<int32_t> options;  ///< their numbers in the problem
    std::vector<Life> lives;
    std::vector<int32_t> edges;  ///< ids
    int32_t options_at_first = 0;
    bool is_there = true;
  };
  struct Edge {
    int32_t a = 0;
    int32_t b = 0;
    std::vector<int64_t> costs;  ///< [a, b]
    bool is_there = true;
  };

  explicit Network(const Problem& problem);

  size_t size() const { return nodes_.size(); }
  Node& node(int32_t id) { return nodes_[static_cast<size_t>(id)]; }
  const Node& node(int32_t id) const { return nodes_[static_cast<size_t>(id)]; }
  Edge& edge(int32_t id) { return edges_[static_cast<size_t>(id)]; }
  const Edge& edge(int32_t id) const { return edges_[static_cast<size_t>(id)]; }
  const std::vector<Edge>& edges() const { return edges_; }
  int32_t options(int32_t id) const { return static_cast<int32_t>(node(id).costs.size()); }
  int32_t other(const Edge& edge, int32_t id) const { return edge.a == id ? edge.b : edge.a; }

  /// Of the edge, with the rows of `id` first.
  int64_t cost(const Edge& edge, int32_t id, int32_t row, int32_t column) const {
    const int32_t r = edge.a == id ? row : column;
    const int32_t c = edge.a == id ? column : row;
    return edge.costs[static_cast<size_t>(r) * static_cast<size_t>(options(edge.b)) + static_cast<size_t>(c)];
  }
  /// Added to the edge that the two have, if they have one. `costs` is [a, b].
  void add_edge(int32_t a, int32_t b, std::vector<int64_t> costs);
  void remove_edge(int32_t id);
  /// With all its edges.
  void remove_node(int32_t id);
  /// Keeps the options at these places, which ascend.
  void keep_options(int32_t id, std::span<const int32_t> places);

  int64_t constant = 0;  ///< added to the cost of every choice

 private:
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::unordered_map<uint64_t, int32_t> between_;  ///< the edge of two nodes
};

}  // namespace weft
