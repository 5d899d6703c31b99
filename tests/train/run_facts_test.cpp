#include "weft/train/run_facts.h"

#include "tests/train/observer/observed_run.h"
#include "weft/machine/machine.h"

namespace weft {

namespace {

class RunFacts : public testing::ObservedRun {
 protected:
  std::string text() const {
    std::string all;
    for (const RunFact& fact : run_facts(*run_)) all += fact.name + ": " + fact.value + "\n";
    return all;
  }
  void expect(const std::string& part) const {
    EXPECT_NE(text().find(part), std::string::npos) << part << " is not in\n" << text();
  }
};

TEST_F(RunFacts, SayWhatTheRunWillDo) {
  EXPECT_EQ(session_->executor().program().parameters(), 7536);
  expect("model: gpt: layers ");
  expect("; 7,536 parameters, f32\n");
  expect("data: text of " + text_.path().string() +
         ": 3,187 training samples; validation, 59 batches of 6, at the end\n");
  expect("sample: tokens [8] of 256 ids; targets [8] of 256 ids\n");
  expect("steps: 5 steps of 6 samples, ");
  expect("update: adamw: betas [0.9, 0.999], ");
  expect("; learning rate 0.01 (constant)\n");
  expect("ranks: 1 rank; 1 thread each, on ");
  expect("memory: a rank plans ");
  expect("time: roughly guessed ");
  expect(" for 5 steps; weft probe measures this machine\n");
  run_->resumed_after = 4;
  expect(" for 1 step; weft probe");
}

TEST_F(RunFacts, SayThatTheWarmupIsShortened) {
  start({"optimizer.warmup=4", "optimizer.accumulate=2"});
  expect("(constant) after 4 steps of warmup\n");
  expect("5 steps of 6 samples in 2 microbatches, ");
  start({"optimizer.warmup=90"});
  expect("(constant) after 5 steps of warmup, shortened from 90 as the run is no longer\n");
}

TEST_F(RunFacts, SayWhenAndOnWhatIsEvaluated) {
  start({"log.evaluate_every=5", "log.evaluate_batches=0"});
  expect(", 59 batches of 6, every 5 steps\n");
  start({"log.evaluate_every=5", "log.evaluate_batches=4"});
  expect(", every 5 steps on 4 of them, at the end on all\n");
  start({"log.evaluate_every=1", "log.evaluate_batches=2"});
  expect(", after every step on 2 of them, at the end on all\n");
  start({"log.evaluate_every=5", "log.evaluate_batches=59"});
  expect(", every 5 steps\n");
}

TEST_F(RunFacts, SayHowMuchACopyForCheckpointsTakes) {
  EXPECT_EQ(text().find("the copy that a checkpoint"), std::string::npos);
  start({"checkpoint.every=2"});
  expect(" for the copy that a checkpoint is written from\n");
}

TEST_F(RunFacts, PredictForTheMachineThatTheRecipeNames) {
  Machine slow;
  slow.gflops[DType::f32] = 1e-6;
  const std::filesystem::path path = text_.folder() / "machine.json";
  std::ofstream(path) << to_json(slow);
  start({"data.machine=" + path.string()});
  EXPECT_EQ(text().find("guessed"), std::string::npos) << text();
  // Six samples of 8 tokens through 7,536 parameters: some 2 Mflop at 1 Kflop/s.
  const std::string line = run_facts(*run_).back().value;
  EXPECT_TRUE(line.starts_with("predicted ")) << line;
  EXPECT_TRUE(line.ends_with(" for 5 steps; priced by the machine \"not measured\" of " + path.string()))
      << line;
  EXPECT_NE(line.find(" s a step, "), std::string::npos) << line;
}

}  // namespace
}  // namespace weft
