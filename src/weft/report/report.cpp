#include "weft/report/report.h"

#include "weft/base/replaced_file.h"
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
  html += ranks_section(input) + classes_section(input) + kinds_section(input) + ops_section(input) +
          loading_section(input, axes) + bytes_section(input) + text_sections(input);
  return page_html(input.title, switches_html(axes.has_epochs()), html);
}

void write_report(const std::filesystem::path& path, const ReportInput& input) {
  const std::string html = report_html(input);
  ReplacedFile file(path, "report");
  file.write(html.data(), html.size());
  file.commit();
}

}  // namespace weft
