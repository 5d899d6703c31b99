#include "weft/report/facts.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/json_problem.h"
#include "weft/base/replaced_file.h"
#include "weft/base/text_file.h"
#include "weft/report/json_number.h"
#include "weft/report/run_files.h"

namespace weft {

// Members by name, both ways. What an earlier version did not write is as nobody filled it.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(OpTime, name, kind, phase, work, calls, total_ms,
                                                predicted_ms, ceiling_ms, least_ms, flops, least_bytes, bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RankTime, host, wall_ms, compute_ms, communication_ms,
                                                waiting_ms, loading_ms, keeping_ms)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MemoryPoint, instruction, live_bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ByteRow, kind, predicted, counted, rounding)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ReportInput, title, run, ops, ranks, priced_for, memory,
                                                planned_bytes, peak_op, bytes, prompt, sample, sample_step,
                                                notes)

void write_report_facts(const std::filesystem::path& run, const ReportInput& input) {
  // What a model wrote need not be UTF-8.
  const std::string text =
      nlohmann::json(input).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  ReplacedFile file(report_facts_of(run), "record of the run");
  file.write(text.data(), text.size());
  file.commit();
}

ReportInput report_facts_from(std::string_view text, const std::string& name) {
  try {
    // Times and counts: none comes near what no integer holds, as a damaged file may say it.
    const auto json = nlohmann::json::parse(text, [&](int, nlohmann::json::parse_event_t, const auto& value) {
      if (fits_an_integer(value)) return true;
      user_error("{}: not what `weft train` wrote: it says {:.3g}", name, value.template get<double>());
    });
    return json.get<ReportInput>();
  } catch (const nlohmann::json::exception& error) {
    user_error("{}: not what `weft train` wrote ({})", name, json_problem(error));
  }
}

ReportInput read_report_facts(const std::filesystem::path& run) {
  const std::filesystem::path path = report_facts_of(run);
  return report_facts_from(read_text(path, "record of the run"), path.string());
}

ReportInput read_report_input(const std::filesystem::path& run, bool is_held) {
  const std::string recipe = read_text(recipe_of(run), "recipe of the run");
  ReportInput input;
  if (std::filesystem::exists(report_facts_of(run))) {
    input = read_report_facts(run);
  } else {
    input.notes = {"There is no report.json: there are no times by op and no memory to show."};
  }
  if (input.title.empty()) input.title = run.filename().string();
  input.recipe = recipe;
  input.is_held = is_held;
  if (std::filesystem::exists(metrics_log_of(run))) {
    input.metrics = read_metrics(metrics_log_of(run), &input.log_damage);
    if (!input.log_damage.empty()) input.notes.push_back(input.log_damage);
  } else {
    input.notes.push_back(
        fmt::format("There is no {}: there are no curves to show.", metrics_log_of(run).filename().string()));
  }
  return input;
}

}  // namespace weft
