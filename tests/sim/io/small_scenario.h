#pragma once
#include <algorithm>
#include <string_view>

#include "weft/sim/io/policy_registry.h"
#include "weft/sim/io/simulate.h"

namespace weft {

/// A cluster of the paper's rates with little storage and a data set of a few thousand samples.
inline IoScenario small_scenario() {
  IoScenario scenario;
  scenario.name = "small";
  scenario.ranks = 4;
  scenario.batch = 8;
  scenario.epochs = 4;
  scenario.seed = 7;
  scenario.policies = io_policy_names();
  scenario.samples = 3000;
  scenario.mean_mb = 0.1;
  scenario.deviation_mb = 0.05;
  scenario.compute_mb_s = 64;
  scenario.preprocess_mb_s = 200;
  scenario.network = {.name = "network", .latency_us = 0, .mb_s = 24000};
  scenario.file_system.read = RateTable({{1, 338}, {4, 1540}, {8, 2871}, {16, 4787}, {32, 5266}});
  scenario.staging_mb = 20;
  scenario.staging_threads = 8;
  scenario.staging.write = RateTable({{8, 111300}});
  scenario.tiers.push_back({"RAM", 60, 4, {RateTable({{4, 85800}}), RateTable({{4, 85800}})}});
  scenario.tiers.push_back({"SSD", 60, 2, {RateTable({{2, 1168}}), RateTable({{2, 1168}})}});
  return scenario;
}

/// The same with a file system so slow that training waits for it.
inline IoScenario slow_file_system() {
  IoScenario scenario = small_scenario();
  scenario.file_system.read = RateTable({{1, 20}, {4, 40}});
  return scenario;
}

inline const IoResult& run_of(const IoComparison& comparison, std::string_view policy) {
  return *std::find_if(comparison.runs.begin(), comparison.runs.end(),
                       [&](const IoResult& run) { return run.policy == policy; });
}

}  // namespace weft
