#include "weft/report/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

#include "weft/report/row_fields.h"
#include "weft/report/run_axes.h"
#include "weft/report/text.h"

namespace weft {

namespace {

constexpr std::string_view kFinalLoss = "final_validation_loss";

std::string count(int64_t number) { return human_count(static_cast<double>(number)); }

/// What is compared: less is better.
double badness(const Measured& measured, double value) {
  if (measured.better == "more") return -value;
  return measured.better == "nearer 0" ? std::abs(value) : value;
}

std::string headline_of(const ReportInput& input, Outcome outcome) {
  const int64_t step = last_step(input);
  const std::string place = input.run.steps > 0
                                ? fmt::format("step {} of {}", count(step), count(input.run.steps))
                                : fmt::format("step {}", count(step));
  switch (outcome) {
    case Outcome::finished:
      return fmt::format("Finished: {} steps", count(step));
    case Outcome::going_on:
      return "Going on: " + place;
    case Outcome::interrupted:
      return "Interrupted at " + place;
    case Outcome::failed:
      return "Failed after " + place;
    case Outcome::unsaid:
      return (input.run.parts.empty() ? "Not recorded how it ended: " : "Ended without a word at ") + place;
  }
  return "";
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  if (text.back() != '.') text += '.';
  return text;
}

std::string why_of(const ReportInput& input, Outcome outcome) {
  switch (outcome) {
    case Outcome::finished:
      return "";
    case Outcome::going_on: {
      const int64_t left = input.run.steps - last_step(input);
      const RunAxes axes(input);
      const auto done = static_cast<double>(input.metrics.size());
      if (left <= 0 || input.metrics.empty()) return "";
      return fmt::format("About {} are left.",
                         human_seconds(axes.seconds() / done * static_cast<double>(left)));
    }
    case Outcome::interrupted:
      return fmt::format("Because of {}. weft resume goes on from its last checkpoint.", input.run.why);
    case Outcome::failed:
      return sentence(input.run.why);
    case Outcome::unsaid:
      if (input.run.parts.empty()) return "An earlier version of Weft ran it.";
      return "Nobody works on it now, and it did not say why it ended: it was killed, or its machine went "
             "down. weft resume goes on from its last checkpoint, if it has one.";
  }
  return "";
}

std::string at_end(const Measured& measured) {
  const auto& [step, last] = measured.points.back();
  const auto best = best_of(measured);
  std::string text =
      fmt::format("{} {} at step {}", measured.name, value_text(last, measured.is_share), human_count(step));
  if (measured.points.size() == 1 || !best) return sentence(text);
  if (best->first == step) return sentence(text + ", its best");
  return sentence(fmt::format("{}; the best, {}, was at step {}", text,
                              value_text(best->second, measured.is_share), human_count(best->first)));
}

std::string trend_text(const Measured& measured) {
  const Change change = change_at_the_end(measured);
  const std::string of = fmt::format("the last fifth of the {} is", lower_case(measured.name));
  switch (change.trend) {
    case Trend::unknown:
      return "";
    case Trend::better:
      return fmt::format("Still improving: {} {:.2g}% better than the fifth before it.", of,
                         change.share * 100);
    case Trend::same:
      return fmt::format("No longer improving: {} as the fifth before it was.", of);
    case Trend::worse:
      return fmt::format("Getting worse: {} {:.2g}% worse than the fifth before it.", of, change.share * 100);
  }
  return "";
}

Measured training_loss(const ReportInput& input) {
  Measured loss{"Training loss", "less", false, {}};
  for (const MetricsRow& row : input.metrics)
    loss.points.emplace_back(static_cast<double>(row.step), row.loss);
  return loss;
}

struct Mean {
  double value = 0;
  double error = 0;
};

Mean mean_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, n > 1 ? std::sqrt(squares / (n - 1) / n) : 0};
}

}  // namespace

Outcome outcome_of(const ReportInput& input) {
  switch (input.run.state) {
    case RunState::finished:
      return Outcome::finished;
    case RunState::interrupted:
      return Outcome::interrupted;
    case RunState::failed:
      return Outcome::failed;
    case RunState::going_on:
      return input.is_held ? Outcome::going_on : Outcome::unsaid;
  }
  return Outcome::unsaid;
}

int64_t last_step(const ReportInput& input) {
  return input.metrics.empty() ? input.run.step : input.metrics.back().step;
}

namespace {

/// `loss_of` a row, if it has one, and what else begins with `prefix`.
template <class LossOf>
std::vector<Measured> measured_with(const ReportInput& input, std::string_view prefix,
                                    const LossOf& loss_of) {
  std::vector<Measured> all{{std::string(kValidationLoss), "less", false, {}}};
  for (const MetricFact& metric : input.run.metrics)
    all.push_back({metric.name, metric.better, metric.is_share, {}});
  const auto add = [&](std::string_view name, double step, double value) {
    auto found = std::ranges::find(all, name, &Measured::name);
    if (found == all.end()) found = all.insert(all.end(), {std::string(name), "", false, {}});
    found->points.emplace_back(step, value);
  };
  for (const MetricsRow& row : input.metrics) {
    const auto step = static_cast<double>(row.step);
    if (const std::optional<double> loss = loss_of(row)) add(kValidationLoss, step, *loss);
    for (const auto& [name, value] : row.more) {
      if (name.starts_with(prefix) && name != kFinalLoss) {
        add(std::string_view(name).substr(prefix.size()), step, value);
      }
    }
  }
  std::erase_if(all, [](const Measured& measured) { return measured.points.empty(); });
  return all;
}

}  // namespace

std::vector<Measured> measured_on_validation(const ReportInput& input) {
  return measured_with(input, kOnValidation, [](const MetricsRow& row) { return row.validation_loss; });
}

std::vector<Measured> measured_finally(const ReportInput& input) {
  return measured_with(input, kFinally, [](const MetricsRow& row) -> std::optional<double> {
    const double loss = field_of(row, kFinalLoss);
    return std::isnan(loss) ? std::nullopt : std::optional(loss);
  });
}

std::string finally_text(const ReportInput& input) {
  std::string text;
  for (const Measured& one : measured_finally(input)) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", lower_case(one.name),
                        value_text(one.points.back().second, one.is_share));
  }
  return text;
}

std::optional<std::pair<double, double>> best_of(const Measured& measured) {
  if (measured.better.empty()) return std::nullopt;
  std::optional<std::pair<double, double>> best;
  for (const auto& point : measured.points) {
    if (!std::isfinite(point.second)) continue;
    if (!best || badness(measured, point.second) < badness(measured, best->second)) best = point;
  }
  return best;
}

Change change_at_the_end(const Measured& measured) {
  std::vector<double> values;
  for (const auto& [step, value] : measured.points) {
    if (std::isfinite(value)) values.push_back(badness(measured, value));
  }
  constexpr size_t kFew = 4;
  if (values.size() < kFew || measured.better.empty()) return {};
  const auto fifth = static_cast<std::ptrdiff_t>(std::max<size_t>(1, values.size() / 5));
  const Mean last = mean_of({values.end() - fifth, values.end()});
  const Mean before = mean_of({values.end() - 2 * fifth, values.end() - fifth});
  const double gain = before.value - last.value;
  const double size = std::max(std::abs(before.value), 1e-12);
  // Of one or two values nobody knows the noise.
  const double least = fifth < 3 ? 0.01 : 0.002;
  if (std::abs(gain) < std::max(2 * std::hypot(last.error, before.error), least * size))
    return {Trend::same, 0};
  return {gain > 0 ? Trend::better : Trend::worse, std::abs(gain) / size};
}

std::string value_text(double value, bool is_share) {
  return is_share && std::isfinite(value) ? fmt::format("{:.2f}%", value * 100)
         : std::isfinite(value)           ? fmt::format("{:.4g}", value)
                                          : "–";
}

Verdict verdict_of(const ReportInput& input) {
  Verdict verdict;
  verdict.outcome = outcome_of(input);
  verdict.headline = headline_of(input, verdict.outcome);
  const auto add = [&](std::string text) {
    if (!text.empty()) verdict.sentences.push_back(std::move(text));
  };
  add(why_of(input, verdict.outcome));
  if (const std::string all = finally_text(input); !all.empty()) {
    add("Over all of the validation data: " + all +
        "; the following is over the part that is measured on the "
        "way.");
  }
  const std::vector<Measured> measured = measured_on_validation(input);
  for (const Measured& one : measured) add(at_end(one));
  if (input.metrics.empty()) return verdict;
  const Measured training = training_loss(input);
  if (measured.empty()) add(at_end(training));
  // A few evaluations say little; the training loss is there at every step.
  const bool validated = !measured.empty() && change_at_the_end(measured.front()).trend != Trend::unknown;
  constexpr size_t kEnough = 20;
  if (validated || training.points.size() >= kEnough)
    add(trend_text(validated ? measured.front() : training));
  return verdict;
}

}  // namespace weft
