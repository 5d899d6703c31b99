#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "weft/report/report.h"

namespace weft {

/// How a run stands, in the few words of a line among others.
struct RunOverview {
  std::filesystem::path folder;
  std::string state;  ///< "finished", "going on", "interrupted", "failed", "killed"; "": no record says
  int64_t step = 0;   ///< that it has reached
  int64_t steps = 0;  ///< in all; 0: not known
  std::optional<double> loss;
  std::optional<double> validation;  ///< the newest loss of the validation data
  std::string metric;                ///< the newest of the first metric, with its name
  double step_ms = 0;                ///< median_step_ms(); not above 0: none
  double began = 0;                  ///< or was made, where it has not; seconds since 1970; 0: not known
  std::string remark;                ///< why it failed, or why it cannot be read
  std::vector<std::string> changes;  ///< at which steps it went on as another
};

/// Of the run in `folder`, of which read_report_input() tells `input`.
RunOverview overview_of(const std::filesystem::path& folder, const ReportInput& input);

/// Folders of runs (they have a recipe.toml) in `folder` and below, but not below other runs; `folder` itself
/// where it is one. A folder below that nobody may look into is among them. UserError where `folder` cannot
/// be read.
std::vector<std::filesystem::path> find_runs(const std::filesystem::path& folder);

/// A line that names the columns and one a run, those that began first at the top; remarks stand below their
/// run.
std::string overview_table(std::vector<RunOverview> runs);

}  // namespace weft
