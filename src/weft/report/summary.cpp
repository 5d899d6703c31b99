// The head of the report: verdict, facts, headline numbers.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "weft/report/row_fields.h"
#include "weft/report/sections.h"
#include "weft/report/text.h"
#include "weft/report/verdict.h"

namespace weft {
namespace {

struct OutcomeLook {
  const char* name;
  const char* sign;
};

/// A sign beside the colour: grey paper has no colours.
OutcomeLook look_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::finished:
      return {"finished", "✓"};
    case Outcome::going_on:
      return {"going", "▶"};
    case Outcome::interrupted:
      return {"stopped", "❚❚"};
    case Outcome::failed:
      return {"failed", "✕"};
    case Outcome::unsaid:
      return {"failed", "?"};
  }
  return {"failed", "?"};
}

std::string tile(const std::string& value, const std::string& what) {
  return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span></div>", escape_html(value),
                     escape_html(what));
}

/// Short ones first, side by side; then long ones, each in a row of its own, so that nothing is left empty.
class FactList {
 public:
  void add(const std::string& name, const std::string& value) {
    if (value.empty()) return;
    constexpr size_t kColumn = 44;  // bytes
    const bool is_long = value.size() > kColumn;
    (is_long ? long_ : short_) +=
        fmt::format("<div{}><dt>{}</dt><dd>{}</dd></div>", is_long ? " class=\"long\"" : "",
                    escape_html(name), escape_html(value));
  }
  std::string html() const { return short_ + long_; }

 private:
  std::string short_;
  std::string long_;
};

/// When this part was heard of last.
double end_of(const ReportInput& input, size_t part) {
  const std::vector<RunPart>& parts = input.run.parts;
  double end = parts[part].seen;
  for (const MetricsRow& row : input.metrics) {
    const bool is_own = row.time.value_or(0) >= parts[part].began &&
                        (part + 1 == parts.size() || *row.time < parts[part + 1].began);
    if (is_own) end = std::max(end, *row.time);
  }
  return end;
}

std::string resumes_of(const RunRecord& run) {
  std::string text;
  for (size_t i = 1; i < run.parts.size(); ++i) {
    const RunPart& part = run.parts[i];
    text += fmt::format("{}after step {}, {} on {}", text.empty() ? "" : "; ",
                        human_count(static_cast<double>(part.after_step)), human_date(part.began), part.host);
    if (part.version != run.parts[i - 1].version) text += ", by Weft " + part.version;
    if (part.mesh != run.parts[i - 1].mesh) text += ", with " + part.mesh;
  }
  return text;
}

}  // namespace

std::string verdict_section(const ReportInput& input) {
  const Verdict verdict = verdict_of(input);
  const bool is_unknown = verdict.outcome == Outcome::unsaid && input.run.parts.empty();
  const OutcomeLook look = is_unknown ? OutcomeLook{"stopped", "?"} : look_of(verdict.outcome);
  std::string html = fmt::format("<section class=\"verdict {}\"><h2><i>{}</i>{}</h2>", look.name, look.sign,
                                 escape_html(verdict.headline));
  for (const std::string& sentence : verdict.sentences)
    html += fmt::format("<p>{}</p>", escape_html(sentence));
  return html + "</section>\n";
}

std::string facts_section(const ReportInput& input, const RunAxes& axes) {
  const RunRecord& run = input.run;
  FactList list;
  if (!run.parts.empty()) {
    double worked = 0;
    for (size_t i = 0; i < run.parts.size(); ++i) worked += end_of(input, i) - run.parts[i].began;
    list.add("begun", human_date(run.parts.front().began));
    list.add(outcome_of(input) == Outcome::going_on ? "last heard of" : "ended",
             human_date(end_of(input, run.parts.size() - 1)));
    list.add("duration", human_seconds(worked));
  } else if (!input.metrics.empty()) {
    list.add("duration of the steps", human_seconds(axes.seconds()));
  }
  for (const RunFact& fact : run.facts) list.add(fact.name, fact.value);
  if (!run.parts.empty()) {
    const RunPart& last = run.parts.back();
    list.add("machine", last.host + (last.machine.empty() ? "" : ": " + last.machine));
    list.add("ranks", last.mesh);
    list.add("Weft", last.version);
    list.add("command", last.command);
    list.add("resumed", resumes_of(run));
    for (const std::string& change : resumed_with_changes(run)) list.add("changed", change);
  }
  if (run.skipped_updates > 0)
    list.add("updates left out", human_count(static_cast<double>(run.skipped_updates)));
  if (run.bad_samples > 0)
    list.add("bad samples left out", human_count(static_cast<double>(run.bad_samples)));
  const std::string html = list.html();
  return html.empty() ? "" : section_html("Facts", "", "<dl class=\"facts\">" + html + "</dl>");
}

std::string tiles_section(const ReportInput& input) {
  if (input.metrics.empty()) return "";
  const MetricsRow& last = input.metrics.back();
  std::string html = tile(human_count(static_cast<double>(last.step)), "steps");
  html += tile(human_number(last.loss), "last training loss");
  for (const Measured& measured : measured_on_validation(input)) {
    const auto best = best_of(measured);
    if (best) html += tile(value_text(best->second, measured.is_share), "best " + lower_case(measured.name));
  }
  if (last.tokens) html += tile(human_count(static_cast<double>(*last.tokens)), "tokens");
  html += tile(human_ms(median_step_ms(input)), "median step");
  if (input.planned_bytes > 0)
    html += tile(human_bytes(static_cast<double>(input.planned_bytes)), "memory planned");
  return fmt::format("<div class=\"tiles\">{}</div>\n", html);
}

}  // namespace weft
