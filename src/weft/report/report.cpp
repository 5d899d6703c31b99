#include "weft/report/report.h"

#include <fstream>

#include "weft/base/check.h"
#include "weft/report/page.h"
#include "weft/report/run_axes.h"
#include "weft/report/sections.h"

namespace weft {

std::string report_html(const ReportInput& input) {
  const RunAxes axes(input);
  std::string html = verdict_section(input) + tiles_section(input) + facts_section(input, axes);
  const std::string loss = loss_section(input, axes);
  if (!loss.empty()) html += switch_labels_html(axes.has_epochs(), "Loss and gradient");
  html += loss + "<div class=\"pairs\">\n" + metrics_section(input, axes) + gradient_section(input, axes) +
          rate_section(input, axes) + throughput_section(input, axes) + memory_section(input) + "</div>\n";
  html += ranks_section(input) + kinds_section(input) + ops_section(input) + loading_section(input, axes) +
          bytes_section(input) + text_sections(input);
  return page_html(input.title, switches_html(axes.has_epochs()), html);
}

void write_report(const std::filesystem::path& path, const ReportInput& input) {
  std::ofstream out(path, std::ios::binary);
  out << report_html(input) << std::flush;
  if (!out)
    user_error("{}: the report cannot be written; does its folder exist, is the disk full?", path.string());
}

}  // namespace weft
