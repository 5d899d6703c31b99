// Of run/: what a segment hands over is what was there before its updates.
#include <gtest/gtest.h>

#include "tests/run/small_program.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/shape/reshape.h"
#include "weft/ops/shape/transpose.h"
#include "weft/run/executor.h"

namespace weft::testing {
namespace {

const TensorType kThree{DType::f64, {3}};

class OldValues : public ::testing::Test {
 protected:
  ValueId state(const std::string& name) { return build_.state(name, kThree, {}, kBuffer); }

  /// Runs twice, with a = (1, 2, 3) and other states 10, 20, 30 times that.
  void run() {
    executor_ = std::make_unique<Executor>(planned(std::move(build_)), store_, Communicator::world());
    double factor = 1;
    for (const std::string& name : executor_->program().states) {
      const View view = executor_->view(name);
      for (int64_t i = 0; i < 3; ++i) view.as<double>()[i] = factor * static_cast<double>(i + 1);
      factor *= 10;
    }
    for (int i = 0; i < 2; ++i) executor_->run(segment());
  }
  SegmentId segment() const { return executor_->program().at("accumulate"); }
  std::vector<double> at(const std::string& name) { return values(executor_->view(name)); }
  std::vector<double> output(const std::string& name) { return values(executor_->output(segment(), name)); }

  GraphBuilder build_;
  StateStore store_;
  std::unique_ptr<Executor> executor_;
};

using Numbers = std::vector<double>;

TEST_F(OldValues, AStateRemembersWhatAnotherWas) {
  const ValueId a = state("a"), b = state("b");
  build_.update(a, add(build_, a, a));
  build_.update(b, a);
  run();
  EXPECT_EQ(at("a"), (Numbers{4, 8, 12}));
  EXPECT_EQ(at("b"), (Numbers{2, 4, 6}));
}

TEST_F(OldValues, StatesChangePlaces) {
  const ValueId a = state("a"), b = state("b"), c = state("c");
  build_.update(a, b);
  build_.update(b, c);
  build_.update(c, a);
  run();
  EXPECT_EQ(at("a"), (Numbers{100, 200, 300}));
  EXPECT_EQ(at("b"), (Numbers{1, 2, 3}));
  EXPECT_EQ(at("c"), (Numbers{10, 20, 30}));
}

TEST_F(OldValues, AnOutputIsTheStateBeforeItsUpdate) {
  const ValueId a = state("a");
  build_.update(a, add(build_, a, a));
  build_.output("as it was", a);
  build_.output("seen through a view", reshape(build_, a, {3, 1}));
  build_.output("turned twice",
                transpose(build_, transpose(build_, reshape(build_, a, {3, 1}), {1, 0}), {1, 0}));
  run();
  EXPECT_EQ(at("a"), (Numbers{4, 8, 12}));
  EXPECT_EQ(output("as it was"), (Numbers{2, 4, 6}));
  EXPECT_EQ(output("seen through a view"), (Numbers{2, 4, 6}));
  EXPECT_EQ(output("turned twice"), (Numbers{2, 4, 6}));
}

TEST_F(OldValues, AStateThatStaysIsNotCopied) {
  const ValueId a = state("a"), b = state("b");
  build_.update(a, a);
  build_.update(b, a);
  build_.output("b", b);
  run();
  EXPECT_EQ(at("b"), (Numbers{1, 2, 3}));
  EXPECT_EQ(output("b"), (Numbers{1, 2, 3})) << "that of the second run";
}

}  // namespace
}  // namespace weft::testing
