#pragma once
#include <functional>
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

/// Makes a graph from another, node by node: what passes share. Inputs and states are taken over at once.
class Rebuild {
 public:
  /// `from` must outlive this.
  explicit Rebuild(const Graph& from);
  /// Takes over a node; its inputs must have been taken over.
  void copy(const Node& node);
  /// The value of the new graph that stands for `old`.
  ValueId mapped(ValueId old) const { return map_[old.at()]; }
  /// From now on `old` stands for `now`.
  void replace(ValueId old, ValueId now) { map_[old.at()] = now; }
  /// For adding nodes that the old graph did not have.
  GraphBuilder& build() { return build_; }
  /// Takes over updates and outputs, and verifies. `handed_over` says what of the new graph stands for a next
  /// value or an output of a segment, where that is not what stands for it elsewhere.
  Graph finish(const std::function<ValueId(ValueId old, SegmentId segment)>& handed_over = {}) &&;

 private:
  const Graph& from_;
  GraphBuilder build_;
  std::vector<ValueId> map_;
};

}  // namespace weft
