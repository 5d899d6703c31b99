#include "weft/probe/probe_table.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(ProbeTable, HasALineARate) {
  Probe probe;
  probe.machine.name = "node17";
  probe.machine.measured_on = {"AMD EPYC 9B14", 2, 1, 2, "2.6.3", "2026-11-29"};
  probe.rates = {
      {"products.f32.512x32768x768", "product in f32, 512 x 32768 x 768", "Gflop/s", {212.4, 0.034, 9}},
      {"first_touch_gbps", "first touch of memory", "GB/s", {2.345, 0.4, 40}}};
  EXPECT_EQ(probe_table(probe),
            "node17: AMD EPYC 9B14, 1 rank of 2 threads, oneDNN 2.6.3, 2026-11-29\n"
            "\n"
            "rate                                 median            spread  rounds\n"
            "product in f32, 512 x 32768 x 768       212 Gflop/s        3%       9\n"
            "first touch of memory                  2.35 GB/s          40%      40\n");
}

}  // namespace
}  // namespace weft
