#include "weft/report/run_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

namespace weft {

// Members by name, both ways.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunPart, began, seen, after_step, changes, command, version,
                                                host, machine, mesh)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunFact, name, value)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MetricFact, name, better, is_share)

std::vector<std::string> resumed_with_changes(const RunRecord& record) {
  std::vector<std::string> said;
  for (const RunPart& part : record.parts) {
    if (part.changes.empty()) continue;
    said.push_back(fmt::format("resumed after step {} with changes: {}", part.after_step,
                               fmt::join(part.changes, ", ")));
  }
  return said;
}

void to_json(nlohmann::json& json, const RunRecord& record) {
  json = {{"state", name_of(record.state)},
          {"why", record.why},
          {"step", record.step},
          {"steps", record.steps},
          {"steps_per_epoch", record.steps_per_epoch},
          {"skipped_updates", record.skipped_updates},
          {"bad_samples", record.bad_samples},
          {"facts", record.facts},
          {"metrics", record.metrics},
          {"parts", record.parts}};
}

void from_json(const nlohmann::json& json, RunRecord& record) {
  const RunRecord empty;
  record.state =
      named<RunState>(json.value("state", std::string(name_of(empty.state)))).value_or(empty.state);
  record.why = json.value("why", empty.why);
  record.step = json.value("step", empty.step);
  record.steps = json.value("steps", empty.steps);
  record.steps_per_epoch = json.value("steps_per_epoch", empty.steps_per_epoch);
  record.skipped_updates = json.value("skipped_updates", empty.skipped_updates);
  record.bad_samples = json.value("bad_samples", empty.bad_samples);
  record.facts = json.value("facts", empty.facts);
  record.metrics = json.value("metrics", empty.metrics);
  record.parts = json.value("parts", empty.parts);
}

}  // namespace weft
