#include "weft/sim/io/simulate.h"

#include <memory>

#include "weft/sim/io/policy_registry.h"

namespace weft {

IoComparison simulate_io(const IoScenario& scenario, const std::function<void(double)>& on_progress) {
  const IoWorld world(scenario);
  std::vector<std::unique_ptr<IoRun>> runs;
  const auto add = [&](const std::string& name) {
    runs.push_back(std::make_unique<IoRun>(world, name, make_io_policy(name, world)));
    if (on_progress) on_progress(0);
  };
  for (const std::string& name : scenario.policies) add(name);
  add("lower-bound");  // whether asked for or not: others are compared with it
  const AccessStream& stream = *world.stream;
  std::vector<int64_t> samples(static_cast<size_t>(stream.batch()));
  for (int64_t step = 0; step < stream.steps(); ++step) {
    for (int64_t row = 0; row < stream.batch(); ++row) {
      samples[static_cast<size_t>(row)] = stream.sample(step, row);
    }
    for (const auto& run : runs) run->step(step, samples);
    if (on_progress) on_progress(static_cast<double>(step + 1) / static_cast<double>(stream.steps()));
  }
  IoComparison comparison;
  comparison.scenario = scenario;
  comparison.total_mb = world.total_mb;
  comparison.bound_s = runs.back()->result().seconds;
  runs.pop_back();
  for (const auto& run : runs) comparison.runs.push_back(run->result());
  return comparison;
}

}  // namespace weft
