#include "weft/report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "weft/report/run_overview.h"
#include "weft/report/text.h"
#include "weft/report/verdict.h"

namespace weft {

namespace {

constexpr size_t kWidest = 34;  ///< of a column, in bytes

/// The mean loss of the steps from `first` to `last`; nothing where none is there.
std::optional<double> mean_loss(const std::vector<MetricsRow>& rows, int64_t first, int64_t last) {
  double sum = 0;
  int64_t count = 0;
  for (const MetricsRow& row : rows) {
    if (row.step < first || row.step > last || !std::isfinite(row.loss)) continue;
    sum += row.loss;
    ++count;
  }
  return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

class Courses {
 public:
  explicit Courses(const std::vector<ComparedRun>& runs) : runs_(runs) {}

  std::vector<ComparedLine> lines() {
    add("state", [](const ReportInput& input) { return overview_of("", input).state; });
    add("steps", [](const ReportInput& input) {
      const int64_t step = last_step(input);
      return input.run.steps > 0 ? fmt::format("{} of {}", step, input.run.steps) : fmt::format("{}", step);
    });
    add_losses();
    for (const std::string& name : names_of_measured(runs_)) add_measured(name);
    const auto is_final = [](const ComparedRun& run) { return !finally_text(run.input).empty(); };
    if (std::ranges::any_of(runs_, is_final)) add("over all validation data", finally_text);
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
    for (const ComparedRun& run : runs_) common = std::min(common, last_step(run.input));
    for (int64_t quarter = 1; quarter <= 4; ++quarter) {
      const int64_t step = common * quarter / 4;
      if (step == common * (quarter - 1) / 4) continue;
      // Of several steps, so that one lucky batch decides nothing, and of none after `step`, which only some
      // runs may have.
      const int64_t first = step - step / 25;
      const std::string what = first == step ? fmt::format("loss of step {}", step)
                                             : fmt::format("mean loss of steps {} to {}", first, step);
      add(what, [&](const ReportInput& input) {
        const std::optional<double> loss = mean_loss(input.metrics, first, step);
        return loss ? fmt::format("{:.4f}", *loss) : "";
      });
    }
  }

  void add_measured(const std::string& name) {
    const std::string what = name == kValidationLoss ? "validation loss" : name;
    const auto add_one = [&](const std::string& which, auto point_of) {
      add(fmt::format("{} {}", which, what), [&](const ReportInput& input) -> std::string {
        const std::optional<Measured> measured = find_measured(input, name);
        if (!measured) return "";
        const std::optional<std::pair<double, double>> point = point_of(*measured);
        if (!point) return "";
        return fmt::format("{} at step {}", value_text(point->second, measured->is_share), point->first);
      });
    };
    add_one("best", [](const Measured& measured) { return best_of(measured); });
    add_one("last", [](const Measured& measured) { return std::optional(measured.points.back()); });
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

std::vector<std::string> names_of_measured(const std::vector<ComparedRun>& runs) {
  std::vector<std::string> names;
  for (const ComparedRun& run : runs) {
    for (const Measured& measured : measured_on_validation(run.input)) {
      if (std::ranges::find(names, measured.name) == names.end()) names.push_back(measured.name);
    }
  }
  return names;
}

std::optional<Measured> find_measured(const ReportInput& input, const std::string& name) {
  for (Measured& measured : measured_on_validation(input)) {
    if (measured.name == name) return std::move(measured);
  }
  return std::nullopt;
}

std::vector<ComparedLine> compare_courses(const std::vector<ComparedRun>& runs) {
  return Courses(runs).lines();
}

std::vector<std::string> comparison_notes(const std::vector<ComparedRun>& runs) {
  std::vector<std::string> notes;
  for (size_t i = 0; i < runs.size(); ++i) {
    for (const std::string& change : resumed_with_changes(runs[i].input.run)) {
      notes.push_back(fmt::format("{}: {}: {}", i + 1, runs[i].name, change));
    }
  }
  return notes;
}

std::string comparison_table(const std::vector<ComparedRun>& runs, const std::vector<ComparedLine>& lines) {
  ComparedLine heading{"", {}};
  for (const ComparedRun& run : runs) {
    heading.values.push_back(fmt::format("{}: {}", heading.values.size() + 1, run.name));
  }
  std::vector<const ComparedLine*> all{&heading};
  for (const ComparedLine& line : lines) all.push_back(&line);
  size_t first = 0;
  std::vector<size_t> widths(runs.size(), 0);
  for (const ComparedLine* line : all) {
    first = std::max(first, line->what.size());
    for (size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], shortened(line->values[i]).size());
    }
  }
  std::string table;
  for (const ComparedLine* line : all) {
    std::string text = fmt::format("{:<{}}", line->what, first);
    for (size_t i = 0; i < widths.size(); ++i) {
      text += fmt::format("  {:<{}}", shortened(line->values[i]), widths[i]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    table += text + "\n";
  }
  return table;
}

}  // namespace weft
