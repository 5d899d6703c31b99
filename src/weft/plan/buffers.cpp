#include "weft/plan/buffers.h"

#include <algorithm>

#include "weft/plan/passes/views.h"

namespace weft {

std::vector<Step> steps_of(const Graph& graph, SegmentId segment) {
  std::vector<Step> steps;
  std::map<ValueId, int> open;  // communicated value -> position of its start
  const auto close = [&](int start) {
    Step wait = steps[static_cast<size_t>(start)];
    wait.wait = true;
    wait.start = start;
    steps.push_back(wait);
    for (const ValueId id : graph.node(wait.node).outputs) open.erase(id);
  };
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    if (node.segment != segment) continue;
    for (const ValueId id : node.inputs) {
      if (const auto at = open.find(id); at != open.end()) close(at->second);
    }
    const auto position = static_cast<int>(steps.size());
    steps.push_back({NodeId{static_cast<int32_t>(n)}, false, -1});
    if (node.op->communication() == nullptr) continue;
    for (const ValueId id : node.outputs) open.emplace(id, position);
  }
  while (!open.empty()) close(open.begin()->second);
  return steps;
}

namespace {

/// The last two steps that read something: of these at most one is the end of the communication that asks.
class LastReads {
 public:
  void add(int step) {
    if (step == last_ || step <= before_) return;
    before_ = std::min(last_, step);
    last_ = std::max(last_, step);
  }
  void add(const LastReads& other) {
    add(other.before_);
    add(other.last_);
  }
  /// The last but for `step`; -1 where there is none.
  int but_for(int step) const { return last_ == step ? before_ : last_; }

 private:
  int last_ = -1;
  int before_ = -1;
};

class Sharing {
 public:
  Sharing(const Graph& graph, SegmentId segment)
      : graph_(graph),
        segment_(segment),
        last_use_(graph.values().size(), -1),
        reads_(graph.values().size()),
        step_of_(graph.nodes().size(), -1) {
    result_.steps = steps_of(graph, segment);
    const int end = static_cast<int>(result_.steps.size());
    wait_of_.assign(result_.steps.size(), -1);
    for (int s = 0; s < end; ++s) look_at(s);
    for (const GraphOutput& output : graph.outputs()) {
      if (output.segment == segment) touch(output.value, end);
    }
    for (const StateUpdate& update : graph.updates()) {
      if (update.segment == segment) touch(update.next, end);
    }
    // Who reads a view reads what it is a view of.
    for (size_t n = graph.nodes().size(); n-- > 0;) {
      const Node& node = graph.nodes()[n];
      if (node.op->traits().view) touch(node.inputs[0], last_use_[node.outputs[0].at()]);
    }
  }

  SegmentBuffers run() {
    for (size_t v = 0; v < graph_.values().size(); ++v) {
      const ValueId id{static_cast<int32_t>(v)};
      if (graph_.value(id).kind != ValueKind::result) result_.of_value[id] = {id, -1};
    }
    for (const StateUpdate& update : graph_.updates()) {
      if (update.segment == segment_) overwrite_or_copy(update);
    }
    for (int s = 0; s < static_cast<int>(result_.steps.size()); ++s) {
      const Step& step = result_.steps[static_cast<size_t>(s)];
      if (!step.wait) place_outputs(graph_.node(step.node), s);
    }
    return std::move(result_);
  }

 private:
  void look_at(int s) {
    const Step& step = result_.steps[static_cast<size_t>(s)];
    const Node& node = graph_.node(step.node);
    for (const ValueId id : node.inputs) touch(id, s);
    for (const ValueId id : node.inputs) reads_[id.at()].add(s);
    for (const ValueId id : node.outputs) touch(id, s);
    if (step.wait) {
      wait_of_[static_cast<size_t>(step.start)] = s;
    } else {
      step_of_[step.node.at()] = s;
    }
  }

  void touch(ValueId id, int step) { last_use_[id.at()] = std::max(last_use_[id.at()], step); }

  /// Where the segment's node starts; -1 for another segment's.
  int step_of(NodeId node) const { return step_of_[node.at()]; }

  /// Whether the producer of the next value may write straight over the state.
  bool may_overwrite(const StateUpdate& update) const {
    const Value& next = graph_.value(update.next);
    if (next.kind != ValueKind::result || result_.of_value.contains(update.next)) return false;
    const Node& node = graph_.node(next.producer);
    if (node.op->traits().view) return false;
    if (last_use_[update.state.at()] > step_of(next.producer)) return false;
    const auto pairs = node.op->traits().in_place;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (seen_through_views(graph_, node.inputs[i]) != update.state) continue;
      const std::pair<int, int> wanted{next.output, static_cast<int>(i)};
      if (std::find(pairs.begin(), pairs.end(), wanted) == pairs.end()) return false;
    }
    return true;
  }

  void overwrite_or_copy(const StateUpdate& update) {
    if (may_overwrite(update)) {
      result_.of_value[update.next] = {update.state, -1};
    } else {
      result_.copies.push_back(update);
    }
  }

  void place_outputs(const Node& node, int step) {
    const Traits traits = node.op->traits();
    std::vector<int> taken;
    for (size_t o = 0; o < node.outputs.size(); ++o) {
      const ValueId id = node.outputs[o];
      if (result_.of_value.contains(id)) continue;
      if (traits.view && o == 0) {
        share(id, result_.of_value.at(node.inputs[0]));
        continue;
      }
      const int input = in_place_input(node, traits, static_cast<int>(o), step, taken);
      if (input >= 0) {
        taken.push_back(input);
        share(id, result_.of_value.at(node.inputs[static_cast<size_t>(input)]));
        continue;
      }
      result_.of_value[id] = {{}, static_cast<int>(result_.transients.size())};
      result_.transients.push_back({graph_.type(id).bytes(), step, last_use_[id.at()]});
      reads_of_transient_.push_back(reads_[id.at()]);
    }
  }

  void share(ValueId id, const BufferOf& buffer) {
    if (buffer.transient >= 0) {
      Lifetime& transient = result_.transients[static_cast<size_t>(buffer.transient)];
      transient.last = std::max(transient.last, last_use_[id.at()]);
      reads_of_transient_[static_cast<size_t>(buffer.transient)].add(reads_[id.at()]);
    }
    result_.of_value[id] = buffer;
  }

  /// Of the inputs that may be overwritten the one that was written last, which is most likely still in cache
  /// and has to be written back anyway; -1 where there is none.
  int in_place_input(const Node& node, const Traits& traits, int output, int step,
                     const std::vector<int>& taken) const {
    int chosen = -1;
    int latest = -1;
    for (const auto& [out, in] : traits.in_place) {
      if (out != output || std::find(taken.begin(), taken.end(), in) != taken.end()) continue;
      const ValueId id = node.inputs[static_cast<size_t>(in)];
      const BufferOf& buffer = result_.of_value.at(id);
      if (buffer.transient < 0 || operands_in(node, buffer) > 1) continue;
      const Lifetime& transient = result_.transients[static_cast<size_t>(buffer.transient)];
      // A communication's operand counts as used until its wait, which is the same node's.
      const int dies = node.op->communication() != nullptr ? wait_of(step) : step;
      if (transient.last > dies || read_between(buffer, step, dies)) continue;
      if (transient.bytes != graph_.type(node.outputs[static_cast<size_t>(output)]).bytes()) continue;
      const int written = step_of(graph_.value(id).producer);
      if (written <= latest) continue;
      latest = written;
      chosen = in;
    }
    return chosen;
  }

  /// The node's operands that lie in this buffer, views of it too.
  int64_t operands_in(const Node& node, const BufferOf& buffer) const {
    return std::count_if(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
      const auto found = result_.of_value.find(id);
      return found != result_.of_value.end() && found->second.transient == buffer.transient;
    });
  }

  /// Whether a step after `begin` and before `end` reads the buffer, which nothing reads after `end`: what is
  /// under way would write into it.
  bool read_between(const BufferOf& buffer, int begin, int end) const {
    return reads_of_transient_[static_cast<size_t>(buffer.transient)].but_for(end) > begin;
  }

  /// Where the communication that starts at this step ends.
  int wait_of(int step) const {
    const int wait = wait_of_[static_cast<size_t>(step)];
    return wait < 0 ? step : wait;
  }

  const Graph& graph_;
  SegmentId segment_;
  std::vector<int> last_use_;                  ///< by value
  std::vector<LastReads> reads_;               ///< by value
  std::vector<int> step_of_;                   ///< by node
  std::vector<int> wait_of_;                   ///< by step that starts a communication
  std::vector<LastReads> reads_of_transient_;  ///< by transient, of all values that have it so far
  SegmentBuffers result_;
};

}  // namespace

SegmentBuffers share_buffers(const Graph& graph, SegmentId segment) { return Sharing(graph, segment).run(); }

}  // namespace weft
