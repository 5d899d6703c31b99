#include "weft/graph/op_registry.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/graph/toy_ops.h"
#include "tests/ops/expect_error.h"

namespace weft::testing {
namespace {

OpCase of_rank(size_t rank) {
  OpCase result;
  result.inputs = {{DType::f64, Dims(rank, 1)}};
  return result;
}

TEST(OpRegistry, DrawsFromAllCasesOfAnOpWhoeverAddedThem) {
  OpRegistry registry;
  registry.add_cases(Constant::kName, [](CaseRandom&) { return of_rank(2); });
  registry.add<Constant>([](CaseRandom&) { return of_rank(1); });
  EXPECT_EQ(registry.ops_with_cases(), std::vector<std::string>{"constant"});
  std::set<size_t> ranks;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    CaseRandom random(seed);
    ranks.insert(registry.draw_case("constant", random).inputs[0].shape.size());
  }
  EXPECT_EQ(ranks, (std::set<size_t>{1, 2}));
}

TEST(OpRegistry, KnowsAnOpWithoutCases) {
  OpRegistry registry;
  registry.add<Constant>();
  EXPECT_TRUE(registry.prototypes().contains("constant"));
  EXPECT_TRUE(registry.ops_with_cases().empty());
}

TEST(OpRegistry, RefusesCasesOfNoOpAndTwoOpsOfOneName) {
  OpRegistry registry;
  registry.add_cases("constants", [](CaseRandom&) { return of_rank(1); });
  expect_internal_error([&] { registry.ops_with_cases(); }, "cases of constants, which is no op");
  registry.add<Constant>();
  expect_internal_error([&] { registry.add<Constant>(); }, "two ops named constant");
}

}  // namespace
}  // namespace weft::testing
