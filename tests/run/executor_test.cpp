#include "weft/run/executor.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/ops/interpreter.h"
#include "weft/base/check.h"
#include "weft/ops/gradients.h"
#include "weft/ops/relu.h"
#include "weft/ops/reshape.h"
#include "weft/ops/scale.h"
#include "weft/plan/pipeline.h"

namespace weft {
namespace {

/// y = 3 x; z = relu(x) through a reshape, which is a view of the input's own memory.
Program twofold() {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {2, 4}}, {"n", "c"});
  build.output("same", x);
  build.output("y", scale(build, x, 3));
  build.output("z", relu(build, reshape(build, x, {8})));
  return make_plan(std::move(build).build(), testing::device_named("cpu"), {}).program;
}

std::vector<double> values(const View& view) { return {view.as<double>(), view.as<double>() + view.elems()}; }

TEST(Executor, ReadsAnInputWhereItIsAndFromItsOwnMemoryAgain) {
  Executor executor(twofold(), Communicator::world());
  double* own = executor.view("x").as<double>();
  for (int i = 0; i < 8; ++i) own[i] = i;
  executor.run(Phase::accumulate);
  EXPECT_EQ(values(executor.output(Phase::accumulate, "y"))[7], 21);

  alignas(64) std::array<double, 8> lent{-1, 2, -3, 4, -5, 6, -7, 8};
  const std::array<double, 8> before = lent;
  executor.read_input_from("x", reinterpret_cast<const std::byte*>(lent.data()));
  executor.run(Phase::accumulate);
  EXPECT_EQ(values(executor.output(Phase::accumulate, "y")),
            (std::vector<double>{-3, 6, -9, 12, -15, 18, -21, 24}));
  EXPECT_EQ(values(executor.output(Phase::accumulate, "z")), (std::vector<double>{0, 2, 0, 4, 0, 6, 0, 8}));
  EXPECT_EQ(values(executor.output(Phase::accumulate, "same"))[7], 8) << "an input that is an output";
  EXPECT_EQ(lent, before) << "an input is never written";
  EXPECT_EQ(executor.view("x").as<double>(), own);

  executor.read_input_from("x", nullptr);
  executor.run(Phase::accumulate);
  EXPECT_EQ(values(executor.output(Phase::accumulate, "z")), (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_THROW(executor.read_input_from("w", nullptr), InternalError);
}

}  // namespace
}  // namespace weft
