#include "weft/plan/node_prices.h"

#include <gtest/gtest.h>

#include "weft/parallel/comm_ops.h"

namespace weft {
namespace {

TEST(NodePrices, AreThoseOfTheGroupThatTheRankIsIn) {
  PlanOptions options;
  options.mesh = Mesh({{"data", 2}, {"tensor", 2}});
  options.machine.network = {{"node", 2, 1000, 1e12}, {"network", std::nullopt, 9000, 1e12}};
  const std::vector<TensorType> row{{DType::f32, {4}}};
  NodePrices prices(options);
  const auto ms = [&](int mesh_axis) {
    return prices.of(*all_reduce_op({mesh_axis}, 2, Combine::sum, {row[0]}), row, row).ms;
  };
  // Two messages: ranks 0 and 1 share a node, ranks 0 and 2 do not.
  EXPECT_NEAR(ms(1), 2, 1e-6);
  EXPECT_NEAR(ms(0), 18, 1e-6);
}

}  // namespace
}  // namespace weft
