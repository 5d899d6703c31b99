#include "weft/ops/loss/mse.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "tests/ops/interpreter.h"
#include "weft/ops/gradient/gradients.h"

namespace weft::testing {
namespace {

TEST(Mse, TargetsThatAreNotNumbersDoNotCount) {
  constexpr int64_t kSize = 37;
  std::vector<double> x(kSize, 3), target(kSize, 1);
  double counted = 0;
  for (size_t i = 0; i < kSize; ++i) {
    if (i % 5 == 2) {
      target[i] = std::nan("");
    } else {
      counted += 1;
    }
  }
  for (const DType dtype : {DType::f32, DType::f64, DType::bf16}) {
    GraphBuilder build;
    const ValueId in = build.input("x", {dtype, {kSize}}, {"d"});
    const ValueId wanted = build.input("target", {dtype, {kSize}}, {"d"});
    const ValueId loss = mse(build, in, wanted, 0.5);
    const ValueId dx = gradients(build, loss, std::array{in})[0].value();
    const Graph graph = std::move(build).build();
    Interpreter run(graph);
    run.set(in, x);
    run.set(wanted, target);
    run.run();
    EXPECT_EQ(run.get(loss)[0], 0.5 * 4 * counted) << name_of(dtype);
    for (size_t i = 0; i < kSize; ++i) EXPECT_EQ(run.get(dx)[i], i % 5 == 2 ? 0 : 2) << name_of(dtype);
  }
}

}  // namespace
}  // namespace weft::testing
