// Of parallel/partition.h, ops/shape/: a dimension that is sliced, padded and put together stays divided, and
// any number of ranks computes what one does, forward and backward.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "tests/parallel/lockstep.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/ops/shape/concat.h"
#include "weft/ops/shape/pad.h"
#include "weft/ops/shape/slice.h"
#include "weft/parallel/strategies/named_axes.h"

namespace weft::testing {
namespace {

/// Each position beside the one before it, as in RWKV (Peng et al. 2023), and a second look at the first two.
Graph net_of_shifted_rows() {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {5, 7, 4}}, {"batch", "time", "c"});
  const ValueId w = build.state("w", {DType::f64, {4, 6}}, {}, kParameter);
  const ValueId v = build.state("v", {DType::f64, {12, 5}}, {}, kParameter);
  const ValueId h = tanh(build, linear(build, x, w));
  const ValueId before = pad(build, slice(build, h, 1, 0, 6), {0, 1, 0}, {0, 0, 0});
  const ValueId y = tanh(build, linear(build, concat(build, std::array{h, before}, 2), v));
  const ValueId rows = concat(build, std::array{y, slice(build, y, 1, 0, 2)}, 1);
  const ValueId loss = reduce_sum(build, multiply(build, multiply(build, rows, rows), rows));
  build.output("rows", rows);
  build.output("loss", loss);
  const std::array targets{x, w, v};
  const auto found = gradients(build, loss, targets);
  for (size_t t = 0; t < found.size(); ++t) build.output(fmt::format("gradient{}", t), *found[t]);
  return std::move(build).build();
}

bool moves(const Node& node) {
  static const std::set<std::string_view> kMoving{"slice", "pad", "concat"};
  return kMoving.contains(node.op->name());
}

class Boxes : public ::testing::Test {
 protected:
  /// What the ranks of an axis that splits `dimension` give, beside what one rank gives. Empty: the axis of
  /// the parameters.
  void expect_as_on_one_rank(const Mesh& mesh, const std::string& dimension) {
    SCOPED_TRACE(mesh.to_string() + " " + dimension);
    NamedAxesOptions options;
    if (!dimension.empty()) options.input_dimension = {{"a", dimension}};
    const Assignment assignment = NamedAxes(options).assign(graph_, mesh, Machine{});
    for (size_t n = 0; n < graph_.nodes().size() && !dimension.empty(); ++n) {
      EXPECT_TRUE(assignment.nodes[n].splits(0) || !moves(graph_.nodes()[n])) << "node " << n;
    }
    Lockstep ranks(graph_, assignment, mesh);
    Interpreter alone(graph_);
    for (size_t v = 0; v < graph_.values().size(); ++v) {
      const Value& value = graph_.values()[v];
      if (value.kind == ValueKind::result) continue;
      const std::vector<double> values = random_values(3, v, value.type.elems(), -1, 1);
      alone.set({static_cast<int32_t>(v)}, values);
      ranks.set(value.name, value.type, values);
    }
    alone.run();
    ranks.run();
    for (const GraphOutput& output : graph_.outputs()) {
      const std::vector<double> wanted = alone.get(output.value);
      for (int rank = 0; rank < mesh.ranks(); ++rank) {
        const std::vector<double> got = ranks.output(rank, output.name);
        ASSERT_EQ(got.size(), wanted.size());
        for (size_t i = 0; i < got.size(); ++i) {
          // Sums of at most some hundred terms of about one, in another order.
          ASSERT_NEAR(got[i], wanted[i], 1e-12 * (1 + std::abs(wanted[i]))) << output.name;
        }
      }
    }
  }

  const Graph graph_ = net_of_shifted_rows();
};

TEST_F(Boxes, AreWhatOneRankMakesWhereTheirDimensionIsSplit) {
  for (const int ranks : {2, 3, 4}) {
    for (const char* dimension : {"time", "batch", ""}) {
      expect_as_on_one_rank(Mesh({{"a", ranks}}), dimension);
    }
  }
  // The axis "b" takes the parameters' classes.
  expect_as_on_one_rank(Mesh({{"a", 2}, {"b", 2}}), "time");
  expect_as_on_one_rank(Mesh({{"a", 3}, {"b", 2}}), "batch");
}

}  // namespace
}  // namespace weft::testing
