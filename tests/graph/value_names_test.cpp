#include "weft/graph/value_names.h"

#include <gtest/gtest.h>

#include "tests/graph/toy_ops.h"

namespace weft::testing {
namespace {

TEST(ValueNames, CountResultsInTheOrderOfTheirNodesWhereverTheValuesStand) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {2}}, {"n"});
  const ValueId sum = sum_of(build, x, x);
  const ValueId w = build.state("w", {DType::f32, {2}}, {}, kParameter);
  const ValueId product = product_of(build, sum, w);
  const ValueNames names(build.graph());
  EXPECT_EQ(names.of({x, sum, w, product}), (std::vector<std::string>{"@x", "%0", "@w", "%1"}));
}

}  // namespace
}  // namespace weft::testing
