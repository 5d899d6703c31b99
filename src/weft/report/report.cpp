#include "weft/report/report.h"

#include <fmt/format.h>

#include <fstream>

#include "weft/base/check.h"
#include "weft/report/sections.h"
#include "weft/report/style.h"
#include "weft/report/text.h"

namespace weft {

std::string report_html(const ReportInput& input) {
  const std::string title = escape_html(input.title);
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n", title, report_css());
  html += fmt::format("<header><h1>{}</h1>", title);
  if (!input.run.why.empty()) html += fmt::format("<p class=\"sub\">{}</p>", escape_html(input.run.why));
  html += "</header>\n" + tiles_section(input) + "<div class=\"cards\">\n";
  for (const auto section : {loss_section, metrics_section, throughput_section, rate_section, ops_section,
                             memory_section, loading_section, bytes_section, text_sections}) {
    html += section(input);
  }
  html += "</div>\n<footer>Written by Weft.</footer>\n</main>\n";
  html += fmt::format("<script>{}</script>\n</body>\n</html>\n", report_script());
  return html;
}

void write_report(const std::filesystem::path& path, const ReportInput& input) {
  std::ofstream out(path, std::ios::binary);
  out << report_html(input) << std::flush;
  if (!out)
    user_error("{}: the report cannot be written; does its folder exist, is the disk full?", path.string());
}

}  // namespace weft
