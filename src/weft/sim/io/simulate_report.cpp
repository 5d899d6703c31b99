// What a comparison looks like to people and to programs.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "weft/sim/io/policy_registry.h"
#include "weft/sim/io/simulate.h"

namespace weft {

namespace {

constexpr double kMbPerGb = 1000;

std::string time_text(double seconds) {
  if (seconds < 100) return fmt::format("{:.2f} s", seconds);
  if (seconds < 6000) return fmt::format("{:.1f} min", seconds / 60);
  return fmt::format("{:.2f} h", seconds / 3600);
}

/// What other runs are compared with; null where the baseline did not run.
const IoResult* baseline_of(const IoComparison& comparison) {
  const std::optional<std::string> baseline = io_baseline();
  for (const IoResult& run : comparison.runs) {
    if (run.policy == baseline && run.seconds > 0) return &run;
  }
  return nullptr;
}

/// Slowest first; what cannot run last.
std::vector<const IoResult*> by_time(const IoComparison& comparison) {
  std::vector<const IoResult*> order;
  for (const IoResult& run : comparison.runs) order.push_back(&run);
  std::stable_sort(order.begin(), order.end(), [](const IoResult* a, const IoResult* b) {
    if (a->unsupported.empty() != b->unsupported.empty()) return a->unsupported.empty();
    return a->seconds > b->seconds;
  });
  return order;
}

std::string row_text(const IoResult& run, const IoComparison& comparison, const IoResult* baseline) {
  if (!run.unsupported.empty()) return fmt::format("{:<21} cannot run: {}\n", run.policy, run.unsupported);
  std::string text =
      fmt::format("{:<21} {:>10} {:>8} {:>9.3f} {:>6.1f}% {:>11.1f} {:>11.1f} {:>11.1f} {:>7.1f}%",
                  run.policy, time_text(run.seconds),
                  baseline != nullptr ? fmt::format("{:.3f}", run.seconds / baseline->seconds) : "-",
                  run.seconds / comparison.bound_s, 100 * run.stall_share(), run.file_system_mb / kMbPerGb,
                  run.peer_mb / kMbPerGb, run.local_mb / kMbPerGb, 100 * run.covered);
  if (run.prepare_s > 0) text += fmt::format("  {} before training", time_text(run.prepare_s));
  if (run.read < 1) text += fmt::format("  trains on {:.1f}% of the samples", 100 * run.read);
  return text + "\n";
}

}  // namespace

std::string to_text(const IoComparison& comparison) {
  const IoScenario& scenario = comparison.scenario;
  double tiers_mb = 0;
  for (const TierSpec& tier : scenario.tiers) tiers_mb += tier.capacity_mb * scenario.ranks;
  std::string text = fmt::format(
      "{}: {} ranks x {} samples a step, {} epochs of {} samples, {:.1f} GB; tiers of all ranks {:.1f} GB\n",
      scenario.name, scenario.ranks, scenario.batch, scenario.epochs, scenario.samples,
      comparison.total_mb / kMbPerGb, tiers_mb / kMbPerGb);
  const IoResult* const baseline = baseline_of(comparison);
  text += fmt::format("{:<21} {:>10} {:>8} {:>9} {:>7} {:>11} {:>11} {:>11} {:>8}\n", "policy", "time",
                      baseline != nullptr ? "x " + baseline->policy : "-", "x bound", "stall", "file sys GB",
                      "peers GB", "local GB", "covered");
  for (const IoResult* run : by_time(comparison)) text += row_text(*run, comparison, baseline);
  if (baseline == nullptr) text += "The baseline did not run: times are compared with the bound alone.\n";
  return text;
}

std::string to_json(const IoComparison& comparison) {
  using Json = nlohmann::ordered_json;
  const IoScenario& scenario = comparison.scenario;
  const IoResult* const baseline = baseline_of(comparison);
  Json policies = Json::array();
  for (const IoResult& run : comparison.runs) {
    Json entry = {{"policy", run.policy}};
    if (!run.unsupported.empty()) {
      entry["unsupported"] = run.unsupported;
      policies.push_back(std::move(entry));
      continue;
    }
    entry["seconds"] = run.seconds;
    entry["prepare_seconds"] = run.prepare_s;
    if (baseline != nullptr) entry["ratio_to_" + baseline->policy] = run.seconds / baseline->seconds;
    entry["ratio_to_bound"] = run.seconds / comparison.bound_s;
    entry["stall_share"] = run.stall_share();
    entry["file_system_mb"] = run.file_system_mb;
    entry["peer_mb"] = run.peer_mb;
    entry["local_mb"] = run.local_mb;
    entry["covered"] = run.covered;
    entry["samples_read"] = run.read;
    policies.push_back(std::move(entry));
  }
  const Json json = {{"scenario", scenario.name},         {"ranks", scenario.ranks},
                     {"epochs", scenario.epochs},         {"samples", scenario.samples},
                     {"dataset_mb", comparison.total_mb}, {"bound_seconds", comparison.bound_s},
                     {"policies", std::move(policies)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weft
