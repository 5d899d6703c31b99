#include "weft/report/verdict.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weft {
namespace {

ReportInput run_of(RunState state, int64_t steps, double (*loss)(int64_t)) {
  ReportInput input;
  input.run.state = state;
  input.run.parts.resize(1);
  input.run.steps = 100;
  for (int64_t step = 1; step <= steps; ++step) {
    MetricsRow row;
    row.step = step;
    row.loss = loss(step);
    row.step_ms = 2000;
    input.metrics.push_back(row);
  }
  return input;
}

double falling(int64_t step) { return 10.0 / static_cast<double>(step); }

std::string text_of(const ReportInput& input) {
  const Verdict verdict = verdict_of(input);
  std::string text = verdict.headline;
  for (const std::string& sentence : verdict.sentences) text += "|" + sentence;
  return text;
}

TEST(Verdict, OfEachState) {
  ReportInput input = run_of(RunState::finished, 100, falling);
  EXPECT_TRUE(text_of(input).starts_with("Finished: 100 steps|Training loss 0.1 at step 100, its best."))
      << text_of(input);

  input = run_of(RunState::interrupted, 36, falling);
  input.run.why = "SIGINT";
  EXPECT_TRUE(text_of(input).starts_with(
      "Interrupted at step 36 of 100|Because of SIGINT. weft resume goes on from its last checkpoint."))
      << text_of(input);

  input = run_of(RunState::failed, 36, falling);
  input.run.why = "step 37: the loss is nan";
  EXPECT_TRUE(text_of(input).starts_with("Failed after step 36 of 100|Step 37: the loss is nan."))
      << text_of(input);

  input = run_of(RunState::going_on, 36, falling);
  EXPECT_TRUE(text_of(input).starts_with("Ended without a word at step 36 of 100|Nobody works on it now"))
      << text_of(input);
  input.is_held = true;
  EXPECT_TRUE(text_of(input).starts_with("Going on: step 36 of 100|About 2 min 8 s are left."))
      << text_of(input);
}

TEST(Verdict, WhatIsMeasuredOverAllDataIsNotComparedWithParts) {
  ReportInput input = run_of(RunState::finished, 100, falling);
  input.run.metrics.push_back({"accuracy", "more", true});
  for (const size_t at : {19, 39, 59, 79, 99}) {
    input.metrics[at].validation_loss = input.metrics[at].loss;
    input.metrics[at].more = {{"validation_accuracy", 0.5}};
  }
  EXPECT_EQ(finally_text(input), "");
  input.metrics[99].more.emplace_back("final_validation_loss", 0.25);
  input.metrics[99].more.emplace_back("final_validation_accuracy", 0.75);
  EXPECT_EQ(finally_text(input), "validation loss 0.25, accuracy 75.00%");
  const std::string text = text_of(input);
  EXPECT_NE(text.find("|Over all of the validation data: validation loss 0.25, accuracy 75.00%; the "
                      "following is over the part "
                      "that is measured on the way.|"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("|Validation loss 0.1 at step 100, its best."), std::string::npos) << text;
  EXPECT_NE(text.find("Still improving"), std::string::npos) << text;
}

TEST(Verdict, OfARunOfNoStepsAndOfAnUnknownNumber) {
  ReportInput input;
  EXPECT_EQ(text_of(input), "Not recorded how it ended: step 0|An earlier version of Weft ran it.");
  input.run.parts.resize(1);
  EXPECT_EQ(verdict_of(input).headline, "Ended without a word at step 0");
  input.is_held = true;
  EXPECT_EQ(text_of(input), "Going on: step 0");
}

TEST(Verdict, SaysTheBestAndTheLast) {
  ReportInput input = run_of(RunState::finished, 100, falling);
  input.run.metrics = {{"accuracy", "more", true}, {"bias", "nearer 0", false}};
  const auto evaluate = [&](size_t at, double loss, double accuracy, double bias) {
    input.metrics[at].validation_loss = loss;
    input.metrics[at].more = {
        {"validation_accuracy", accuracy}, {"validation_bias", bias}, {"validation_odd", 7}};
  };
  evaluate(9, 3, 0.5, 0.25);
  evaluate(49, 2, 0.625, -0.125);
  evaluate(99, 2.5, 0.75, -0.5);
  const std::string text = text_of(input);
  EXPECT_NE(text.find("|Validation loss 2.5 at step 100; the best, 2, was at step 50."), std::string::npos)
      << text;
  EXPECT_NE(text.find("|Accuracy 75.00% at step 100, its best."), std::string::npos) << text;
  EXPECT_NE(text.find("|Bias -0.5 at step 100; the best, -0.125, was at step 50."), std::string::npos)
      << text;
  EXPECT_NE(text.find("|Odd 7 at step 100."), std::string::npos)
      << "nobody said which way it gets better: " << text;
}

TEST(Verdict, ATrendIsMoreThanNoise) {
  const auto trend = [](double (*loss)(int64_t)) {
    Measured measured{"m", "less", false, {}};
    for (int64_t step = 1; step <= 100; ++step) measured.points.emplace_back(step, loss(step));
    return change_at_the_end(measured).trend;
  };
  EXPECT_EQ(trend(falling), Trend::better);
  EXPECT_EQ(trend([](int64_t step) { return static_cast<double>(step); }), Trend::worse);
  EXPECT_EQ(trend([](int64_t) { return 2.0; }), Trend::same);
  EXPECT_EQ(trend([](int64_t step) { return step % 3 == 0 ? 1.0 : 3.0; }), Trend::same);
  EXPECT_EQ(trend([](int64_t) { return std::nan(""); }), Trend::unknown);
  Measured up{"m", "more", false, {{1, 1}, {2, 2}, {3, 3}, {4, 4}}};
  EXPECT_EQ(change_at_the_end(up).trend, Trend::better);
  up.points.pop_back();
  EXPECT_EQ(change_at_the_end(up).trend, Trend::unknown) << "three say little";
}

TEST(Verdict, SaysWhetherItStillImproves) {
  EXPECT_NE(text_of(run_of(RunState::finished, 100, falling)).find("|Still improving: the last fifth"),
            std::string::npos);
  EXPECT_NE(
      text_of(run_of(RunState::finished, 100, [](int64_t) { return 2.0; })).find("|No longer improving"),
      std::string::npos);
  const auto rising = [](int64_t step) { return static_cast<double>(step); };
  EXPECT_NE(text_of(run_of(RunState::finished, 100, rising)).find("|Getting worse"), std::string::npos);
}

}  // namespace
}  // namespace weft
