#include "weft/train/evaluate.h"

#include <fmt/format.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/tasks/task.h"

namespace weft {

namespace {

/// The totals of one metric, of sums by the names of the segment's outputs.
Metric::Totals totals_of(const Metric& metric, const std::map<std::string, double>& sums, double targets) {
  Metric::Totals totals;
  totals.targets = targets;
  const std::string prefix = metric_output(metric.name(), "");
  for (const auto& [name, sum] : sums) {
    if (name.starts_with(prefix)) totals.sums.emplace(name.substr(prefix.size()), sum);
  }
  return totals;
}

}  // namespace

std::optional<double> Evaluation::metric(std::string_view name) const {
  const auto found = std::ranges::find(metrics, name, &MetricValue::name);
  return found == metrics.end() ? std::nullopt : std::optional(found->value);
}

std::string Evaluation::lines(std::string_view when) const {
  std::string all = fmt::format("validation loss {:.4f} over {} targets{}\n", loss, targets, when);
  for (const MetricValue& metric : metrics)
    all += fmt::format("validation {} {}\n", metric.name, metric.text);
  return all;
}

std::string Evaluation::text() const {
  std::string text = fmt::format("loss {:.4f}", loss);
  for (const MetricValue& metric : metrics) text += fmt::format("  {} {}", metric.name, metric.text);
  return text;
}

Evaluation evaluate(Session& session, int64_t batches) { return *evaluate(session, batches, {}); }

std::optional<Evaluation> evaluate(Session& session, int64_t batches, const GoesOn& goes_on) {
  return evaluate(session.executor(), session.feeder(), session.recipe(), session.data(), batches, goes_on);
}

std::optional<Evaluation> evaluate(Executor& executor, BatchFeed& feed, const Recipe& recipe,
                                   const TrainingData& data, int64_t batches, const GoesOn& goes_on) {
  const SegmentId segment = executor.program().at("evaluate");
  const int64_t count = batches > 0 ? std::min(batches, data.validation_batches) : data.validation_batches;
  std::map<std::string, double> sums;
  executor.refresh();
  for (int64_t batch = 0; batch < count; ++batch) {
    if (goes_on && !goes_on(batch, count)) return std::nullopt;
    feed(executor, *data.validation, batch);
    executor.run(segment);
    for (const auto& [name, slot] : executor.program().segment(segment).outputs) {
      sums[name] += executor.scalar(segment, name);
    }
  }
  Evaluation result;
  result.targets = static_cast<int64_t>(sums["targets"]);
  if (result.targets == 0) {
    user_error(
        "validation: none of its targets counts: all are missing, ignored, or of samples that were left out");
  }
  const double targets = sums["targets"];
  result.loss = sums["loss_sum"] / targets;
  for (const Metric* metric : metrics_of(recipe, task_of(recipe, data.facts), data.facts)) {
    const double value = metric->value(totals_of(*metric, sums, targets));
    result.metrics.push_back({std::string(metric->name()), value, metric->text(value)});
  }
  return result;
}

}  // namespace weft
