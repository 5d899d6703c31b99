#pragma once
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

/// Which values stay as they were at the step's start until their readers have run: states that nothing
/// changes before, and results of hoistable nodes that read only such. A segment that runs first in a step
/// can make them. What packing and hoisting look for. Made in linear time.
class SettledValues {
 public:
  /// `graph` must outlive this.
  explicit SettledValues(const Graph& graph);
  /// Whether `id` is settled for nodes of segment `reader`.
  bool operator()(ValueId id, SegmentId reader) const;

 private:
  bool changes_before(SegmentId update, SegmentId reader) const;

  const Graph& graph_;
  std::vector<size_t> position_;                    ///< by segment: in the order of a step
  std::vector<std::vector<SegmentId>> changed_in_;  ///< by value
  std::vector<bool> made_of_settled_;               ///< by value: results
  bool one_microbatch_ = false;
};

}  // namespace weft
