#include "weft/plan/class_table.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(ClassTable, SaysWhatSharesTheClassesHave) {
  std::map<WorkClass, Cost> classes;
  classes[WorkClass::contraction].add(Price{.ms = 3,
                                            .ceiling_ms = 2.4,
                                            .least_ms = 0.3,
                                            .flops = 8e9,
                                            .least_bytes = 1 << 20,
                                            .moved_bytes = 2 << 20});
  classes[WorkClass::movement].add(Price{
      .ms = 1, .ceiling_ms = 1, .least_ms = 0.5, .flops = 0, .least_bytes = 3 << 20, .moved_bytes = 6 << 20});
  const std::string text = class_table(classes);
  EXPECT_EQ(text,
            "class of work         Gflop     least     moved flop/byte         ms   % ms % "
            "moved % ceiling    MUE\n"
            "contraction            8.00  1.00 MiB  2.00 MiB    3814.7      3.000   75.0   "
            " 25.0      80.0   10.0\n"
            "movement               0.00  3.00 MiB  6.00 MiB       0.0      1.000   25.0   "
            " 75.0     100.0   50.0\n"
            "a step                 8.00  4.00 MiB  8.00 MiB     953.7      4.000  100.0   "
            "100.0      85.0   20.0\n");
}

}  // namespace
}  // namespace weft
