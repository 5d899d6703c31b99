// comparison_html() of comparison.h.
#include <fmt/format.h>

#include <algorithm>

#include "weft/report/chart.h"
#include "weft/report/comparison.h"
#include "weft/report/page.h"
#include "weft/report/sections.h"
#include "weft/report/text.h"

namespace weft {

namespace {

/// Styles that a page has; more runs begin again with the first.
constexpr size_t kStyles = 6;

int style_of(size_t run) { return static_cast<int>(run % kStyles) + 1; }

std::string label_of(const std::vector<ComparedRun>& runs, size_t i) {
  return fmt::format("{}: {}", i + 1, runs[i].name);
}

std::string table_html(const std::vector<ComparedRun>& runs, const std::vector<ComparedLine>& lines) {
  std::string html = "<div class=\"compared\"><table><thead><tr><th></th>";
  for (size_t i = 0; i < runs.size(); ++i) html += fmt::format("<th>{}</th>", escape_html(label_of(runs, i)));
  html += "</tr></thead><tbody>\n";
  for (const ComparedLine& line : lines) {
    html += fmt::format("<tr><th>{}</th>", escape_html(line.what));
    for (const std::string& value : line.values) html += fmt::format("<td>{}</td>", escape_html(value));
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string loss_chart(const std::vector<ComparedRun>& runs) {
  Chart chart;
  for (size_t i = 0; i < runs.size(); ++i) {
    Points points;
    for (const MetricsRow& row : runs[i].input.metrics)
      points.emplace_back(static_cast<double>(row.step), row.loss);
    constexpr int64_t kFew = 60;  // below, nothing has to be smoothed
    if (std::ssize(points) > kFew) points = smooth(points, std::ssize(points) / kFew);
    chart.series.push_back({label_of(runs, i), Mark::line, style_of(i), std::move(points)});
  }
  return chart_html(chart);
}

std::string measured_chart(const std::vector<ComparedRun>& runs, const std::string& name) {
  Chart chart;
  for (size_t i = 0; i < runs.size(); ++i) {
    std::optional<Measured> measured = find_measured(runs[i].input, name);
    if (!measured) continue;
    if (measured->is_share) chart.unit = Unit::share;
    chart.series.push_back({label_of(runs, i), Mark::joined_dots, style_of(i), std::move(measured->points)});
  }
  return chart_html(chart);
}

}  // namespace

std::string comparison_html(const std::vector<ComparedRun>& runs, const std::vector<ComparedLine>& keys) {
  std::string html;
  const std::string equal = "<p>The recipes are equal.</p>";
  html += section_html("How they went", "", table_html(runs, compare_courses(runs)));
  std::string recipes = keys.empty() ? equal : table_html(runs, keys);
  for (const std::string& note : comparison_notes(runs)) recipes += "<p>" + escape_html(note) + "</p>";
  html += section_html("Recipes", "", recipes);
  if (const std::string chart = loss_chart(runs); !chart.empty()) {
    html += section_html("Training loss", "Smoothed.", chart);
  }
  for (const std::string& name : names_of_measured(runs)) {
    html +=
        section_html(name == kValidationLoss ? name : "Validation: " + name, "", measured_chart(runs, name));
  }
  return page_html(fmt::format("{} runs compared", runs.size()), "", html);
}

}  // namespace weft
