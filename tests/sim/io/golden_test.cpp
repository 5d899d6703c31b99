// Of sim/io/: figures of scenarios in recipes/simulate/ as they were before the simulator took its rates from
// a Machine and its times from prices: a change of either that moves them is seen here.
#include <gtest/gtest.h>

#include <map>

#include "weft/sim/io/simulate.h"

namespace weft {
namespace {

// Sums of the same numbers, compiled in another way.
constexpr double kRounding = 1e-9;

struct Figures {
  double seconds;
  double file_system_mb;
};

void expect_figures(const std::string& name, const std::map<std::string, Figures>& golden) {
  const IoComparison comparison = simulate_io(
      read_io_scenario(std::string(WEFT_SOURCE_DIR) + "/recipes/simulate/" + name + ".toml"), nullptr);
  size_t found = 0;
  for (const IoResult& run : comparison.runs) {
    if (!run.unsupported.empty()) continue;
    const Figures& figures = golden.at(run.policy);
    EXPECT_NEAR(run.seconds, figures.seconds, figures.seconds * kRounding) << run.policy;
    EXPECT_NEAR(run.file_system_mb, figures.file_system_mb, figures.file_system_mb * kRounding) << run.policy;
    ++found;
  }
  EXPECT_EQ(found, golden.size());
}

TEST(SimulateGolden, OfTheSlowFileServer) {
  expect_figures("slow-server", {
                                    {"deepio-ordered", {9.726052606427192, 35.00999975949526}},
                                    {"deepio-opportunistic", {9.726052606427192, 35.00999975949526}},
                                    {"lbann-dynamic", {8.796885178932175, 35.00999975949526}},
                                    {"lbann-preload", {9.726052606427192, 35.00999975949526}},
                                    {"locality-aware", {9.725777194429083, 35.00999975949526}},
                                    {"lower-bound", {3.720510070084247, 0.0}},
                                    {"naive", {24.183407430371126, 140.03999903798103}},
                                    {"nopfs", {8.87695378901678, 45.998075119728746}},
                                    {"parallel-staging", {9.725777194429083, 35.00999975949526}},
                                    {"staging-buffer", {24.021939895405346, 140.03999903798103}},
                                    {"weft", {8.796978538931535, 35.00999975949526}},
                                });
}

TEST(SimulateGolden, OfCosmoFlow512) {
  expect_figures("cosmoflow-512", {
                                      {"deepio-ordered", {147755.2091335007, 45840000.0}},
                                      {"deepio-opportunistic", {98023.53974091043, 1040000.0}},
                                      {"locality-aware", {100879.56190028004, 13072000.0}},
                                      {"lower-bound", {97656.25, 0.0}},
                                      {"naive", {147386.77343800294, 50000000.0}},
                                      {"nopfs", {97666.12634970393, 21268217.265625}},
                                      {"parallel-staging", {100878.56664781972, 9232000.0}},
                                      {"staging-buffer", {97664.0364855451, 50000000.0}},
                                      {"weft", {97666.4448051953, 13072000.0}},
                                  });
}

}  // namespace
}  // namespace weft
