#pragma once
// The sections of the report, one function each; "" where the input has nothing for it.
#include <string>

#include "weft/report/report.h"
#include "weft/report/run_axes.h"

namespace weft {

/// What became of the run.
std::string verdict_section(const ReportInput& input);
/// Date, duration, model, data, machine, version, command, resumes.
std::string facts_section(const ReportInput& input, const RunAxes& axes);
/// Headline numbers.
std::string tiles_section(const ReportInput& input);

// Charts over the steps of the run.
std::string loss_section(const ReportInput& input, const RunAxes& axes);
/// One for each metric of the validation data.
std::string metrics_section(const ReportInput& input, const RunAxes& axes);
std::string gradient_section(const ReportInput& input, const RunAxes& axes);
std::string rate_section(const ReportInput& input, const RunAxes& axes);
std::string throughput_section(const ReportInput& input, const RunAxes& axes);
/// Over the operations of one step.
std::string memory_section(const ReportInput& input);

/// What each rank spends its time with.
std::string ranks_section(const ReportInput& input);
/// Predicted beside measured time by kind of operation.
std::string kinds_section(const ReportInput& input);
/// Time and bytes by the class of the work.
std::string classes_section(const ReportInput& input);
/// Time by operation: bars with share, GF/s and GB/s.
std::string ops_section(const ReportInput& input);
/// Bytes predicted beside bytes counted.
std::string bytes_section(const ReportInput& input);
/// What loading did: waits, bytes by origin, latencies, what the tiers hold.
std::string loading_section(const ReportInput& input, const RunAxes& axes);
/// Sample, notes, recipe.
std::string text_sections(const ReportInput& input);

/// <section> with a heading; `title` and `about` are plain text, `body` is HTML. `place`: "" is as wide as
/// the page, "half" half of it, where the page is wide.
std::string section_html(const std::string& title, const std::string& about, const std::string& body,
                         const std::string& place = "");

/// A coloured bar of so many percent of its track; `style` is 1-based, each with a pattern of its own.
std::string bar_html(int style, double percent);
/// The sample of a bar's colour and pattern, with its meaning.
std::string bar_key(int style, const std::string& meaning);

/// Means by step of what `get` gives of a row (NaN: nothing), as a chart draws it: the measured line, faint,
/// and its smoothed twin where that is another.
struct Chart;
void add_measured(Chart& chart, const std::string& label,
                  const std::vector<std::pair<double, double>>& points, int style);

}  // namespace weft
