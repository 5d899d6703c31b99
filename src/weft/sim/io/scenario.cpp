#include "weft/sim/io/scenario.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "weft/base/check.h"
#include "weft/base/nearest_key.h"
#include "weft/base/text_file.h"
#include "weft/sim/io/policy_registry.h"
#include "weft/sim/io/scenario_table.h"
#include "weft/toml/parse_toml.h"

namespace weft {

namespace {

constexpr double kMbPerGb = 1000;
constexpr int64_t kMostTiers = 8;
constexpr int64_t kMostThreads = 1024;
// Ranks and samples are kept in 32 bits, steps of a run in memory.
constexpr int64_t kMostRanks = 1 << 20;
constexpr int64_t kMostSamples = int64_t{1} << 31;
constexpr double kMostMb = 1e12;  // 10^18 bytes: counted in 64 bits
constexpr int64_t kMostAccesses = int64_t{1} << 34;

std::vector<std::string> policies_of(ScenarioTable& run) {
  std::vector<std::string> all = io_policy_names();
  if (!run.has("policies")) return all;
  std::vector<std::string> chosen = run.texts("policies");
  for (const std::string& name : chosen) {
    if (std::find(all.begin(), all.end(), name) != all.end()) continue;
    const auto near = nearest_key(name, all);
    user_error(
        "{}: there is no policy \"{}\"{}", run.where("policies"), name,
        near ? "; did you mean \"" + *near + "\"?" : fmt::format("; there are {}", fmt::join(all, ", ")));
  }
  return chosen;
}

void read_run(ScenarioTable run, IoScenario& scenario) {
  scenario.ranks = static_cast<int>(run.integer("ranks", 1, kMostRanks));
  scenario.batch = run.integer("batch", 1, 1 << 20);
  scenario.epochs = run.integer("epochs", 1, 1000);
  scenario.seed = static_cast<uint64_t>(run.integer("seed", 0, INT64_MAX));
  scenario.policies = policies_of(run);
  run.finish();
}

/// What `weft probe` measured, for what a scenario does not say itself.
struct MachineFile {
  std::filesystem::path path;
  Machine machine;

  NetworkLevel network_of(int ranks) const {
    std::vector<int> all(static_cast<size_t>(ranks));
    std::iota(all.begin(), all.end(), 0);
    const NetworkLevel* level = machine.level_of(all);
    if (level == nullptr || !level->latency_us || !level->mb_s) {
      user_error("{}: no network of {} ranks was measured: give the scenario cluster.network_mb_s",
                 path.string(), ranks);
    }
    return *level;
  }
  StorageRates file_system() const {
    const auto found = machine.storage.find(kFileSystem);
    if (found == machine.storage.end() || !found->second.read) {
      user_error("{}: no file system was measured: give the scenario cluster.file_system_mb_s",
                 path.string());
    }
    return found->second;
  }
};

std::optional<MachineFile> machine_of(ScenarioTable& cluster) {
  if (!cluster.has("machine")) return std::nullopt;
  const std::filesystem::path path = cluster.text("machine");
  return MachineFile{path, read_machine(path)};
}

void read_cluster(ScenarioTable cluster, IoScenario& scenario) {
  scenario.compute_mb_s = cluster.number("compute_mb_s");
  scenario.preprocess_mb_s = cluster.number("preprocess_mb_s");
  const std::optional<MachineFile> machine = machine_of(cluster);
  if (machine && !cluster.has("network_mb_s")) {
    scenario.network = machine->network_of(scenario.ranks);
  } else {
    scenario.network = {.name = "network", .latency_us = 0, .mb_s = cluster.number("network_mb_s")};
  }
  if (machine && !cluster.has("file_system_mb_s")) {
    scenario.file_system = machine->file_system();
  } else {
    scenario.file_system.read = cluster.rates("file_system_mb_s");
  }
  cluster.finish();
}

TierSpec tier_of(ScenarioTable& table) {
  TierSpec tier;
  tier.name = table.text("name");
  tier.capacity_mb = table.number("capacity_gb", /*or_zero=*/true) * kMbPerGb;
  tier.threads = static_cast<int>(table.integer("threads", 1, kMostThreads));
  tier.rates.read = table.rates("read_mb_s");
  tier.rates.write = table.rates("write_mb_s");
  table.finish();
  return tier;
}

void check_sizes(const ScenarioTable& root, const IoScenario& scenario) {
  const int64_t step = scenario.batch * scenario.ranks;
  if (scenario.samples < step) {
    user_error("{}: {} samples do not fill one step of {} ranks x {}", root.where("dataset"),
               scenario.samples, scenario.ranks, scenario.batch);
  }
  if (static_cast<double>(scenario.samples) * (scenario.mean_mb + scenario.deviation_mb) > kMostMb) {
    user_error("{}: {} samples of {} MB are more than 1e12 MB", root.where("dataset"), scenario.samples,
               scenario.mean_mb);
  }
  if (scenario.samples * scenario.epochs > kMostAccesses) {
    user_error("{}: {} samples x {} epochs is more than 2^34 accesses", root.where("dataset"),
               scenario.samples, scenario.epochs);
  }
}

}  // namespace

IoScenario parse_io_scenario(std::string_view text, std::string_view source_name) {
  const toml::table table = parse_toml(text, source_name);
  ScenarioTable root(table, "", source_name);
  IoScenario scenario;
  scenario.name = root.text("name");
  read_run(root.section("run"), scenario);
  ScenarioTable dataset = root.section("dataset");
  scenario.samples = dataset.integer("samples", 1, kMostSamples);
  scenario.mean_mb = dataset.number("mean_mb");
  scenario.deviation_mb = dataset.number("deviation_mb", /*or_zero=*/true);
  dataset.finish();
  read_cluster(root.section("cluster"), scenario);
  ScenarioTable staging = root.section("staging");
  scenario.staging_mb = staging.number("capacity_gb") * kMbPerGb;
  scenario.staging_threads = static_cast<int>(staging.integer("threads", 1, kMostThreads));
  scenario.staging.write = staging.rates("write_mb_s");
  staging.finish();
  for (ScenarioTable& tier : root.sections("tier")) scenario.tiers.push_back(tier_of(tier));
  if (std::ssize(scenario.tiers) > kMostTiers) {
    user_error("{}: {} tiers, and there may be {}", root.where("tier"), scenario.tiers.size(), kMostTiers);
  }
  root.finish();
  check_sizes(root, scenario);
  return scenario;
}

IoScenario read_io_scenario(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) user_error("{}: no such scenario file", path.string());
  return parse_io_scenario(read_text(path, "scenario"), path.string());
}

}  // namespace weft
