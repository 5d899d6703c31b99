#pragma once
// Which values of a segment share memory, and how long each piece of memory is needed.
#include <map>
#include <vector>

#include "weft/graph/graph.h"
#include "weft/plan/arena_layout.h"

namespace weft {

/// One step of a segment: a node, or the start or the end of a communication node.
struct Step {
  NodeId node;
  bool wait = false;  ///< the end of a communication
  int start = -1;     ///< wait: position of the start
};

/// Order of steps of one segment; every wait stands right before the first step that reads what was
/// communicated, or at the end.
std::vector<Step> steps_of(const Graph& graph, SegmentId segment);

/// A value's memory: a state's (or input's) own, or a transient buffer.
struct BufferOf {
  ValueId named;       ///< the state or input whose memory this is; index -1 for a transient
  int transient = -1;  ///< index of the transient buffer
};

struct SegmentBuffers {
  std::vector<Step> steps;
  std::map<ValueId, BufferOf> of_value;
  std::vector<Lifetime> transients;
  std::vector<StateUpdate>
      copies;  ///< updates that could not be made in place: copied at the end of the segment
};

/// Sharing comes from three rules: a view is its input; a state's next value is written over the state when
/// nobody reads the old one later; an op that may work in place does so when its input dies, over the one
/// that was written last where there are several.
SegmentBuffers share_buffers(const Graph& graph, SegmentId segment);

}  // namespace weft
