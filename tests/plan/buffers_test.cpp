#include "weft/plan/buffers.h"

#include <gtest/gtest.h>

#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/shape/reshape.h"
#include "weft/ops/shape/transpose.h"
#include "weft/parallel/comm_ops.h"

namespace weft {
namespace {

/// early and late are both read for the last time by the sum, as operand 0 and 1 or the other way.
struct TwoDie {
  GraphBuilder build;
  ValueId early, late, sum;
  explicit TwoDie(bool early_first) {
    const ValueId x = build.input("x", {DType::f32, {4, 8}}, {"batch", "c"});
    early = tanh(build, x);
    late = multiply(build, x, x);
    sum = pointwise(build, early_first ? std::vector{early, late} : std::vector{late, early}, "x0 - x1");
    build.output("y", tanh(build, sum));
  }
};

TEST(Buffers, OverwriteTheOperandThatWasWrittenLast) {
  for (const bool early_first : {true, false}) {
    TwoDie made(early_first);
    const Graph graph = std::move(made.build).build();
    const SegmentBuffers buffers = share_buffers(graph, SegmentId{0});
    const auto transient = [&](ValueId id) { return buffers.of_value.at(id).transient; };
    EXPECT_EQ(transient(made.sum), transient(made.late));
    EXPECT_NE(transient(made.sum), transient(made.early));
  }
}

TEST(Buffers, OverwriteNothingThatIsReadLater) {
  TwoDie made(true);
  made.build.output("late", made.late);
  const Graph graph = std::move(made.build).build();
  const SegmentBuffers buffers = share_buffers(graph, SegmentId{0});
  EXPECT_EQ(buffers.of_value.at(made.sum).transient, buffers.of_value.at(made.early).transient);
}

TEST(Buffers, OverwriteNothingThatAnotherOperandReadsThroughViews) {
  for (const bool is_view : {false, true}) {
    GraphBuilder build;
    const ValueId x = build.input("x", {DType::f32, {4, 4}}, {"batch", "c"});
    const ValueId first = tanh(build, x);
    const ValueId other = is_view ? reshape(build, reshape(build, first, {16}), {4, 4}) : x;
    const ValueId sum = pointwise(build, {first, other}, "x0 + x1");
    build.output("y", sum);
    const Graph graph = std::move(build).build();
    const SegmentBuffers buffers = share_buffers(graph, SegmentId{0});
    EXPECT_EQ(buffers.of_value.at(sum).transient == buffers.of_value.at(first).transient, !is_view);
  }
}

/// A transpose may not lie over what it reads, nor over what it reads through views.
TEST(Buffers, AnUpdateLiesOverItsStateOnlyWhereWhatReadsItMayWorkInPlace) {
  for (const bool through_views : {false, true}) {
    for (const bool in_place : {false, true}) {
      GraphBuilder build;
      const ValueId state = build.state("s", {DType::f32, {4, 4}}, {}, kBuffer);
      const ValueId read = through_views ? reshape(build, reshape(build, state, {16}), {4, 4}) : state;
      const ValueId next = in_place ? tanh(build, read) : transpose(build, read, {1, 0});
      build.update(state, next);
      const Graph graph = std::move(build).build();
      const SegmentBuffers buffers = share_buffers(graph, SegmentId{0});
      EXPECT_EQ(buffers.copies.empty(), in_place) << through_views;
      EXPECT_EQ(buffers.of_value.at(next).named == state, in_place) << through_views;
    }
  }
}

TEST(Buffers, AnUpdateIsWrittenOverItsStateWhenNobodyReadsItLater) {
  GraphBuilder build;
  const ValueId state = build.state("s", {DType::f64, {8}}, {}, kBuffer);
  const ValueId next = scale(build, state, 2);
  build.update(state, next);
  const Graph graph = std::move(build).build();
  const SegmentBuffers buffers = share_buffers(graph, SegmentId{0});
  EXPECT_EQ(buffers.of_value.at(next).named, state);
  EXPECT_TRUE(buffers.copies.empty());
  EXPECT_TRUE(buffers.transients.empty());
}

/// A sum that is under way would write into what the reader in between reads.
TEST(Buffers, ACommunicationInPlaceHasItsOperandToItself) {
  for (const bool read : {false, true}) {
    GraphBuilder build;
    const TensorType type{DType::f64, {8}};
    const ValueId x = build.input("x", type, {"n"});
    const ValueId owed = scale(build, x, 2);
    const ValueId sum = build.add1(all_reduce_op({0}, 2, Combine::sum, {type}), {owed});
    const ValueId between = scale(build, read ? owed : x, 3);
    build.output("y", add(build, sum, between));
    const Graph graph = std::move(build).build();
    const SegmentBuffers buffers = share_buffers(graph, SegmentId{0});
    EXPECT_EQ(buffers.of_value.at(sum).transient == buffers.of_value.at(owed).transient, !read);
  }
}

/// Whoever reads any of its results waits for all of them, once.
TEST(Buffers, ACommunicationOfSeveralOperandsIsWaitedForOnce) {
  GraphBuilder build;
  const TensorType type{DType::f64, {8}};
  const ValueId x = build.input("x", type, {"n"});
  const ValueId a = scale(build, x, 2), b = scale(build, x, 3);
  const std::vector<ValueId> sums = build.add(all_reduce_op({0}, 2, Combine::sum, {type, type}), {a, b});
  build.output("second", scale(build, sums[1], 5));
  build.output("first", scale(build, sums[0], 5));
  const std::vector<Step> steps = steps_of(std::move(build).build(), SegmentId{0});
  ASSERT_EQ(steps.size(), 6U);
  EXPECT_TRUE(steps[3].wait);
  EXPECT_EQ(steps[3].start, 2);
  for (const size_t s : {0, 1, 2, 4, 5}) EXPECT_FALSE(steps[s].wait) << s;
}

TEST(Buffers, AnUpdateIsCopiedWhenTheOldValueIsReadAfterIt) {
  GraphBuilder build;
  const ValueId state = build.state("s", {DType::f64, {8}}, {}, kBuffer);
  const ValueId next = scale(build, state, 2);
  build.output("both", add(build, next, state));
  build.update(state, next);
  const SegmentBuffers buffers = share_buffers(std::move(build).build(), SegmentId{0});
  EXPECT_EQ(buffers.copies.size(), 1U);
}

}  // namespace
}  // namespace weft
