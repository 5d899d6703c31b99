#include "weft/plan/passes/copy_overwritten.h"

#include <map>
#include <set>
#include <utility>

#include "weft/ops/pointwise/pointwise.h"
#include "weft/plan/passes/rebuild.h"
#include "weft/plan/passes/views.h"

namespace weft {

namespace {

class CopyOverwritten {
 public:
  explicit CopyOverwritten(const Graph& graph) : graph_(graph), rebuild_(graph) {
    for (const StateUpdate& update : graph.updates()) {
      if (seen_through_views(graph, update.next) != update.state) {
        overwritten_.emplace(update.segment, update.state);
      }
    }
  }

  PassResult run() && {
    for (const Node& node : graph_.nodes()) rebuild_.copy(node);
    for (const StateUpdate& update : graph_.updates()) {
      if (seen_through_views(graph_, update.next) != update.state) copy(update.next, update.segment);
    }
    for (const GraphOutput& output : graph_.outputs()) copy(output.value, output.segment);
    const auto handed_over = [&](ValueId id, SegmentId segment) {
      const auto found = copies_.find({segment, id});
      return found == copies_.end() ? rebuild_.mapped(id) : found->second;
    };
    const auto copied = std::ssize(copies_);
    return {std::move(rebuild_).finish(handed_over), copied};
  }

 private:
  void copy(ValueId id, SegmentId segment) {
    const std::pair key{segment, id};
    if (copies_.contains(key) || !overwritten_.contains({segment, seen_through_views(graph_, id)})) return;
    const BuilderScope here = rebuild_.build().in(segment);
    const BuilderScope labelled =
        rebuild_.build().labelled(graph_.value(seen_through_views(graph_, id)).name);
    copies_[key] =
        pointwise(rebuild_.build(), {rebuild_.mapped(id)}, [](std::span<const Scalar> x) { return x[0]; });
  }

  const Graph& graph_;
  Rebuild rebuild_;
  std::set<std::pair<SegmentId, ValueId>> overwritten_;      ///< segment and state
  std::map<std::pair<SegmentId, ValueId>, ValueId> copies_;  ///< by segment and what is handed over
};

PassResult run(const Graph& graph, const PlanContext& /*context*/) { return CopyOverwritten(graph).run(); }

void remembered(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {4}}, {"c"});
  const ValueId w = build.state("w", {DType::f32, {4}}, {}, kParameter);
  const ValueId previous = build.state("previous", {DType::f32, {4}}, {}, kBuffer);
  build.update(w, pointwise(build, {w, x}, "x0 - x1"));
  build.update(previous, w);
}

}  // namespace

Pass copy_overwritten() {
  return {
      {.name = "copy_overwritten",
       .summary = "A segment's outputs and next values are those from before its updates. A state that is "
                  "one of these and is updated in the segment is copied first.",
       .needs = "Nothing.",
       .promises = "What a segment hands over is no memory that it overwrites at its end.",
       .place = "After schedule, because a copy as the last node leaves every other node where it is.",
       .counts = "states copied",
       .example = {.before = remembered, .after = R"(segment accumulate: each microbatch, 1 slot
input @x: f32[4] (c)
state @w: f32[4] (parameter)
state @previous: f32[4] (buffer)
%0 = pointwise(@w, @x) expression=x0 - x1 operands=[[0], [0]] results=[[0]] reductions=[none] dtypes=[f32] space=[4] region=[[0, 4]]: f32[4]  # accumulate
%1 = pointwise(@w) expression=x0 operands=[[0]] results=[[0]] reductions=[none] dtypes=[f32] space=[4] region=[[0, 4]]: f32[4]  # accumulate w
@w <- %0  # accumulate
@previous <- %1  # accumulate
)"}},
      run};
}

}  // namespace weft
