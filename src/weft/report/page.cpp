#include "weft/report/page.h"

#include <fmt/format.h>

#include "weft/report/style.h"
#include "weft/report/text.h"

namespace weft {

std::string page_html(const std::string& title, const std::string& switches, const std::string& body) {
  const std::string escaped = escape_html(title);
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n", escaped, report_css());
  html += switches + fmt::format("<main>\n<header><h1>{}</h1></header>\n", escaped) + body;
  html += "<footer>Written by Weft.</footer>\n</main>\n";
  html += fmt::format("<script>{}</script>\n</body>\n</html>\n", report_script());
  return html;
}

std::string switches_html(bool by_epoch) {
  std::string html;
  const auto button = [&](const char* group, const char* id, bool is_on) {
    html += fmt::format("<input type=\"radio\" name=\"{}\" id=\"{}\"{}>", group, id, is_on ? " checked" : "");
  };
  button("x", "x-step", true);
  if (by_epoch) button("x", "x-epoch", false);
  button("x", "x-time", false);
  button("y", "y-linear", true);
  button("y", "y-log", false);
  return html + "\n";
}

std::string switch_labels_html(bool by_epoch, const std::string& logarithmic) {
  std::string html = "<div class=\"switch\"><span>Charts by</span><label for=\"x-step\">step</label>";
  if (by_epoch) html += "<label for=\"x-epoch\">epoch</label>";
  return html + fmt::format(
                    "<label for=\"x-time\">time</label><span>{}</span><label for=\"y-linear\">linear</label>"
                    "<label for=\"y-log\">logarithmic</label></div>\n",
                    escape_html(logarithmic));
}

}  // namespace weft
