#include "weft/report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "weft/report/run_overview.h"
#include "weft/report/text.h"

namespace weft {

namespace {

constexpr size_t kWidest = 34;  ///< of a column, in bytes

/// The mean loss of the rows around `step`, so that one lucky batch decides nothing; nothing where none is
/// there.
std::optional<double> loss_at(const std::vector<MetricsRow>& rows, int64_t step) {
  const int64_t half = std::max<int64_t>(0, step / 50);
  double sum = 0;
  int64_t count = 0;
  for (const MetricsRow& row : rows) {
    if (row.step < step - half || row.step > step + half) continue;
    sum += row.loss;
    ++count;
  }
  return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

/// Values of the validation data by step: its loss, or a metric.
std::vector<std::pair<int64_t, double>> measured(const ReportInput& input, const std::string& name) {
  std::vector<std::pair<int64_t, double>> found;
  for (const MetricsRow& row : input.metrics) {
    if (name == "loss" && row.validation_loss) found.emplace_back(row.step, *row.validation_loss);
    for (const auto& [key, value] : row.more) {
      if (key == "validation_" + name) found.emplace_back(row.step, value);
    }
  }
  return found;
}

class Comparison {
 public:
  explicit Comparison(const std::vector<ComparedRun>& runs) : runs_(runs) {}

  std::vector<ComparedLine> lines() {
    add("state", [](const ReportInput& input) { return overview_of("", input).state; });
    add("steps", [](const ReportInput& input) {
      const RunOverview overview = overview_of("", input);
      return overview.steps > 0 ? fmt::format("{} of {}", overview.step, overview.steps)
                                : fmt::format("{}", overview.step);
    });
    add_losses();
    add_measured({"loss", "less", false});
    for (const MetricFact& metric : all_metrics()) add_measured(metric);
    add("a step", [](const ReportInput& input) {
      return input.metrics.empty() ? "" : human_ms(overview_of("", input).step_ms);
    });
    return std::move(lines_);
  }

 private:
  void add(const std::string& what, const std::function<std::string(const ReportInput&)>& text) {
    ComparedLine line{what, {}};
    for (const ComparedRun& run : runs_) line.values.push_back(text(run.input));
    lines_.push_back(std::move(line));
  }

  void add_losses() {
    int64_t common = std::numeric_limits<int64_t>::max();
    for (const ComparedRun& run : runs_) {
      common = std::min(common, run.input.metrics.empty() ? 0 : run.input.metrics.back().step);
    }
    for (int64_t quarter = 1; quarter <= 4; ++quarter) {
      const int64_t step = common * quarter / 4;
      if (step == 0 || step == common * (quarter - 1) / 4) continue;
      add(fmt::format("loss at step {}", step), [&](const ReportInput& input) {
        const std::optional<double> loss = loss_at(input.metrics, step);
        return loss ? fmt::format("{:.4f}", *loss) : "";
      });
    }
  }

  std::vector<MetricFact> all_metrics() const {
    std::vector<MetricFact> all;
    for (const ComparedRun& run : runs_) {
      for (const MetricFact& metric : run.input.run.metrics) {
        const auto is_same = [&](const MetricFact& other) { return other.name == metric.name; };
        if (std::ranges::none_of(all, is_same)) all.push_back(metric);
      }
    }
    return all;
  }

  void add_measured(const MetricFact& metric) {
    const auto text = [](const std::pair<int64_t, double>& at) {
      return fmt::format("{} at step {}", human_number(at.second), at.first);
    };
    add("best validation " + metric.name, [&](const ReportInput& input) {
      const auto values = measured(input, metric.name);
      const auto best = std::ranges::min_element(values, {}, [&](const std::pair<int64_t, double>& at) {
        if (std::isnan(at.second)) return std::numeric_limits<double>::infinity();
        return metric.better == "more"   ? -at.second
               : metric.better == "less" ? at.second
                                         : std::abs(at.second);
      });
      return best == values.end() ? "" : text(*best);
    });
    add("last validation " + metric.name, [&](const ReportInput& input) {
      const auto values = measured(input, metric.name);
      return values.empty() ? "" : text(values.back());
    });
  }

  const std::vector<ComparedRun>& runs_;
  std::vector<ComparedLine> lines_;
};

std::string shortened(const std::string& text) {
  if (text.size() <= kWidest) return text;
  size_t end = kWidest - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

}  // namespace

std::vector<ComparedLine> compare_curves(const std::vector<ComparedRun>& runs) {
  return Comparison(runs).lines();
}

std::string comparison_table(const std::vector<std::string>& names, const std::vector<ComparedLine>& lines) {
  ComparedLine heading{"", {}};
  for (size_t i = 0; i < names.size(); ++i) heading.values.push_back(fmt::format("{}: {}", i + 1, names[i]));
  std::vector<const ComparedLine*> all{&heading};
  for (const ComparedLine& line : lines) all.push_back(&line);
  size_t first = 0;
  std::vector<size_t> widths(names.size(), 0);
  for (const ComparedLine* line : all) {
    first = std::max(first, line->what.size());
    for (size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], shortened(line->values[i]).size());
  }
  std::string table;
  for (const ComparedLine* line : all) {
    std::string text = fmt::format("{:<{}}", line->what, first);
    for (size_t i = 0; i < widths.size(); ++i)
      text += fmt::format("  {:<{}}", shortened(line->values[i]), widths[i]);
    text.erase(text.find_last_not_of(' ') + 1);
    table += text + "\n";
  }
  return table;
}

}  // namespace weft
