#include "weft/train/training_step.h"

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/datasets/batch_mixing.h"

namespace weft {

namespace {

SegmentId segment_with(const Program& program, const StepOrder& order, const std::string& output) {
  std::optional<SegmentId> found;
  for (const std::vector<SegmentId>& segments : {order.each, order.after}) {
    for (const SegmentId id : segments) {
      if (!found && program.segment(id).outputs.contains(output)) found = id;
    }
  }
  WEFT_CHECK(found.has_value(), "no segment of a step has an output named {}", output);
  return *found;
}

}  // namespace

TrainingStep::TrainingStep(Session& session, std::function<void(int64_t)> feed)
    : session_(session),
      feed_(std::move(feed)),
      order_(step_order(session.executor().program())),
      loss_in_(segment_with(session.executor().program(), order_, "loss")),
      update_in_(segment_with(session.executor().program(), order_, "gradient_norm_squared")) {}

StepOutcome TrainingStep::run(int64_t step, double learning_rate) {
  session_.set_scalar("learning_rate", learning_rate);
  session_.set_integer("update_step", step + 1);
  run_due(session_.executor(), order_.before, step);
  double loss = 0;
  const int64_t accumulate = session_.recipe().optimizer.accumulate;
  if (accumulate > 1 && goes_on_) remember();
  for (int64_t micro = 0; micro < accumulate; ++micro) {
    if (micro > 0 && goes_on_ && !goes_on_()) {
      put_back();
      return {.is_whole = false};
    }
    set_microbatch(step * accumulate + micro);
    for (const SegmentId id : order_.each) session_.executor().run(id);
    const double part = session_.executor().scalar(loss_in_, "loss");
    if (!std::isfinite(part)) return {.loss = part};
    loss += part;
  }
  run_due(session_.executor(), order_.after, step);
  return outcome(loss);
}

StepOutcome TrainingStep::outcome(double loss) const {
  const Executor& executor = session_.executor();
  StepOutcome result{.loss = loss};
  result.gradient_norm = std::sqrt(executor.scalar(update_in_, "gradient_norm_squared"));
  if (!session_.data().facts.has_gaps) return result;
  const double counted = executor.scalar(update_in_, "targets");
  const int64_t whole = targets_of_step(session_.recipe(), session_.data().facts);
  result.has_targets = counted > 0;
  if (result.has_targets) result.loss *= static_cast<double>(whole) / counted;
  return result;
}

void TrainingStep::remember() {
  before_.clear();
  for (const auto& [name, state] : session_.store().states()) {
    if (state.kind != kBuffer) continue;
    const HostState read = session_.store().read(name);
    before_.insert(before_.end(), read.view.data, read.view.data + read.view.bytes());
  }
}

void TrainingStep::put_back() {
  auto from = before_.cbegin();
  for (const auto& [name, state] : session_.store().states()) {
    if (state.kind != kBuffer) continue;
    session_.store().write(name, [&](const View& to) { std::copy_n(from, to.bytes(), to.data); });
    from += state.type.bytes();
  }
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
