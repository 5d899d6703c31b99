#include "weft/ops/reduce/count.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/interpreter.h"

namespace weft::testing {
namespace {

double count_of(const std::vector<std::pair<TensorType, std::vector<double>>>& operands,
                std::string_view condition) {
  GraphBuilder build;
  std::vector<ValueId> ids;
  for (const auto& [type, values] : operands) {
    ids.push_back(build.input(std::string(1, static_cast<char>('a' + ids.size())), type,
                              std::vector<std::string>(type.shape.size(), "d")));
  }
  const ValueId found = count(build, ids, condition);
  const Graph graph = std::move(build).build();
  EXPECT_EQ(to_string(graph.type(found)), "i64[]");
  Interpreter run(graph);
  for (size_t i = 0; i < ids.size(); ++i) run.set(ids[i], operands[i].second);
  run.run();
  return run.get(found)[0];
}

TEST(Count, CountsWhereAConditionHolds) {
  EXPECT_EQ(count_of({{{DType::i32, {5}}, {3, -1, 0, -7, 2}}}, "n0 >= 0"), 3);
  EXPECT_EQ(count_of({{{DType::f64, {2, 2}}, {1, std::nan(""), INFINITY, 0}}}, "x0 == x0"), 3);
  EXPECT_EQ(
      count_of({{{DType::i32, {2, 3}}, {1, 2, 3, 1, 5, 6}}, {{DType::i32, {3}}, {1, 2, 6}}}, "n0 == n1"), 4);
  EXPECT_EQ(count_of({{{DType::i32, {0}}, {}}}, "n0 >= 0"), 0);
}

TEST(Count, IsExactBeyondTheIntegersOfFloat) {
  const int64_t many = (int64_t{1} << 24) + 3;
  EXPECT_EQ(count_of({{{DType::u8, {many}}, std::vector<double>(static_cast<size_t>(many), 1)}}, "n0 == 1"),
            static_cast<double>(many));
}

}  // namespace
}  // namespace weft::testing
