#include "weft/ops/shape/slice.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"
#include "tests/ops/interpreter.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/reduce/reduce_sum.h"

namespace weft::testing {
namespace {

TEST(Slice, TakesTheBox) {
  for (const std::string_view device : {"cpu", "reference"}) {
    for (const DType dtype : kDTypes) {
      GraphBuilder build;
      const ValueId x = build.input("x", {dtype, {3, 4}}, {"a", "b"});
      const ValueId box = slice(build, x, {{{1, 3}, {2, 4}}});
      const ValueId columns = slice(build, x, 1, 1, 2);
      EXPECT_EQ(build.type(box), (TensorType{dtype, {2, 2}}));
      const Graph graph = std::move(build).build();
      Interpreter run(graph, device_named(device));
      run.set(x, {0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0});
      run.run();
      EXPECT_EQ(run.get(box), (std::vector<double>{1, 1, 1, 0})) << device << " " << name_of(dtype);
      EXPECT_EQ(run.get(columns), (std::vector<double>{1, 0, 1})) << device << " " << name_of(dtype);
    }
  }
}

TEST(Slice, OfAllIsTheOperandItself) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {3, 4}}, {"a", "b"});
  EXPECT_EQ(slice(build, x, 1, 0, 4), x);
  EXPECT_EQ(build.type(slice(build, x, 1, 4, 4)).shape, (Dims{3, 0}));
}

TEST(Slice, BringsTheGradientBackToWhatItTook) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {2, 4}}, {"a", "b"});
  const ValueId loss = reduce_sum(build, slice(build, x, 1, 1, 3));
  const ValueId gradient = gradients(build, loss, std::vector{x})[0].value();
  const Graph graph = std::move(build).build();
  Interpreter run(graph);
  run.run();
  EXPECT_EQ(run.get(gradient), (std::vector<double>{0, 1, 1, 0, 0, 1, 1, 0}));
}

/// No axis stays whole: a rank needs what it owns of the result, further on by what was left out before.
TEST(Slice, NeedsOfTheOperandWhatItsPartShows) {
  const Slice op({{{3, 9}, {0, 5}}});
  const std::vector<TensorType> in{{DType::f32, {10, 5}}};
  const std::vector<TensorType> out = op.infer(in);
  const IndexMap map = op.index_map(in, out);
  EXPECT_EQ(map.axes[0].kind, AxisKind::parallel);
  EXPECT_EQ(touched_region(map.inputs[0], {{2, 4}, {0, 5}}, in[0].shape), (Region{{{5, 7}, {0, 5}}}));
  // Beside an axis that nothing splits the whole operand is there.
  const std::vector<Region> has{{{{0, 10}, {2, 4}}}};
  const std::vector<Region> owns{{{{0, 6}, {2, 4}}}};
  EXPECT_EQ(attribute_text(*op.localize({in, out, has, owns})), "box=[[3, 9], [0, 2]]");
  const std::vector<Region> nothing{{{{3, 3}, {0, 5}}}};
  const std::vector<Region> empty{{{{6, 6}, {0, 5}}}};
  EXPECT_EQ(attribute_text(*op.localize({in, out, nothing, empty})), "box=[[0, 0], [0, 5]]");
  EXPECT_EQ(op.flops(in, out), 0);
}

TEST(Slice, SaysWhatItGot) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {2, 3}}, {"a", "b"});
  const auto refused = [&](const Region& box, const std::string& text) {
    expect_user_error([&] { slice(build, x, box); },
                      "slice: got " + text + " of f32[2, 3], expected a box within it.");
  };
  refused({{{0, 2}, {0, 4}}}, "[0:2, 0:4]");
  refused({{{-1, 1}, {0, 3}}}, "[-1:1, 0:3]");
  refused({{{2, 1}, {0, 3}}}, "[2:1, 0:3]");
  refused({{{0, 2}}}, "[0:2]");
  expect_user_error([&] { slice(build, x, 2, 0, 1); },
                    "slice: got the axis 2 of f32[2, 3], expected one of its dimensions.");
}

}  // namespace
}  // namespace weft::testing
