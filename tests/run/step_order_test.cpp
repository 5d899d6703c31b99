#include "weft/run/step_order.h"

#include <gtest/gtest.h>

#include "tests/run/small_program.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/scale.h"

namespace weft::testing {
namespace {

/// Each segment of `cadences` adds 1 to a state of its own.
Program counters(const std::vector<Segment>& segments) {
  const TensorType scalar{DType::f64, {}};
  GraphBuilder build(segments.front());
  for (const Segment& segment : segments) {
    const BuilderScope scope = build.in(build.segment(segment));
    const ValueId count = build.state("count." + segment.name, scalar, {}, kBuffer);
    build.update(count, add(build, count, fill(build, scalar, 1)));
  }
  return planned(std::move(build));
}

TEST(StepOrder, FollowsTheListAndLeavesOutWhatIsCalled) {
  const Program program = counters({{"refresh", Cadence::each_step()},
                                    {"forward", Cadence::each_microbatch()},
                                    {"evaluate", Cadence::on_call()},
                                    {"backward", Cadence::each_microbatch()},
                                    {"update", Cadence::each_step()},
                                    {"mask", Cadence::every_steps(3)}});
  const StepOrder order = step_order(program);
  const auto names = [&](const std::vector<SegmentId>& ids) {
    std::vector<std::string> found;
    for (const SegmentId id : ids) found.push_back(program.segment(id).segment.name);
    return found;
  };
  EXPECT_EQ(names(order.before), (std::vector<std::string>{"refresh"}));
  EXPECT_EQ(names(order.each), (std::vector<std::string>{"forward", "backward"}));
  EXPECT_EQ(names(order.after), (std::vector<std::string>{"update", "mask"}));
}

TEST(StepOrder, RunsWhatIsDue) {
  StateStore store;
  Executor executor(counters({{"accumulate", Cadence::each_microbatch()},
                              {"update", Cadence::each_step()},
                              {"mask", Cadence::every_steps(3)}}),
                    store, Communicator::world());
  const StepOrder order = step_order(executor.program());
  for (int64_t step = 0; step < 7; ++step) run_due(executor, order.after, step);
  EXPECT_EQ(values(store.view("count.update"))[0], 7);
  EXPECT_EQ(values(store.view("count.mask"))[0], 2);
  EXPECT_EQ(values(store.view("count.accumulate"))[0], 0) << "nobody asked for it";
}

}  // namespace
}  // namespace weft::testing
