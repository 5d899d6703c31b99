#include "weft/ops/shape/gather.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"
#include "tests/ops/interpreter.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/reduce/reduce_sum.h"

namespace weft::testing {
namespace {

std::vector<double> counted(int64_t count) {
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<double>(i) + 0.5);
  return values;
}

/// Element (o, i) of what gather takes at `index` of [outer, size, inner], which is counted().
double taken(int64_t size, int64_t inner, int64_t index, int64_t e) {
  const int64_t at = (e / inner * size + index) * inner + e % inner;
  return static_cast<double>(at) + 0.5;
}

TEST(Gather, TakesKeysOutOfQkv) {
  for (const std::string_view device : {"cpu", "reference"}) {
    for (const DType dtype : {DType::f64, DType::f32}) {
      GraphBuilder build;
      const ValueId qkv =
          build.input("qkv", {dtype, {2, 5, 3, 3, 7}}, {"batch", "sequence", "three", "h", "d"});
      std::vector<ValueId> parts;
      for (int64_t part = 0; part < 3; ++part) parts.push_back(gather(build, qkv, 2, part));
      EXPECT_EQ(build.type(parts[0]), (TensorType{dtype, {2, 5, 3, 7}}));
      const Graph graph = std::move(build).build();
      Interpreter run(graph, device_named(device));
      run.set(qkv, counted(2 * 5 * 3 * 3 * 7));
      run.run();
      for (int64_t part = 0; part < 3; ++part) {
        const std::vector<double> got = run.get(parts[static_cast<size_t>(part)]);
        for (int64_t e = 0; e < std::ssize(got); ++e) {
          ASSERT_EQ(got[static_cast<size_t>(e)], taken(3, 3 * 7, part, e)) << "element " << e;
        }
      }
    }
  }
}

/// What lies in other rows does not reach the result, and an index outside gives zeros.
TEST(Gather, TakesTheRowAtAnInput) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {2, 4, 9}}, {"batch", "sequence", "c"});
  const ValueId position = build.input("position", {DType::i64, {}}, {});
  const ValueId row = gather(build, x, 1, position);
  const Graph graph = std::move(build).build();
  Interpreter run(graph);
  for (const int64_t index : {0, 3, 4}) {
    std::vector<double> values = counted(2 * 4 * 9);
    for (int64_t i = 0; i < std::ssize(values); ++i) {
      if (i / 9 % 4 != index) values[static_cast<size_t>(i)] = std::nan("");
    }
    run.set(x, values);
    run.set(position, {static_cast<double>(index)});
    run.run();
    const std::vector<double> got = run.get(row);
    for (int64_t e = 0; e < std::ssize(got); ++e) {
      ASSERT_EQ(got[static_cast<size_t>(e)], index < 4 ? taken(4, 9, index, e) : 0) << index << ", " << e;
    }
  }
}

TEST(Gather, BringsTheGradientBackToWhatItTook) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {2, 3, 2}}, {"batch", "sequence", "c"});
  const ValueId loss = reduce_sum(build, gather(build, x, 1, 1));
  const ValueId gradient = gradients(build, loss, std::vector{x})[0].value();
  const Graph graph = std::move(build).build();
  Interpreter run(graph);
  run.run();
  EXPECT_EQ(run.get(gradient), (std::vector<double>{0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0}));
}

TEST(Gather, SaysWhatItGot) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {2, 3}}, {"batch", "c"});
  expect_user_error([&] { gather(build, x, 2, 0); },
                    "gather: got the axis 2 of f32[2, 3], expected one of its dimensions.");
  expect_user_error([&] { gather(build, x, 1, 3); },
                    "gather: got the index 3 along axis 1 of f32[2, 3], expected one within it.");
  expect_user_error([&] { gather(build, x, 1, x); },
                    "gather: got f32[2, 3] and i64[], expected operands of one type.");
}

}  // namespace
}  // namespace weft::testing
