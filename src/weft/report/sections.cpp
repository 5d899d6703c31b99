#include "weft/report/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "weft/report/text.h"

namespace weft {
namespace {

std::string byte_bar(const char* kind, int64_t bytes, int64_t most) {
  return fmt::format("<i class=\"{}\" style=\"width:{:.2f}%\"></i>", kind,
                     100.0 * static_cast<double>(bytes) / static_cast<double>(std::max<int64_t>(most, 1)));
}

/// Red is for what nobody expects: much more than predicted, and more than rounding explains.
std::string difference_of(const ByteRow& row) {
  if (row.predicted == row.counted) return "equal";
  if (row.predicted == 0) return "<span class=\"bad\">not predicted</span>";
  const double difference =
      100.0 * (static_cast<double>(row.counted) / static_cast<double>(row.predicted) - 1);
  constexpr double kMuch = 10;
  const std::string text = fmt::format("{:+.2f}%", difference);
  const bool is_explained = row.counted - row.predicted <= row.rounding;
  return difference > kMuch && !is_explained ? "<span class=\"bad\">" + text + "</span>" : text;
}

std::string details(const std::string& summary, const std::string& text) {
  return fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n", escape_html(summary),
                     escape_html(text));
}

}  // namespace

std::string section_html(const std::string& title, const std::string& about, const std::string& body,
                         const std::string& place) {
  if (body.empty()) return "";
  const std::string line = about.empty() ? "" : fmt::format("<p class=\"about\">{}</p>", escape_html(about));
  return fmt::format("<section class=\"{}\"><h2>{}</h2>{}\n{}</section>\n", place, escape_html(title), line,
                     body);
}

std::string bar_html(int style, double percent) {
  if (!(percent > 0)) return "";
  return fmt::format("<i class=\"b{}\" style=\"width:{:.2f}%\"></i>", style, percent);
}

std::string bar_key(int style, const std::string& meaning) {
  return fmt::format("<span class=\"key\"><i class=\"b{}\"></i>{}</span>", style, escape_html(meaning));
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
      "<table><thead><tr><th>bytes of</th><td><span class=\"key predicted\"><i></i>predicted</span></td>"
      "<td><span class=\"key counted\"><i></i>counted</span></td><td></td></tr></thead><tbody>\n" +
      rows + "</tbody></table>";
  return section_html(
      "Memory and network",
      "What the plan predicted beside what was counted on rank 0: memory by the kernel, in whole "
      "pages, which may be some more; network by what MPI was handed.",
      body);
}

std::string text_sections(const ReportInput& input) {
  std::string html;
  if (!input.sample.empty()) {
    const std::string about =
        input.sample_step > 0
            ? fmt::format("What the model wrote after step {}; what it was given is underlined.",
                          human_count(static_cast<double>(input.sample_step)))
            : "";
    const std::string prompt = input.prompt.empty() ? "" : "<u>" + escape_html(input.prompt) + "</u>";
    html += section_html("Sample", about,
                         fmt::format("<blockquote>{}{}</blockquote>", prompt, escape_html(input.sample)));
  }
  if (!input.notes.empty()) {
    std::string items;
    for (const std::string& note : input.notes) items += fmt::format("<li>{}</li>", escape_html(note));
    html += section_html("Notes", "", "<ul>" + items + "</ul>");
  }
  if (!input.recipe.empty()) html += section_html("Recipe", "", details("as resolved", input.recipe));
  return html;
}

}  // namespace weft
