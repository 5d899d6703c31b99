#include "weft/parallel/dimension_classes.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/parallel/whole_rows.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/shape/concat.h"
#include "weft/ops/shape/pad.h"
#include "weft/ops/shape/slice.h"

namespace weft {
namespace {

const Initializer kZero{};

/// whole_rows(x · w) · v, with a state beside w.
struct Built {
  Graph graph;
  ValueId x, w, v, moment, scores, y;
};

Built build() {
  GraphBuilder build;
  Built made;
  made.x = build.input("x", {DType::f64, {4, 6}}, {"batch", "time"});
  made.w = build.state("w", {DType::f64, {6, 8}}, kZero, kParameter);
  made.v = build.state("v", {DType::f64, {8, 5}}, kZero, kParameter);
  made.moment = build.state("moment", {DType::f64, {6, 8}}, kZero, kBuffer);
  made.scores = testing::whole_rows(build, linear(build, made.x, made.w));
  made.y = linear(build, made.scores, made.v);
  build.output("y", made.y);
  build.update(made.w, scale(build, made.moment, 2));
  build.update(made.moment, scale(build, made.w, 0.5));
  made.graph = std::move(build).build();
  return made;
}

TEST(DimensionClasses, UniteWhatRunsTogetherThroughOpsAndUpdates) {
  const Built made = build();
  const DimensionClasses classes(made.graph);
  EXPECT_EQ(classes.of_dimension(made.x, 0), classes.of_dimension(made.y, 0));
  EXPECT_EQ(classes.of_dimension(made.x, 1), classes.of_dimension(made.w, 0));
  EXPECT_EQ(classes.of_dimension(made.w, 1), classes.of_dimension(made.v, 0));
  EXPECT_EQ(classes.of_dimension(made.w, 1), classes.of_dimension(made.moment, 1));
  EXPECT_NE(classes.of_dimension(made.w, 0), classes.of_dimension(made.w, 1));
  EXPECT_NE(classes.of_dimension(made.x, 0), classes.of_dimension(made.x, 1));
}

/// They run together though their positions differ: what is divided stays divided, and parts are exchanged.
TEST(DimensionClasses, UniteWhatIsCutOutAndPutTogether) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "time"});
  const ValueId y = build.input("y", {DType::f64, {4, 2}}, {"batch", "more"});
  const ValueId later = slice(build, x, 1, 1, 6);
  const ValueId shifted = pad(build, later, {0, 0}, {0, 1});
  const ValueId joined = concat(build, std::array{shifted, y}, 1);
  build.output("joined", joined);
  const Graph graph = std::move(build).build();
  const DimensionClasses classes(graph);
  for (const ValueId id : {later, shifted, joined, y}) {
    EXPECT_EQ(classes.of_dimension(id, 0), classes.of_dimension(x, 0));
    EXPECT_EQ(classes.of_dimension(id, 1), classes.of_dimension(x, 1));
  }
  const DimensionClass& time = classes.classes()[static_cast<size_t>(classes.of_dimension(x, 1))];
  EXPECT_TRUE(time.whole_in.empty());
  EXPECT_EQ(time.smallest, 5);
  EXPECT_EQ(time.input_dimensions, (std::set<std::string>{"more", "time"}));
}

TEST(DimensionClasses, KnowInputNamesAndParameters) {
  const Built made = build();
  const DimensionClasses classes(made.graph);
  const auto of = [&](ValueId id, size_t d) {
    return classes.classes()[static_cast<size_t>(classes.of_dimension(id, d))];
  };
  EXPECT_EQ(of(made.x, 0).input_dimensions, (std::set<std::string>{"batch"}));
  EXPECT_FALSE(of(made.x, 0).parameter);
  EXPECT_EQ(of(made.w, 0).input_dimensions, (std::set<std::string>{"time"}));
  EXPECT_TRUE(of(made.w, 0).parameter);
  EXPECT_TRUE(of(made.moment, 1).input_dimensions.empty());
  EXPECT_TRUE(of(made.moment, 1).parameter);
  EXPECT_EQ(of(made.v, 1).smallest, 5);
}

TEST(DimensionClasses, NameTheNodesThatNeedThemWhole) {
  const Built made = build();
  const DimensionClasses classes(made.graph);
  const auto whole_in = [&](ValueId id, size_t d) {
    return classes.classes()[static_cast<size_t>(classes.of_dimension(id, d))].whole_in;
  };
  const NodeId norm_node = made.graph.value(made.scores).producer;
  EXPECT_EQ(whole_in(made.w, 1), (std::vector<NodeId>{norm_node}));
  EXPECT_TRUE(whole_in(made.x, 0).empty());
  EXPECT_TRUE(whole_in(made.v, 1).empty());
}

}  // namespace
}  // namespace weft
