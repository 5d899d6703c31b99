#include "weft/probe/rounds.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weft {
namespace {

/// Measurements that give what a test has written down, and a clock that each of them moves on.
class Rounds : public testing::Test {
 protected:
  /// Gives `values` in turn, and then again.
  void add(const std::string& name, std::vector<double> values, double seconds = 0.1) {
    list_.push_back({name, name, "",
                     [this, name, values, seconds, next = size_t{0}]() mutable {
                       order_ += name;
                       now_ += seconds;
                       return values[next++ % values.size()];
                     },
                     [](double) {}, ""});
  }
  std::vector<Figure> run() {
    return measure_in_rounds(
        list_, limits_, [this] { return now_; },
        [this](const std::string&, double left_s) { left_.push_back(left_s); });
  }

  std::vector<Measurement> list_;
  RoundLimits limits_{.usual = 4, .least = 2, .most = 8, .spread = 0.15, .seconds = 100};
  std::string order_;
  std::vector<double> left_;
  double now_ = 0;
};

TEST_F(Rounds, TakeTurnsAfterAWarmUp) {
  add("a", {100, 1, 1, 1, 1});
  add("b", {100, 2, 2, 2, 2});
  const std::vector<Figure> figures = run();
  EXPECT_EQ(order_, "ababababab");
  EXPECT_EQ(figures[0].median, 1) << "the first of all does not count";
  EXPECT_EQ(figures[1].median, 2);
  EXPECT_EQ(figures[1].spread, 0);
  EXPECT_EQ(figures[1].rounds, 4);
}

TEST_F(Rounds, WhatIsNoisyGetsMoreOfThem) {
  add("a", {1});
  add("b", {1, 2});
  const std::vector<Figure> figures = run();
  EXPECT_EQ(order_, "abababababbbbb");
  EXPECT_EQ(figures[0].rounds, 4);
  EXPECT_EQ(figures[1].rounds, 8);
  EXPECT_GT(figures[1].spread, 0.15);
}

TEST_F(Rounds, ADisturbanceThatPassesIsOutweighed) {
  limits_.most = 20;
  // The warm-up, two rounds of noise, and quiet ones.
  add("a", {1, 5, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  const std::vector<Figure> figures = run();
  EXPECT_EQ(figures[0].median, 1);
  EXPECT_EQ(figures[0].spread, 0);
  EXPECT_EQ(figures[0].rounds, 9) << "of so many, two are above the upper quartile";
}

TEST_F(Rounds, EndWithTheirTime) {
  limits_.seconds = 3;
  add("a", {1, 2}, 1);
  EXPECT_EQ(run()[0].rounds, 3);
  now_ = 0;
  limits_.seconds = 0;
  EXPECT_EQ(run()[0].rounds, 2) << "the least";
}

TEST_F(Rounds, WhatCannotBeMeasuredIsLeft) {
  add("a", {std::nan("")});
  add("b", {1, 1, std::nan(""), 1});
  add("c", {3});
  const std::vector<Figure> figures = run();
  EXPECT_EQ(order_, "abcbcbccc");
  EXPECT_EQ(figures[0].rounds, 0);
  EXPECT_EQ(figures[1].rounds, 0) << "what it gave before is no figure";
  EXPECT_EQ(figures[2].rounds, 4);
}

TEST_F(Rounds, SayHowLongTheyWillTake) {
  add("a", {1}, 2);
  add("b", {1}, 2);
  run();
  ASSERT_EQ(left_.size(), 10U);
  EXPECT_LT(left_[0], 0) << "nothing is known before the first round";
  EXPECT_EQ(left_[2], 16);
  EXPECT_EQ(left_[4], 12);
  EXPECT_EQ(left_[9], 4);
}

TEST_F(Rounds, SayNoMoreThanTheTimeThatThereIs) {
  limits_.seconds = 7;
  add("a", {1}, 2);
  run();
  EXPECT_EQ(left_[1], 5) << "four rounds would take 8 s, and two are made in any case";
}

TEST(Figures, AreAMedianAndASpread) {
  const Figure figure = figure_of({4, 1, 3, 2, 100});
  EXPECT_EQ(figure.median, 3);
  EXPECT_EQ(figure.spread, 2.0 / 3);
  EXPECT_EQ(figure.rounds, 5);
  EXPECT_EQ(figure_of({2, 4}).median, 3);
  EXPECT_EQ(figure_of({}).rounds, 0);
  EXPECT_EQ(figure_of({1, 0}).rounds, 0) << "no rate is 0";
}

}  // namespace
}  // namespace weft
