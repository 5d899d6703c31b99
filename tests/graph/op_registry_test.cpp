#include "weft/graph/op_registry.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/ops/expect_error.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/shape/transpose.h"

namespace weft::testing {
namespace {

OpCase of_rank(int64_t rank) { return case_of({real(Dims(static_cast<size_t>(rank), 1))}, nullptr); }

TEST(OpRegistry, DrawsFromAllCasesOfAnOpWhoeverAddedThem) {
  OpRegistry registry;
  registry.add_cases(Transpose::kName, [](CaseRandom&) { return of_rank(2); });
  registry.add<Transpose>([](CaseRandom&) { return of_rank(1); });
  EXPECT_EQ(registry.ops_with_cases(), std::vector<std::string>{"transpose"});
  std::set<size_t> ranks;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    CaseRandom random(seed);
    ranks.insert(registry.draw_case("transpose", random).inputs[0].shape.size());
  }
  EXPECT_EQ(ranks, (std::set<size_t>{1, 2}));
}

TEST(OpRegistry, KnowsAnOpWithoutCases) {
  OpRegistry registry;
  registry.add<Transpose>();
  EXPECT_TRUE(registry.definitions().contains("transpose"));
  EXPECT_TRUE(registry.ops_with_cases().empty());
}

TEST(OpRegistry, RefusesCasesOfNoOpAndTwoOpsOfOneName) {
  OpRegistry registry;
  registry.add_cases("transposed", [](CaseRandom&) { return of_rank(1); });
  expect_internal_error([&] { registry.ops_with_cases(); }, "cases of transposed, which is no op");
  registry.add<Transpose>();
  expect_internal_error([&] { registry.add<Transpose>(); }, "two ops named transpose");
}

}  // namespace
}  // namespace weft::testing
