#include "weft/run/executor.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/run/small_program.h"
#include "weft/base/check.h"
#include "weft/ops/pointwise/relu.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/shape/reshape.h"

namespace weft::testing {
namespace {

/// y = 3 x; z = relu(x) through a reshape, which is a view of the input's own memory.
Program twofold() {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {2, 4}}, {"n", "c"});
  build.output("same", x);
  build.output("y", scale(build, x, 3));
  build.output("z", relu(build, reshape(build, x, {8})));
  return planned(std::move(build));
}

TEST(Executor, ReadsAnInputWhereItIsAndFromItsOwnMemoryAgain) {
  StateStore store;
  Executor executor(twofold(), store, Communicator::world());
  const SegmentId step = executor.program().at("accumulate");
  double* own = executor.view("x").as<double>();
  for (int i = 0; i < 8; ++i) own[i] = i;
  executor.run(step);
  EXPECT_EQ(values(executor.output(step, "y"))[7], 21);

  alignas(64) std::array<double, 8> lent{-1, 2, -3, 4, -5, 6, -7, 8};
  const std::array<double, 8> before = lent;
  executor.read_input_from("x", reinterpret_cast<const std::byte*>(lent.data()));
  executor.run(step);
  EXPECT_EQ(values(executor.output(step, "y")), (std::vector<double>{-3, 6, -9, 12, -15, 18, -21, 24}));
  EXPECT_EQ(values(executor.output(step, "z")), (std::vector<double>{0, 2, 0, 4, 0, 6, 0, 8}));
  EXPECT_EQ(values(executor.output(step, "same"))[7], 8) << "an input that is an output";
  EXPECT_EQ(lent, before) << "an input is never written";
  EXPECT_EQ(executor.view("x").as<double>(), own);

  executor.read_input_from("x", nullptr);
  executor.run(step);
  EXPECT_EQ(values(executor.output(step, "z")), (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_THROW(executor.read_input_from("w", nullptr), InternalError);
}

TEST(Executor, RefreshRunsWhatMakesDerivedStatesAndNothingElse) {
  GraphBuilder build;
  const TensorType type{DType::f64, {4}};
  const ValueId w = build.state("w", type, {}, kParameter);
  const ValueId twice = build.state("twice", type, {}, kDerived);
  build.output("y", scale(build, twice, 10));
  {
    const BuilderScope refresh = build.in(build.first_segment({"refresh", Cadence::each_step()}));
    build.update(twice, scale(build, w, 2));
  }
  {
    const BuilderScope update = build.in(build.segment({"update", Cadence::each_step()}));
    build.update(w, scale(build, w, -1));
  }
  StateStore store;
  Executor executor(planned(std::move(build)), store, Communicator::world());
  executor.view("w").as<double>()[3] = 7;
  executor.refresh();
  EXPECT_EQ(values(executor.view("w"))[3], 7) << "the update is no refreshing";
  executor.run(executor.program().at("accumulate"));
  EXPECT_EQ(values(executor.output(executor.program().at("accumulate"), "y"))[3], 140);
  EXPECT_THROW(executor.program().at("evaluate"), InternalError);
}

}  // namespace
}  // namespace weft::testing
