// What it is for is tried by tests/run/old_values_test.cpp.
#include "weft/plan/passes/copy_overwritten.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/shape/reshape.h"

namespace weft::testing {
namespace {

const TensorType kFour{DType::f32, {4}};

TEST(CopyOverwritten, CopiesOnceWhatIsHandedOverTwice) {
  GraphBuilder build;
  const ValueId w = build.state("w", kFour, {}, kParameter);
  const ValueId previous = build.state("previous", kFour, {}, kBuffer);
  build.update(w, add(build, w, w));
  build.update(previous, w);
  build.output("w", w);
  build.output("seen otherwise", reshape(build, w, {2, 2}));
  const PassResult result = run_pass(copy_overwritten(), std::move(build).build());
  EXPECT_EQ(result.gain, 2) << "w, and the view of it";
  EXPECT_EQ(result.graph.updates()[1].next, result.graph.outputs()[0].value);
}

TEST(CopyOverwritten, LeavesAloneWhatIsNotOverwritten) {
  GraphBuilder build;
  const ValueId w = build.state("w", kFour, {}, kParameter);
  const ValueId kept = build.state("kept", kFour, {}, kBuffer);
  build.update(w, add(build, w, kept));
  build.update(kept, kept);
  build.output("kept", kept);
  const BuilderScope scope = build.in(build.segment({"evaluate", Cadence::on_call()}));
  build.output("w", w);
  const Graph graph = std::move(build).build();
  const PassResult result = run_pass(copy_overwritten(), graph);
  EXPECT_EQ(result.gain, 0);
  EXPECT_EQ(to_text(result.graph), to_text(graph));
}

}  // namespace
}  // namespace weft::testing
