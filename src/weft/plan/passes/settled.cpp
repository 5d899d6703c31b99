#include "weft/plan/passes/settled.h"

#include <algorithm>

namespace weft {

SettledValues::SettledValues(const Graph& graph)
    : graph_(graph),
      position_(graph.segments().size()),
      changed_in_(graph.values().size()),
      made_of_settled_(graph.values().size(), false) {
  for (size_t at = 0; at < graph.order().size(); ++at) position_[graph.order()[at].at()] = at;
  for (const StateUpdate& update : graph.updates()) {
    changed_in_[update.state.at()].push_back(update.segment);
    // Parameters change once a step: where a microbatch changes them, the step has no other.
    if (graph.value(update.state).state_kind == kParameter &&
        graph.segment(update.segment).cadence.kind == Cadence::Kind::microbatch) {
      one_microbatch_ = true;
    }
  }
  for (const Node& node : graph.nodes()) {
    const Traits traits = node.op->traits();
    if (!traits.hoistable || traits.hidden_state || node.op->communication() != nullptr) continue;
    const bool all =
        !node.inputs.empty() && std::all_of(node.inputs.begin(), node.inputs.end(),
                                            [&](ValueId id) { return (*this)(id, node.segment); });
    for (const ValueId id : node.outputs) made_of_settled_[id.at()] = all;
  }
}

bool SettledValues::operator()(ValueId id, SegmentId reader) const {
  if (graph_.value(id).kind != ValueKind::state) return made_of_settled_[id.at()];
  // What is made of it would be shared, by its name, with Programs that have another.
  if (graph_.value(id).state_kind == kPrivate) return false;
  const std::vector<SegmentId>& changed_in = changed_in_[id.at()];
  return std::none_of(changed_in.begin(), changed_in.end(),
                      [&](SegmentId update) { return changes_before(update, reader); });
}

/// Whether some run of `reader` may follow one of `update` without a new start of the step, or refreshing,
/// between them. What is on call is refreshed for when it is called, and then runs several times.
bool SettledValues::changes_before(SegmentId update, SegmentId reader) const {
  using Kind = Cadence::Kind;
  const Kind changes = graph_.segment(update).cadence.kind;
  const Kind reads = graph_.segment(reader).cadence.kind;
  if (reads == Kind::on_call) return changes == Kind::on_call;
  if (changes == Kind::on_call) return false;
  if (changes == Kind::microbatch && reads == Kind::microbatch && !one_microbatch_) return true;
  return position_[update.at()] < position_[reader.at()];
}

}  // namespace weft
