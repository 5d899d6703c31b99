#include "weft/report/report.h"

#include <fmt/format.h>

#include <fstream>

#include "weft/base/check.h"
#include "weft/report/run_axes.h"
#include "weft/report/sections.h"
#include "weft/report/style.h"
#include "weft/report/text.h"

namespace weft {

namespace {

/// By what the charts are read: radio buttons that the style sheet looks at, so that no script is needed.
/// They stand before all that they change.
std::string switches(const RunAxes& axes) {
  std::string html;
  const auto button = [&](const char* group, const char* id, bool is_on) {
    html += fmt::format("<input type=\"radio\" name=\"{}\" id=\"{}\"{}>", group, id, is_on ? " checked" : "");
  };
  button("x", "x-step", true);
  if (axes.has_epochs()) button("x", "x-epoch", false);
  button("x", "x-time", false);
  button("y", "y-linear", true);
  button("y", "y-log", false);
  return html + "\n";
}

std::string switch_labels(const RunAxes& axes) {
  std::string html = "<div class=\"switch\"><span>Charts by</span><label for=\"x-step\">step</label>";
  if (axes.has_epochs()) html += "<label for=\"x-epoch\">epoch</label>";
  return html +
         "<label for=\"x-time\">time</label><span>Loss and gradient</span><label "
         "for=\"y-linear\">linear</label>"
         "<label for=\"y-log\">logarithmic</label></div>\n";
}

}  // namespace

std::string report_html(const ReportInput& input) {
  const RunAxes axes(input);
  const std::string title = escape_html(input.title);
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n", title, report_css());
  html += switches(axes) + fmt::format("<main>\n<header><h1>{}</h1></header>\n", title);
  html += verdict_section(input) + tiles_section(input) + facts_section(input, axes);
  const std::string loss = loss_section(input, axes);
  if (!loss.empty()) html += switch_labels(axes);
  html += loss + "<div class=\"pairs\">\n" + metrics_section(input, axes) + gradient_section(input, axes) +
          rate_section(input, axes) + throughput_section(input, axes) + memory_section(input) + "</div>\n";
  html += ranks_section(input) + kinds_section(input) + ops_section(input) + loading_section(input, axes) +
          bytes_section(input) + text_sections(input);
  html += "<footer>Written by Weft.</footer>\n</main>\n";
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
