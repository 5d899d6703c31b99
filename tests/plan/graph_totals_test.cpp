#include "weft/plan/graph_totals.h"

#include <gtest/gtest.h>

#include "weft/ops/reshape.h"
#include "weft/ops/scale.h"
#include "weft/parallel/comm_ops.h"

namespace weft {
namespace {

TEST(GraphTotals, AddUpWhatNodesDoAndTakeTheMostThatIsAlive) {
  GraphBuilder build;
  const TensorType row{DType::f32, {32}};  // 128 bytes
  const ValueId x = build.input("x", row, {"n"});
  const ValueId doubled = scale(build, x, 2);
  const ValueId viewed = reshape(build, doubled, {4, 8});
  build.output("y", scale(build, viewed, 3));
  build.output("x", build.add1(all_reduce_op({0}, 2, Combine::sum, row), {doubled}));
  const GraphTotals totals = totals_of(std::move(build).build());
  EXPECT_EQ(totals.nodes, 4);
  EXPECT_EQ(totals.flops, 2 * 32);
  EXPECT_EQ(totals.moved_bytes, 4 * 128);
  EXPECT_EQ(totals.sent_bytes, 128);
  EXPECT_EQ(totals.held_bytes,
            3 * 128);  // the input; doubled, which is read again; y; reduced in doubled's place
}

}  // namespace
}  // namespace weft
