#pragma once
// What a report shows beside the metrics, kept in the run's folder (report.json) so that it can be drawn
// anew. It is written while the run goes on, too.
#include <filesystem>
#include <string_view>

#include "weft/report/report.h"

namespace weft {

/// Writes everything of the input but its metrics and its recipe, which the folder has anyway. What was there
/// stays until the new is whole. UserError.
void write_report_facts(const std::filesystem::path& run, const ReportInput& input);

/// Of the text of a report.json, which `name` names. UserError where it is broken.
ReportInput report_facts_from(std::string_view text, const std::string& name);
/// What report.json of the run says. UserError where it is broken or absent.
ReportInput read_report_facts(const std::filesystem::path& run);

/// The input of a run's report: report.json, metrics.jsonl and recipe.toml; `is_held`: whether a process
/// works on the run now. Where there is no report.json its report has the curves only, and a note that says
/// so; one that was not logged has no curves, and a note as well. UserError where a file is broken or the
/// folder is no run's.
ReportInput read_report_input(const std::filesystem::path& run, bool is_held = false);

}  // namespace weft
