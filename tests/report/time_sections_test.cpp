// Of report/time_sections.cpp: where the time went.
#include <gtest/gtest.h>

#include "tests/report/full_input.h"

namespace weft {
namespace {

using testing::contains;
using testing::full_input;

TEST(ReportTimes, OpsShowShareAndRates) {
  const std::string html = report_html(full_input());
  EXPECT_TRUE(contains(html, "<span class=\"share\">25.0%</span>"));
  EXPECT_TRUE(contains(html, "<span class=\"share\">75.0%</span>"));
  // 50 GFlop and 1 GB in 25 ms, which would take 15 at the ceiling; the least bytes would take 5.
  EXPECT_TRUE(contains(html, "2000 GF/s · 40.0 GB/s · 50.0 flop/byte · 60% of the ceiling · MUE 20%"));
  const size_t ops = html.find("<h2>Time by op</h2>");
  EXPECT_LT(html.find("gelu", ops), html.find("2000 GF/s")) << "the longest comes first";
}

TEST(ReportTimes, KindsOfOpsAreAddedUpAndComparedWithThePrediction) {
  ReportInput input;
  input.priced_for = "a machine that was not measured";
  input.ops = {{.name = "x0 + x1", .kind = "pointwise", .phase = "p", .total_ms = 30, .predicted_ms = 10},
               {.name = "gelu", .kind = "pointwise", .phase = "q", .total_ms = 50, .predicted_ms = 30},
               {.name = "all_reduce", .kind = "all_reduce", .phase = "communication", .total_ms = 8}};
  const std::string html = report_html(input);
  EXPECT_TRUE(contains(html, "<td>40.0 ms</td><td>80.0 ms</td><td>2×</td>"));
  EXPECT_TRUE(contains(html, "<td>–</td><td>8.00 ms</td><td>–</td>"));
  EXPECT_TRUE(contains(html, "<tr><th>all reduce<"));
  EXPECT_TRUE(contains(html, "Predicted for a machine that was not measured."));
}

TEST(ReportTimes, ClassesOfWorkShareTimeAndBytes) {
  ReportInput input;
  input.ops = {{.name = "a",
                .work = "contraction",
                .total_ms = 30,
                .ceiling_ms = 24,
                .least_ms = 3,
                .flops = 4000,
                .bytes = 1000},
               {.name = "b",
                .work = "element-wise",
                .total_ms = 40,
                .ceiling_ms = 40,
                .least_ms = 20,
                .flops = 1500,
                .bytes = 3000},
               {.name = "c",
                .work = "contraction",
                .total_ms = 30,
                .ceiling_ms = 24,
                .least_ms = 3,
                .flops = 4000,
                .bytes = 1000}};
  const std::string html = report_html(input);
  EXPECT_TRUE(contains(html,
                       "<tr><th>contraction</th><td>60.0 ms</td><td>60%</td><td>40%</td><td>4.00</td>"
                       "<td>80%</td><td>10%</td></tr>"));
  EXPECT_TRUE(contains(html,
                       "<tr><th>element-wise</th><td>40.0 ms</td><td>40%</td><td>60%</td><td>0.500</td>"
                       "<td>100%</td><td>50%</td></tr>"));
  EXPECT_TRUE(contains(html, "<tr><th>all</th><td>100 ms</td><td>100%</td><td>100%</td><td>1.90</td>"));
  for (OpTime& op : input.ops) op.work.clear();
  EXPECT_FALSE(contains(report_html(input), "class of work")) << "reports of earlier versions have none";
}

TEST(ReportTimes, RanksSayWhatTheyDoAndHowUnequalTheyAre) {
  const std::string html = report_html(full_input());
  // 70 ms of compute beside a mean of 65; 5 ms of waiting in 200.
  EXPECT_TRUE(contains(html,
                       "Rank 1 computes longest, 7.7% longer than the mean; ranks wait for others at "
                       "least 2.5% of their time"));
  EXPECT_TRUE(contains(html, "compute</span></span>60.0 ms<small>60.0%</small>"));
  EXPECT_TRUE(contains(html, "other</span></span>10.0 ms<small>10.0%</small>"));
  ReportInput one;
  one.ranks = {{.host = "here", .wall_ms = 10, .compute_ms = 9}};
  EXPECT_FALSE(contains(report_html(one), "computes longest")) << "one rank is not unequal";
  ReportInput many;
  many.ranks.resize(40, one.ranks[0]);
  EXPECT_TRUE(contains(report_html(many), "<summary>24 more</summary>"));
}

}  // namespace
}  // namespace weft
