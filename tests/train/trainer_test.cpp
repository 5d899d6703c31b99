// The whole of a run, small: exact resume, allocation, memory as planned, errors.
#include "weft/train/trainer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "tests/machine/own_cache.h"
#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "tests/store/file_limit.h"
#include "tests/train/byte_pairs_folder.h"
#include "tests/train/count_allocations.h"
#include "tests/train/trained_text.h"
#include "weft/base/check.h"
#include "weft/data/text/token_file.h"
#include "weft/params/best_checkpoint.h"
#include "weft/params/checkpoint_files.h"
#include "weft/params/checkpoint_snapshot.h"
#include "weft/params/checkpoint_writer.h"
#include "weft/probe/measured_here.h"
#include "weft/report/facts.h"
#include "weft/report/metrics_log.h"
#include "weft/run/step_order.h"
#include "weft/train/evaluate.h"
#include "weft/train/resume.h"
#include "weft/train/training_step.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

using TrainerTest = testing::TrainedText;

TEST_F(TrainerTest, ResumedRunIsBitForBitTheUninterruptedOne) {
  NEEDS_KINDS("metrics_log");
  run(recipe(), "whole");
  run(recipe({"run.steps=7"}), "parts");
  fs::remove_all(folder_ /
                 "parts/checkpoints/step-0000000007");  // as if killed after the checkpoint of step 5
  run(recipe({"checkpoint.resume=true"}), "parts");
  EXPECT_EQ(losses("whole").size(), 12U);
  EXPECT_EQ(losses("whole"), losses("parts"));
}

TEST_F(TrainerTest, WhatPlansArePricedByIsKeptAndChangesNothingThatIsLearnt) {
  NEEDS_KINDS("metrics_log");
  run(recipe(), "guessed");
  const fs::path kept = folder_ / "guessed/machine.json";
  EXPECT_EQ(to_json(read_machine(kept)), to_json(Machine()));
  // Arithmetic is dear, and moving bytes and starting instructions cost next to nothing.
  const testing::OwnCache cache;
  Machine odd;
  odd.measured_on = measured_here();
  odd.gflops = {{DType::f32, 1e-6}};
  odd.memory_gbps = 1e5;
  odd.launch_us = 1e-6;
  cache.put(measured_here(), to_json(odd));
  run(recipe(), "priced");
  EXPECT_EQ(to_json(read_machine(folder_ / "priced/machine.json")), to_json(odd));
  EXPECT_EQ(losses("guessed"), losses("priced"));
}

TEST(TrainResult, SaysOfWhichStepItWasMeasured) {
  TrainResult result;
  result.steps = 1165;
  EXPECT_EQ(result.measured(), "");
  result.validation = Evaluation{2.0434, 640, {{"accuracy", 0.5, "50.00%"}}};
  result.validated_after = 1160;
  EXPECT_EQ(result.measured(),
            "validation loss 2.0434 over 640 targets, of step 1160\nvalidation accuracy 50.00%\n");
  result.validated_after = 1165;
  EXPECT_EQ(result.measured(), "validation loss 2.0434 over 640 targets\nvalidation accuracy 50.00%\n");
}

TEST_F(TrainerTest, WhatAFinishedRunMeasuredIsOfItsLastStep) {
  const TrainResult result = run(recipe({"run.steps=5", "log.evaluate_every=2"}), "run");
  EXPECT_EQ(result.validated_after, 5);
}

TEST_F(TrainerTest, ATraceThatCannotBeWrittenIsSaidBeforeTheFirstStep) {
  NEEDS_KINDS("metrics_log", "timeline", "report");
  Session session(recipe(), Communicator::world());
  testing::expect_user_error(
      [&] { train(session, {.out = folder_ / "run", .trace = folder_ / "none/trace.json"}); },
      "/none/trace.json: the trace cannot be written");
  EXPECT_TRUE(losses("run").empty());
  const RunRecord run = read_report_facts(folder_ / "run").run;
  EXPECT_EQ(run.state, RunState::failed);
  EXPECT_NE(run.why.find("/none/trace.json: the trace cannot be written"), std::string::npos) << run.why;
}

TEST_F(TrainerTest, ALogThatCannotBeWrittenLosesNoWeights) {
  NEEDS_KINDS("metrics_log");
  const Recipe long_run = recipe({"checkpoint.every=0", "run.steps=20000", "log.every=20000"});
  {
    const testing::FileLimit limit(200
                                   << 10);  // a checkpoint is smaller, the log of some hundred steps is not
    testing::expect_user_error([&] { run(long_run, "run"); }, "metrics.jsonl");
  }
  const std::vector<CheckpointName> kept = list_checkpoints(folder_ / "run/checkpoints");
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].step, std::ssize(losses("run")) + 1) << "of the step whose row is not in the log";
}

TEST_F(TrainerTest, AccumulatedMicrobatchesGiveOneStepOfTheirSum) {
  NEEDS_KINDS("metrics_log");
  std::ifstream text(text_.path(), std::ios::binary);
  std::vector<int32_t> tokens;
  for (char c = 0; text.get(c);) tokens.push_back(static_cast<unsigned char>(c));
  write_token_file(folder_ / "text.tokens", tokens);
  // Windows side by side come in the same order, however many make a microbatch.
  const std::vector<std::string> base{"data.path=" + (folder_ / "text.tokens").string(),
                                      "data.windows=streamed", "model.dropout=0.0", "run.precision=f64"};
  const auto with = [&](const std::string& accumulate) {
    std::vector<std::string> keys = base;
    keys.push_back("optimizer.accumulate=" + accumulate);
    return recipe(keys);
  };
  run(with("1"), "whole");
  run(with("3"), "accumulated");
  const std::vector<double> whole = losses("whole");
  const std::vector<double> accumulated = losses("accumulated");
  ASSERT_EQ(whole.size(), 12U);
  ASSERT_EQ(accumulated.size(), whole.size());
  // f64, sums in another order, through twelve updates.
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(accumulated[i], whole[i], 1e-10) << "step " << i + 1;
  EXPECT_LT(whole.back(), whole.front() - 0.1) << "else the updates would not show";
}

TEST_F(TrainerTest, TheStepLoopAllocatesNothing) {
  if (!counts_allocations()) GTEST_SKIP() << "AddressSanitizer keeps operator new to itself";
  Session session(recipe(), Communicator::world());
  Executor& executor = session.executor();
  session.feed(*session.data().train, 0);
  session.set_scalar("learning_rate", 1e-3);
  session.set_integer("update_step", 1);
  const StepOrder order = step_order(executor.program());
  const auto step = [&] {
    for (const auto* segments : {&order.before, &order.each, &order.after}) {
      for (const SegmentId id : *segments) executor.run(id);
    }
  };
  step();  // libraries may set themselves up at their first call
  const auto more_steps = [&] {
    for (int i = 0; i < 5; ++i) step();
  };
  EXPECT_EQ(allocations_in(more_steps), 0);
  std::vector<int> grows;
  EXPECT_EQ(allocations_in([&] { grows.resize(100); }), 1) << "else nothing is counted";
}

TEST_F(TrainerTest, TheArenaIsAsLargeAsPredicted) {
  Session session(
      recipe({"model.width=256", "model.layers=2", "data.context=64", "data.batch=32", "model.dropout=0"}),
      Communicator::world());
  const Program& program = session.executor().program();
  int64_t peak = 0;
  for (const SegmentProgram& code : program.segments) peak = std::max(peak, code.peak_bytes);
  Executor& executor = session.executor();
  const int64_t before = executor.resident_bytes();
  TrainingStep(session).run(0, 1e-3);
  evaluate(session, 1);
  const int64_t after = executor.resident_bytes();
  // Before, states that were initialised; after, all that the segments use. Each of the three allocations may
  // reach a huge page beyond.
  EXPECT_LT(before, program.memory_bytes() / 2);
  EXPECT_GE(after, program.memory_bytes());
  EXPECT_LE(after, program.memory_bytes() + (int64_t{6} << 20));
  EXPECT_GT(program.memory_bytes(), int64_t{40} << 20) << "else pages decide";
  EXPECT_EQ(session.store().missing_bytes(program), 0) << "what the program needs is there";
  EXPECT_GE(program.memory_bytes(), peak);
  EXPECT_EQ(snapshot_bytes(program), CheckpointSnapshot::bytes_of(session.store()));
  EXPECT_GT(snapshot_bytes(program), program.state_bytes / 3);
}

TEST_F(TrainerTest, TheBestIsToldByTheSameBatchesAfterEveryStep) {
  run(recipe({"checkpoint.best=loss", "log.evaluate_every=6", "log.evaluate_batches=1"}), "run");
  const std::optional<BestCheckpoint> best = read_best(folder_ / "run/checkpoints");
  ASSERT_TRUE(best);
  Session session(recipe({"log.evaluate_batches=1"}), Communicator::world());
  session.load(CheckpointReader(checkpoint_folder(folder_ / "run/checkpoints", best->step)));
  EXPECT_EQ(best->step, 12) << "the loss falls";
  EXPECT_EQ(best->value, evaluate(session, 1).loss);
  EXPECT_NE(best->value, evaluate(session, 0).loss);
  const MetricsRow last = read_metrics(folder_ / "run/metrics.jsonl").back();
  EXPECT_EQ(last.validation_loss, evaluate(session, 1).loss) << "as after every step";
  EXPECT_EQ(last.more.back(),
            (std::pair<std::string, double>{"final_validation_loss", evaluate(session, 0).loss}));
}

TEST_F(TrainerTest, AFolderThatCannotHoldTheTokenizerIsOneSentence) {
  NEEDS_KINDS("byte_pairs");
  const fs::path pairs = folder_ / "pairs";
  testing::write_byte_pairs(pairs);
  fs::create_directories(folder_ / "run");
  std::ofstream(folder_ / "run/files") << "in the way";
  std::ofstream(text_.path()) << [] {
    std::string text;
    for (int i = 0; i < 400; ++i) text += "a stab is a tab ";
    return text;
  }();
  testing::expect_user_error(
      [&] { run(recipe({"data.tokenizer=" + pairs.string()}), "run"); },
      (folder_ / "run/files").string() + ": " + pairs.string() + " cannot be copied there: ");
}

TEST_F(TrainerTest, WeightsThatAreNoNumbersAreNotLoaded) {
  run(recipe({"run.steps=2"}), "run");
  Session session(recipe(), Communicator::world());
  resume(session, folder_ / "run/checkpoints");
  session.store().write("wte", [](const View& view) { view.as<float>()[7] = std::nanf(""); });
  CheckpointWriter writer(session.store(), session.world(), {folder_ / "bad", 0, false});
  writer.write(3, "{}");
  writer.finish();
  Session other(recipe(), Communicator::world());
  testing::expect_user_error(
      [&] { other.load(CheckpointReader(folder_ / "bad/step-0000000003")); },
      "step-0000000003: tensor wte has numbers that are not finite; with --checkpoint an earlier "
      "one can be named, which may be good");
}

TEST_F(TrainerTest, ALossThatIsNotFiniteStopsTheRunAndNamesTheOp) {
  try {
    run(recipe({"optimizer.learning_rate=1e30", "optimizer.clip=0.0", "model.dropout=0.0"}), "diverging");
    FAIL() << "a learning rate of 1e30 must diverge";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("the first result that is not finite comes from"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(TrainerTest, ARecipeThatCannotBeWrittenIsNamed) {
  fs::create_directories(folder_ / "taken/recipe.toml");
  testing::expect_user_error(
      [&] { run(recipe(), "taken"); },
      "/taken/recipe.toml: this is a folder, a device or a pipe, expected a place for a recipe of the run");
}

TEST_F(TrainerTest, MissingDataIsOneSentence) {
  try {
    run(recipe({"data.path=/no/such/place"}), "missing");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "data.path: /no/such/place does not exist; --set data.path=… says where it is");
  }
}

TEST_F(TrainerTest, AMeshThatTheJobDoesNotHaveSaysHowToStartIt) {
  try {
    run(recipe({"parallel.data=2"}), "mesh");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "[parallel] data=2 needs 2 ranks and this job has 1: start it with `weft launch -n 2 …`");
  }
}

}  // namespace
}  // namespace weft
