#include "weft/report/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "weft/report/text.h"

namespace weft {
namespace {

constexpr size_t kOpsShown = 16;

/// The same colour for a phase in every section.
class PhaseColors {
 public:
  explicit PhaseColors(const ReportInput& input) {
    for (const OpTime& op : input.ops) phases_.insert(op.phase);
  }
  int of(const std::string& phase) {
    constexpr std::ptrdiff_t kColors = 6;
    const std::ptrdiff_t place = std::distance(phases_.begin(), phases_.find(phase));
    return seen_.emplace(phase, static_cast<int>(1 + place % kColors)).first->second;
  }
  std::string legend() const {
    std::vector<std::pair<int, std::string>> keys;
    for (const auto& [phase, color] : seen_) keys.emplace_back(color, phase);
    std::sort(keys.begin(), keys.end());
    std::string html = "<p class=\"legend\">";
    for (const auto& [color, phase] : keys) {
      html += fmt::format("<span class=\"key area k{}\"><i></i>{}</span>", color, escape_html(phase));
    }
    return html + "</p>";
  }

 private:
  std::set<std::string> phases_;
  std::map<std::string, int> seen_;  ///< of this section
};

/// "12.3 GF/s · 45.6 GB/s"; what is unknown is left out.
std::string rates_of(const OpTime& op) {
  std::string text;
  if (op.total_ms <= 0) return text;
  if (op.flops > 0) text += human_number(static_cast<double>(op.flops) / (op.total_ms * 1e6)) + " GF/s";
  if (op.bytes > 0) {
    if (!text.empty()) text += " · ";
    text += human_number(static_cast<double>(op.bytes) / (op.total_ms * 1e6)) + " GB/s";
  }
  return text;
}

std::string op_bar(const OpTime& op, double share, double share_of_longest, int color) {
  return fmt::format(
      "<div class=\"op\"><span class=\"name\">{}<small>×{}</small></span><span class=\"rate\">{}</span>"
      "<span class=\"ms\">{}</span><span class=\"share\">{:.1f}%</span>"
      "<span class=\"track\"><i class=\"b{}\" style=\"width:{:.2f}%\"></i></span></div>\n",
      escape_html(op.name), op.calls, rates_of(op), human_ms(op.total_ms), share * 100, color,
      share_of_longest * 100);
}

std::string byte_bar(const char* kind, int64_t bytes, int64_t most) {
  return fmt::format("<i class=\"{}\" style=\"width:{:.2f}%\"></i>", kind,
                     100.0 * static_cast<double>(bytes) / static_cast<double>(std::max<int64_t>(most, 1)));
}

std::string difference_of(const ByteRow& row) {
  if (row.predicted == row.counted) return "<span class=\"good\">equal</span>";
  if (row.predicted == 0) return "<span class=\"bad\">unforeseen</span>";
  const double difference =
      100.0 * (static_cast<double>(row.counted) / static_cast<double>(row.predicted) - 1);
  return fmt::format("<span class=\"{}\">{:+.2f}%</span>", std::abs(difference) < 1 ? "good" : "bad",
                     difference);
}

std::string details(const std::string& summary, const std::string& text) {
  return fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n", escape_html(summary),
                     escape_html(text));
}

}  // namespace

std::string section_html(const std::string& title, const std::string& about, const std::string& body,
                         const std::string& place) {
  const std::string line = about.empty() ? "" : fmt::format("<p class=\"about\">{}</p>", escape_html(about));
  return fmt::format("<section class=\"{}\"><h2>{}</h2>{}\n{}</section>\n", place, escape_html(title), line,
                     body);
}

std::string ops_section(const ReportInput& input) {
  if (input.ops.empty()) return "";
  std::vector<OpTime> ops = input.ops;
  std::stable_sort(ops.begin(), ops.end(),
                   [](const OpTime& a, const OpTime& b) { return a.total_ms > b.total_ms; });
  double total = 0;
  for (const OpTime& op : ops) total += op.total_ms;
  const double longest = std::max(ops.front().total_ms, 1e-12);
  PhaseColors colors(input);
  std::string shown;
  std::string rest;
  for (size_t i = 0; i < ops.size(); ++i) {
    std::string& target = i < kOpsShown ? shown : rest;
    target += op_bar(ops[i], total > 0 ? ops[i].total_ms / total : 0, ops[i].total_ms / longest,
                     colors.of(ops[i].phase));
  }
  std::string body = colors.legend() + "<div class=\"ops\">\n" + shown + "</div>";
  if (!rest.empty()) {
    body += fmt::format("<details><summary>{} more</summary><div class=\"ops\">{}</div></details>",
                        ops.size() - kOpsShown, rest);
  }
  return section_html("Time by op",
                      fmt::format("{} in all, longest first. Times are measured; rates are the plan's flops "
                                  "and least bytes a second.",
                                  human_ms(total)),
                      body, "tall");
}

std::string bytes_section(const ReportInput& input) {
  if (input.bytes.empty()) return "";
  std::string rows;
  for (const ByteRow& row : input.bytes) {
    // Each row against its own larger number: classes differ by orders of magnitude.
    const int64_t most = std::max(row.predicted, row.counted);
    rows +=
        fmt::format("<tr><th>{}<span class=\"pair\">{}{}</span></th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                    escape_html(row.kind), byte_bar("predicted", row.predicted, most),
                    byte_bar("counted", row.counted, most), human_bytes(static_cast<double>(row.predicted)),
                    human_bytes(static_cast<double>(row.counted)), difference_of(row));
  }
  const std::string body =
      "<table><thead><tr><th>class</th><td><span class=\"key predicted\"><i></i>predicted</span></td>"
      "<td><span class=\"key counted\"><i></i>counted</span></td><td></td></tr></thead><tbody>\n" +
      rows + "</tbody></table>";
  return section_html(
      "Bytes moved",
      "What the plan predicted beside what was counted on rank 0: memory by the kernel, in whole "
      "pages; network by what MPI was handed.",
      body);
}

std::string text_sections(const ReportInput& input) {
  std::string html;
  if (!input.sample.empty()) {
    html += section_html("Sample", "", fmt::format("<blockquote>{}</blockquote>", escape_html(input.sample)));
  }
  if (!input.notes.empty()) {
    std::string items;
    for (const std::string& note : input.notes) items += fmt::format("<li>{}</li>", escape_html(note));
    html += section_html("Notes", "", "<ul>" + items + "</ul>");
  }
  if (!input.recipe.empty()) html += section_html("Recipe", "", details("as resolved", input.recipe), "wide");
  return html;
}

}  // namespace weft
