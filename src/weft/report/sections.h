#pragma once
// The sections of the report, one function each; "" where the input has nothing for it.
#include <string>

#include "weft/report/report.h"

namespace weft {

/// Loss, learning rate and throughput over the steps.
std::string loss_section(const ReportInput& input);
std::string rate_section(const ReportInput& input);
std::string throughput_section(const ReportInput& input);
/// A chart for each metric on the validation data.
std::string metrics_section(const ReportInput& input);
/// Headline numbers.
std::string tiles_section(const ReportInput& input);
/// Time by op: bars with share, GF/s and GB/s.
std::string ops_section(const ReportInput& input);
std::string memory_section(const ReportInput& input);
/// Bytes predicted beside bytes counted.
std::string bytes_section(const ReportInput& input);
/// What loading did: waits, bytes by origin, latencies, what the tiers hold.
std::string loading_section(const ReportInput& input);
/// Sample, notes, recipe.
std::string text_sections(const ReportInput& input);

/// <section> with a heading; `title` and `about` are plain text, `body` is HTML. `place` on a wide page: ""
/// is half its width, "wide" all of it, "tall" half of it and two rows.
std::string section_html(const std::string& title, const std::string& about, const std::string& body,
                         const std::string& place = "");

}  // namespace weft
