// Of sim/io/simulate_report.cpp: what a comparison says beside its figures.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/sim/io/small_scenario.h"

namespace weft {
namespace {

IoComparison comparison_of(std::vector<std::string> policies) {
  IoScenario scenario = small_scenario();
  scenario.policies = std::move(policies);
  return simulate_io(scenario, nullptr);
}

constexpr const char* kNoBaseline = "The baseline did not run: times are compared with the bound alone.\n";

TEST(SimulateReport, ComparesWithTheBaseline) {
  ASSERT_EQ(io_baseline(), "naive");
  const IoComparison comparison = comparison_of({"naive", "weft"});
  const std::string text = to_text(comparison);
  EXPECT_NE(text.find(" x naive "), std::string::npos) << text;
  EXPECT_EQ(text.find(kNoBaseline), std::string::npos) << text;
  const auto policies = nlohmann::json::parse(to_json(comparison))["policies"];
  EXPECT_EQ(policies[0]["ratio_to_naive"], 1);
  EXPECT_EQ(policies[1]["ratio_to_naive"],
            run_of(comparison, "weft").seconds / run_of(comparison, "naive").seconds);
}

TEST(SimulateReport, SaysWhereTheBaselineDidNotRun) {
  const IoComparison comparison = comparison_of({"weft"});
  const std::string text = to_text(comparison);
  EXPECT_TRUE(text.ends_with(kNoBaseline)) << text;
  EXPECT_EQ(text.find("x naive"), std::string::npos) << text;
  EXPECT_FALSE(nlohmann::json::parse(to_json(comparison))["policies"][0].contains("ratio_to_naive"));
}

TEST(SimulateReport, HasOneBaseline) {
  const auto& entries = io_policies().entries();
  EXPECT_EQ(
      std::count_if(entries.begin(), entries.end(), [](const auto& entry) { return entry.is_baseline; }), 1);
}

}  // namespace
}  // namespace weft
