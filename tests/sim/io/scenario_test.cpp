// Of sim/io/scenario_table.h: scenarios as files, and what is wrong with them.
#include "weft/sim/io/scenario.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "weft/base/check.h"
#include "weft/sim/io/policy_registry.h"

namespace weft {
namespace {

const char* const kGood = R"(name = "small"
[run]
ranks = 2
batch = 3
epochs = 4
seed = 5
policies = ["naive", "weft"]
[dataset]
samples = 60
mean_mb = 0.1
deviation_mb = 0
[cluster]
compute_mb_s = 64
preprocess_mb_s = 200
network_mb_s = 24000
file_system_mb_s = [[1, 338], [4, 1540]]
[staging]
capacity_gb = 5
threads = 8
write_mb_s = 111300
[[tier]]
name = "RAM"
capacity_gb = 1.5
threads = 4
read_mb_s = [[1, 28000], [4, 85800]]
write_mb_s = 85800
)";

/// kGood with a line in place of another.
std::string with(const std::string& line, const std::string& other) {
  std::string text = kGood;
  const size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return text.replace(at, line.size(), other);
}

std::string complaint(const std::string& text) {
  try {
    parse_io_scenario(text, "s.toml");
  } catch (const UserError& error) {
    return error.what();
  }
  return "none";
}

TEST(IoScenario, ReadsEveryKey) {
  const IoScenario scenario = parse_io_scenario(kGood, "s.toml");
  EXPECT_EQ(scenario.name, "small");
  EXPECT_EQ(scenario.ranks, 2);
  EXPECT_EQ(scenario.batch, 3);
  EXPECT_EQ(scenario.epochs, 4);
  EXPECT_EQ(scenario.seed, 5U);
  EXPECT_EQ(scenario.policies, (std::vector<std::string>{"naive", "weft"}));
  EXPECT_EQ(scenario.samples, 60);
  EXPECT_EQ(scenario.file_system.read->at(4), 1540);
  EXPECT_EQ(scenario.staging_mb, 5000);
  ASSERT_EQ(scenario.tiers.size(), 1U);
  EXPECT_EQ(scenario.tiers[0].capacity_mb, 1500);
  EXPECT_EQ(scenario.tiers[0].read_mb_s(), 85800);
  EXPECT_EQ(parse_io_scenario(with("policies = [\"naive\", \"weft\"]\n", ""), "s.toml").policies,
            io_policy_names());
}

TEST(IoScenario, NamesTheLineAndTheNearestKey) {
  EXPECT_EQ(complaint(with("seed = 5", "seed = 5\npolices = [\"naive\"]")),
            "s.toml:7: run.polices: there is no such key; did you mean run.policies?");
  EXPECT_EQ(complaint(with("ranks = 2", "rank = 2")),
            "s.toml:3: run.rank: there is no such key; did you mean run.ranks?");
  EXPECT_EQ(complaint(with("[cluster]", "[clustre]")),
            "s.toml:12: clustre: there is no such key; did you mean cluster?");
  EXPECT_EQ(complaint(with("threads = 4", "threads = 4\nlatency = 3")),
            "s.toml:25: tier.latency: there is no such key");
  EXPECT_EQ(complaint(with("epochs = 4\n", "")), "s.toml:2: run.epochs is missing");
}

TEST(IoScenario, RefusesWhatMakesNoSense) {
  EXPECT_EQ(complaint(with("ranks = 2", "ranks = 0")),
            "s.toml:3: run.ranks: expected a whole number from 1 to 1048576");
  EXPECT_EQ(complaint(with("mean_mb = 0.1", "mean_mb = -1")),
            "s.toml:10: dataset.mean_mb: expected a number from 1e-9 to 1e9");
  EXPECT_EQ(complaint(with("network_mb_s = 24000", "network_mb_s = \"fast\"")),
            "s.toml:15: cluster.network_mb_s: expected a number from 1e-9 to 1e9");
  EXPECT_EQ(complaint(with("[[1, 338], [4, 1540]]", "[[4, 338], [1, 1540]]")),
            "s.toml:16: cluster.file_system_mb_s: the first numbers of the pairs have to increase");
  EXPECT_EQ(complaint(with("[[1, 338], [4, 1540]]", "[1, 338]")),
            "s.toml:16: cluster.file_system_mb_s: expected pairs as in [[1, 338], [4, 1540]], or one number");
  EXPECT_EQ(complaint(with("samples = 60", "samples = 5")),
            "s.toml:8: dataset: 5 samples do not fill one step of 2 ranks x 3");
  EXPECT_EQ(complaint(with("\"weft\"]", "\"weftt\"]")),
            "s.toml:7: run.policies: there is no policy \"weftt\"; did you mean \"weft\"?");
  EXPECT_EQ(complaint(with("samples = 60\nmean_mb = 0.1", "samples = 2000000\nmean_mb = 1e9")),
            "s.toml:8: dataset: 2000000 samples of 1000000000 MB are more than 1e12 MB");
  EXPECT_EQ(complaint("name = \"x\"\nname = 3").substr(0, 21), "s.toml:2:8: not TOML:");
  EXPECT_EQ(complaint("n\xc3\xa4me = 1"),
            "s.toml:1: not TOML: a character beyond ASCII stands outside of strings and comments");
}

TEST(IoScenario, RefusesWhatIsOfAnotherType) {
  const std::string policies = R"(["naive", "weft"])";
  for (const char* other : {R"("naive")", R"(["naive", 3])", "[]"}) {
    EXPECT_EQ(complaint(with(policies, other)), "s.toml:7: run.policies: expected a list of strings");
  }
  EXPECT_EQ(complaint(with("[[1, 338], [4, 1540]]", "[]")),
            "s.toml:16: cluster.file_system_mb_s: expected at least one pair");
  EXPECT_EQ(complaint("name = \"x\"\nrun = 3\n"), "s.toml:2: run: expected a section [run]");
  EXPECT_EQ(complaint(with("[[tier]]", "[tier]")), "s.toml:21: tier: expected sections [[tier]]");
}

TEST(IoScenario, RefusesMoreThanItCanHold) {
  std::string text = with("samples = 60\nmean_mb = 0.1", "samples = 20000000\nmean_mb = 0.001");
  text.replace(text.find("epochs = 4"), 10, "epochs = 1000");
  EXPECT_EQ(complaint(text), "s.toml:8: dataset: 20000000 samples x 1000 epochs is more than 2^34 accesses");
  std::string tiers = kGood;
  const std::string tier = tiers.substr(tiers.find("[[tier]]"));
  for (int i = 0; i < 8; ++i) tiers += tier;
  EXPECT_EQ(complaint(tiers), "s.toml:21: tier: 9 tiers, and there may be 8");
}

TEST(IoScenario, TakesRatesThatItDoesNotSayFromAMachine) {
  const std::string path =
      testing::TempDir() + "/weft-scenario-machine-" + std::to_string(getpid()) + ".json";
  std::ofstream(path) << R"({"network": [{"name": "node", "ranks": 2, "latency_us": 10, "mb_s": 3000}],
      "storage": {"file_system": {"read_mb_s": [[1, 100], [2, 150]]}}})";
  const std::string named = "network_mb_s = 24000\nfile_system_mb_s = [[1, 338], [4, 1540]]";
  const std::string line = "machine = \"" + path + "\"";
  const IoScenario scenario = parse_io_scenario(with(named, line), "s.toml");
  EXPECT_EQ(scenario.network.mb_s, 3000);
  EXPECT_EQ(scenario.network.latency_us, 10);
  EXPECT_EQ(scenario.file_system.read->at(2), 150);
  // What the scenario says itself goes before.
  const IoScenario said =
      parse_io_scenario(with("network_mb_s = 24000", "network_mb_s = 7\n" + line), "s.toml");
  EXPECT_EQ(said.network.mb_s, 7);
  EXPECT_EQ(said.network.latency_us, 0);
  EXPECT_EQ(said.file_system.read->at(4), 1540);
  std::string wide = with(named, line);
  wide.replace(wide.find("ranks = 2"), 9, "ranks = 4");
  EXPECT_EQ(complaint(wide),
            path + ": no network of 4 ranks was measured: give the scenario cluster.network_mb_s");
  std::ofstream(path) << R"({"network_latency_us": 3, "network_gbps": 1})";
  EXPECT_EQ(complaint(with(named, line)),
            path + ": no file system was measured: give the scenario cluster.file_system_mb_s");
  std::remove(path.c_str());
}

TEST(IoScenario, ReadsThePublishedOnes) {
  for (const char* name : {"mnist", "imagenet-1k", "imagenet-1k-fast", "openimages", "imagenet-22k",
                           "cosmoflow", "cosmoflow-512", "thousand-ranks", "slow-server"}) {
    const auto path =
        std::filesystem::path(WEFT_SOURCE_DIR) / "recipes" / "simulate" / (std::string(name) + ".toml");
    EXPECT_EQ(read_io_scenario(path).policies, io_policy_names()) << name;
  }
}

}  // namespace
}  // namespace weft
