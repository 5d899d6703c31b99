#include "weft/report/run_overview.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "weft/base/check.h"
#include "weft/report/row_fields.h"
#include "weft/report/run_files.h"
#include "weft/report/text.h"
#include "weft/report/verdict.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// Of a run that no process has begun yet, the import that made it; its recipe was written then.
double made_at(const fs::path& folder) {
  std::error_code error;
  const fs::file_time_type time = fs::last_write_time(recipe_of(folder), error);
  if (error) return 0;
  const auto since = std::chrono::file_clock::to_sys(time).time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

/// "accuracy 91.20%".
std::string first_metric(const std::vector<Measured>& all) {
  for (const Measured& measured : all) {
    if (measured.name == kValidationLoss) continue;
    return fmt::format("{} {}", measured.name, value_text(measured.points.back().second, measured.is_share));
  }
  return "";
}

std::string state_of(const ReportInput& input) {
  if (input.is_held) return "going on";
  if (input.run.parts.empty()) return "";
  const Outcome outcome = outcome_of(input);
  return outcome == Outcome::unsaid ? "killed" : std::string(name_of(input.run.state));
}

using Cells = std::array<std::string, 8>;

Cells cells_of(const RunOverview& run) {
  const auto number = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.4f}", *value) : "";
  };
  const std::string step =
      run.steps > 0 ? fmt::format("{}/{}", run.step, run.steps) : fmt::format("{}", run.step);
  const std::string began =
      run.began > 0 ? fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(static_cast<std::time_t>(run.began)))
                    : "";
  return {run.folder.string(),
          run.state.empty() ? "?" : run.state,
          step,
          number(run.loss),
          number(run.validation),
          run.metric,
          run.step_ms > 0 ? human_ms(run.step_ms) : "",
          began};
}

[[noreturn]] void cannot_list(const fs::path& folder, const std::error_code& error) {
  user_error("{}: the runs cannot be listed: {}", folder.string(), error.message());
}

}  // namespace

RunOverview overview_of(const fs::path& folder, const ReportInput& input) {
  RunOverview overview;
  overview.folder = folder;
  overview.state = state_of(input);
  std::error_code unseen;
  const bool has_begun = !overview.state.empty() || !input.metrics.empty();
  if (!has_begun && fs::exists(checkpoints_of(folder), unseen)) overview.state = "not begun";
  overview.steps = input.run.steps;
  overview.step = last_step(input);
  overview.began = input.run.parts.empty() ? made_at(folder) : input.run.parts.front().began;
  overview.changes = resumed_with_changes(input.run);
  if (input.run.state == RunState::failed) overview.remark = input.run.why;
  if (!input.metrics.empty()) {
    overview.loss = input.metrics.back().loss;
    overview.step_ms = median_step_ms(input);
    if (overview.remark.empty()) overview.remark = input.log_damage;
  }
  std::vector<Measured> measured = measured_finally(input);
  if (measured.empty()) measured = measured_on_validation(input);
  overview.metric = first_metric(measured);
  if (!measured.empty() && measured.front().name == kValidationLoss) {
    overview.validation = measured.front().points.back().second;
  }
  return overview;
}

std::vector<fs::path> find_runs(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(recipe_of(folder), error)) return {folder};
  // Below, what is closed is passed over.
  static_cast<void>(fs::directory_iterator(folder, error));
  if (error) cannot_list(folder, error);
  std::vector<fs::path> found;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unseen;
    if (!entry->is_directory(unseen)) continue;
    if (!fs::exists(recipe_of(entry->path()), unseen) && !unseen) continue;
    found.push_back(entry->path());
    entry.disable_recursion_pending();
  }
  if (error) cannot_list(folder, error);
  return found;
}

std::string overview_table(std::vector<RunOverview> runs) {
  const auto place = [](const RunOverview& run) { return std::pair(run.began == 0, run.began); };
  std::ranges::stable_sort(runs, {}, place);
  std::vector<Cells> rows{{"run", "state", "step", "loss", "validation", "metric", "a step", "began"}};
  for (const RunOverview& run : runs) rows.push_back(cells_of(run));
  std::array<size_t, std::tuple_size_v<Cells>> widths{};
  for (const Cells& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string table;
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string line;
    for (size_t j = 0; j < widths.size(); ++j) line += fmt::format("{:<{}}  ", rows[i][j], widths[j]);
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + "\n";
    if (i == 0) continue;
    for (const std::string& change : runs[i - 1].changes) table += "  " + change + "\n";
    if (!runs[i - 1].remark.empty()) table += "  " + runs[i - 1].remark + "\n";
  }
  return table;
}

}  // namespace weft
