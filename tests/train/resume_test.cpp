#include "weft/train/resume.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "tests/train/trained_text.h"
#include "weft/report/facts.h"
#include "weft/report/metrics_log.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

using ResumeTest = testing::TrainedText;

TEST_F(ResumeTest, ARunThatIsPastItsEndIsNotResumed) {
  NEEDS_KINDS("metrics_log");
  run(recipe(), "run");
  EXPECT_EQ(run(recipe({"checkpoint.resume=true"}), "run").steps, 12);
  testing::expect_user_error(
      [&] {
        run(recipe({"checkpoint.resume=true", "run.steps=11"}), "run");
      },
      ": its newest checkpoint is of step 12, and the recipe ends at step 11");
  EXPECT_EQ(losses("run").size(), 12U) << "metrics of a run that was not resumed are kept";
}

TEST_F(ResumeTest, ACheckpointOfALargerModelIsRefused) {
  run(recipe({"model.layers=2"}), "run");
  testing::expect_user_error(
      [&] { run(recipe({"checkpoint.resume=true"}), "run"); },
      "step-0000000012: the checkpoint has the tensor h.1.attn.proj.bias, which this recipe's model has not; "
      "what changed since: model.layers 2 -> 1");
  Session smaller(recipe({"checkpoint.changes=allow"}), Communicator::world());
  testing::expect_user_error(
      [&] { resume(smaller, folder_ / "run/checkpoints"); },
      "the checkpoint has the tensor h.1.attn.proj.bias, which this recipe's model has not");
}

TEST_F(ResumeTest, ACheckpointOfASmallerModelIsRefused) {
  run(recipe(), "run");
  const auto load_into = [&](const std::vector<std::string>& keys) {
    std::vector<std::string> allowing = keys;
    allowing.emplace_back("checkpoint.changes=allow");
    Session other(recipe(allowing), Communicator::world());
    resume(other, folder_ / "run/checkpoints");
  };
  testing::expect_user_error(
      [&] { load_into({"model.layers=2"}); },
      "the checkpoint has no tensor h.1.attn.proj.bias, which this recipe's model needs");
  testing::expect_user_error([&] { load_into({"model.width=32"}); },
                             "tensor h.0.attn.proj.bias is f32[16], and this recipe's model needs f32[32]");
  testing::expect_user_error(
      [&] {
        run(recipe({"checkpoint.resume=true", "model.width=32"}), "run");
      },
      "tensor h.0.attn.proj.bias is f32[16], and this recipe's model needs f32[32]; what changed since: "
      "model.width 16 -> 32");
}

TEST_F(ResumeTest, ARunThatGetsLongerSaysHowItsLearningRateGoesOn) {
  NEEDS_KINDS("cosine");
  run(recipe({"run.steps=5", "optimizer.schedule=cosine"}), "run");
  const auto said_by = [&](const std::string& steps) {
    ::testing::internal::CaptureStderr();
    run(recipe({steps, "optimizer.schedule=cosine", "checkpoint.resume=true"}), "run");
    return ::testing::internal::GetCapturedStderr();
  };
  const std::string sentence =
      "the learning rate is 0.005 at step 6, after 0.000955 at step 5: the schedule is \"cosine\" over 10 "
      "steps, and was \"cosine\" over 5\n";
  EXPECT_EQ(said_by("run.steps=5").find("the learning rate is"), std::string::npos);
  const std::string said = said_by("run.steps=10");
  EXPECT_NE(said.find(sentence), std::string::npos) << said;
}

TEST_F(ResumeTest, ARunThatGoesOnAsAnotherSaysHowItDiffers) {
  NEEDS_KINDS("metrics_log");
  run(recipe({"run.steps=5"}), "run");
  const auto go_on = [&](std::vector<std::string> keys) {
    keys.emplace_back("checkpoint.resume=true");
    ::testing::internal::CaptureStderr();
    run(recipe(keys), "run");
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_NE(go_on({"run.steps=6", "log.every=3"})
                .find("resuming with changes: run.steps 5 -> 6, log.every 1 -> 3\n"),
            std::string::npos);
  EXPECT_EQ(go_on({"run.steps=6", "log.every=3"}).find("resuming with changes"), std::string::npos);
  testing::expect_user_error(
      [&] {
        run(recipe({"checkpoint.resume=true", "optimizer.learning_rate=0.5", "model.dropout=0.2"}), "run");
      },
      "model.dropout 0.1 -> 0.2, optimizer.learning_rate 0.01 -> 0.5; go on");
  std::ofstream(text_.path(), std::ios::app) << "and one line more\n";
  testing::expect_user_error([&] { run(recipe({"checkpoint.resume=true"}), "run"); },
                             "step-0000000006: the contents of the training data (");
  const std::string said = go_on({"checkpoint.changes=allow", "optimizer.kind=sgd", "run.steps=8"});
  EXPECT_NE(said.find("optimizer.kind \"adamw\" -> \"sgd\""), std::string::npos) << said;
  EXPECT_NE(said.find(" states of another optimizer are left out: adam.m.h.0.attn.proj.bias, …\n"),
            std::string::npos)
      << said;
  EXPECT_EQ(losses("run").size(), 8U);
}

TEST_F(ResumeTest, WhatChangesAtAResumeStaysInTheRecordOfTheRun) {
  NEEDS_KINDS("report", "metrics_log");
  run(recipe({"run.steps=5"}), "run");
  run(recipe({"run.steps=5", "checkpoint.resume=true"}), "run");
  EXPECT_EQ(resumed_with_changes(read_report_facts(folder_ / "run").run), std::vector<std::string>{});
  run(recipe({"run.steps=6", "checkpoint.resume=true", "checkpoint.changes=allow",
              "optimizer.learning_rate=0.001"}),
      "run");
  run(recipe({"run.steps=6", "checkpoint.resume=true", "optimizer.learning_rate=0.001"}), "run");
  EXPECT_EQ(resumed_with_changes(read_report_facts(folder_ / "run").run),
            std::vector<std::string>{"resumed after step 5 with changes: run.steps 5 -> 6, "
                                     "optimizer.learning_rate 0.01 -> 0.001"});
}

TEST_F(ResumeTest, ARunThatHasFinishedSaysHowToGoOnAndStaysAsItIs) {
  NEEDS_KINDS("report", "metrics_log", "tensorboard_events");
  const auto entries = [&] {
    std::map<std::string, fs::file_time_type> times;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "run")) {
      const bool is_lock = entry.path().filename() == "lock";  // says who looked last
      if (entry.is_regular_file() && !is_lock) times.emplace(entry.path().string(), entry.last_write_time());
    }
    return times;
  };
  const auto resumed = [&](const std::vector<std::string>& keys) {
    std::vector<std::string> all{"checkpoint.resume=true", "log.tensorboard=true", "log.sample_tokens=5"};
    all.insert(all.end(), keys.begin(), keys.end());
    ::testing::internal::CaptureStderr();
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(run(recipe(all), "run").steps, 12);
    return ::testing::internal::GetCapturedStderr() + ::testing::internal::GetCapturedStdout();
  };
  run(recipe({"log.tensorboard=true", "log.sample_tokens=5"}), "run");
  const auto before = entries();
  EXPECT_EQ(resumed({}),
            "the run has finished with step 12, and nothing is done; --set run.steps=MORE goes on\n");
  EXPECT_EQ(entries(), before);
  const std::vector<std::string> epoch{"run.epochs=1", "data.batch=500"};
  run(recipe(epoch), "epoch");
  ::testing::internal::CaptureStderr();
  run(recipe({epoch[0], epoch[1], "checkpoint.resume=true"}), "epoch");
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("; --set run.epochs=MORE goes on\n"),
            std::string::npos);

  ReportInput killed = read_report_facts(folder_ / "run");
  killed.run.state = RunState::going_on;
  write_report_facts(folder_ / "run", killed);
  EXPECT_NE(resumed({}).find("resuming after step 12, the last: nothing is left to train\n"),
            std::string::npos);
  EXPECT_EQ(read_report_facts(folder_ / "run").run.state, RunState::finished)
      << "a run that was killed before its end was written gets it";
}

TEST_F(ResumeTest, ResumingWhereNothingIsIsSaid) {
  ::testing::internal::CaptureStderr();
  run(recipe({"run.steps=2", "checkpoint.resume=true"}), "fresh");
  EXPECT_NE(
      ::testing::internal::GetCapturedStderr().find(
          "no checkpoint in " + (folder_ / "fresh/checkpoints").string() + ": the run begins at step 1\n"),
      std::string::npos);
}

TEST_F(ResumeTest, AccumulationMayChangeFromOneRunToTheNextWhereThatIsAllowed) {
  NEEDS_KINDS("metrics_log");
  run(recipe({"run.steps=5", "optimizer.accumulate=2"}), "run");
  const CheckpointReader reader(folder_ / "run/checkpoints/step-0000000005");
  for (const auto& [name, type] : reader.tensors()) EXPECT_FALSE(name.starts_with("gradient.")) << name;
  testing::expect_user_error(
      [&] {
        run(recipe({"run.steps=8", "checkpoint.resume=true"}), "run");
      },
      ": optimizer.accumulate 2 -> 1; go on with what wrote it, or allow this with "
      "--set checkpoint.changes=allow");
  const std::string allow = "checkpoint.changes=allow";
  run(recipe({"run.steps=8", "checkpoint.resume=true", allow}), "run");
  run(recipe({"run.steps=12", "checkpoint.resume=true", "optimizer.accumulate=3", allow}), "run");
  EXPECT_EQ(read_metrics(folder_ / "run/metrics.jsonl").size(), 12U);
}

TEST_F(ResumeTest, ACheckpointThatBearsAnothersNameIsNotTakenForIt) {
  run(recipe(), "run");
  const fs::path checkpoints = folder_ / "run/checkpoints";
  fs::rename(checkpoints / "step-0000000012", checkpoints / "step-0000000099");
  Session session(recipe(), Communicator::world());
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(resume(session, checkpoints)->step, 10);
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(
      said.find("step-0000000099 cannot be used, trying the one before it: its name says step 99, and its "
                "index step 12\n"),
      std::string::npos)
      << said;
}

TEST_F(ResumeTest, AFallenBackCheckpointIsSaidAndUsed) {
  run(recipe(), "run");
  fs::resize_file(folder_ / "run/checkpoints/step-0000000012/rank-00000-of-00001.safetensors", 100);
  Session session(recipe(), Communicator::world());
  EXPECT_EQ(resume(session, folder_ / "run/checkpoints")->step, 10);
}

}  // namespace
}  // namespace weft
