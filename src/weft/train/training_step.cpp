#include "weft/train/training_step.h"

#include <cmath>

#include "weft/base/check.h"
#include "weft/datasets/batch_mixing.h"
#include "weft/train/run_report.h"

namespace weft {

namespace {

SegmentId segment_of_loss(const Program& program, const StepOrder& order) {
  for (const SegmentId id : order.each) {
    if (program.segment(id).outputs.contains("loss")) return id;
  }
  internal_error(__FILE__, __LINE__, "no segment that runs each microbatch has an output named loss");
}

}  // namespace

TrainingStep::TrainingStep(Session& session, std::function<void(int64_t)> feed)
    : session_(session),
      feed_(std::move(feed)),
      order_(step_order(session.executor().program())),
      loss_in_(segment_of_loss(session.executor().program(), order_)) {}

double TrainingStep::run(int64_t step, double learning_rate) {
  session_.set_scalar("learning_rate", learning_rate);
  session_.set_integer("update_step", step + 1);
  run_due(session_.executor(), order_.before, step);
  double loss = 0;
  const int64_t accumulate = session_.recipe().optimizer.accumulate;
  for (int64_t micro = 0; micro < accumulate; ++micro) {
    set_microbatch(step * accumulate + micro);
    for (const SegmentId id : order_.each) session_.executor().run(id);
    const double part = session_.executor().scalar(loss_in_, "loss");
    if (!std::isfinite(part)) return part;
    loss += part;
  }
  run_due(session_.executor(), order_.after, step);
  return loss;
}

void TrainingStep::set_microbatch(int64_t number) {
  if (feed_) {
    feed_(number);
  } else {
    session_.feed(*session_.data().train, number);
  }
  session_.set_integer("step", number);
  const Recipe& recipe = session_.recipe();
  if (const BatchMixing* mixing = recipe.data.kind->mixing()) {
    for (const auto& [input, value] : mixing->scalars(static_cast<uint64_t>(recipe.run.seed), number)) {
      session_.set_scalar(input, value);
    }
  }
}

std::optional<NonFinite> TrainingStep::find_non_finite() {
  std::optional<NonFinite> first;
  for (const SegmentId id : order_.each) {
    const std::optional<NonFinite> found = session_.executor().find_non_finite(id);
    if (!first) first = found;
  }
  return first;
}

}  // namespace weft
