#pragma once
// An assignment said by the caller: for tests of what the partition can carry out, and for trying a split.
#include <functional>

#include "weft/parallel/strategy.h"

namespace weft {

class ByHand final : public Strategy {
 public:
  /// The mesh axes that split each axis of `map`, the index map of node `id`.
  using NodeRule =
      std::function<std::vector<std::vector<int>>(const Graph& graph, NodeId id, const IndexMap& map)>;
  /// Where an input or a state lies.
  using ValueRule = std::function<Placement(const Graph& graph, ValueId id)>;

  /// A rule left empty divides nothing.
  explicit ByHand(NodeRule nodes, ValueRule values = {})
      : nodes_(std::move(nodes)), values_(std::move(values)) {}
  Assignment assign(const Graph& graph, const Mesh& mesh, const Machine& machine) const override;

 private:
  NodeRule nodes_;
  ValueRule values_;
};

}  // namespace weft
