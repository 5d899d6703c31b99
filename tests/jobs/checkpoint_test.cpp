// Checkpoints that are damaged, foreign or cannot be written; a loss that is not finite.
#include <fmt/format.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "tests/jobs/job.h"

namespace weft::testing {
namespace {

namespace fs = std::filesystem;

class Checkpoints : public JobTest {
 protected:
  Outcome eval(const std::string& run, const std::vector<std::string>& keys = {}) const {
    std::string arguments =
        fmt::format("eval {} --out {}", folder("tiny.toml").string(), folder(run).string());
    for (const std::string& key : keys) arguments += " --set " + key;
    return JobTest::run(1, arguments);
  }
};

TEST_F(Checkpoints, ATruncatedOneFallsBackToThePreviousAndSaysSo) {
  ASSERT_EQ(run(2, train("run", {"parallel.data=2", "run.steps=10", "checkpoint.every=5"})).code, 0);
  fs::resize_file(folder("run") / "checkpoints/step-0000000010/rank-00000-of-00002.safetensors", 100);
  const Outcome outcome = run(2, train("run", {"parallel.data=2", "run.steps=12", "checkpoint.resume=true"}));
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_EQ(count(outcome.text, "cannot be used, trying the one before it"), 1) << outcome.text;
  EXPECT_EQ(count(outcome.text, "resuming after step 5"), 1) << outcome.text;
  EXPECT_EQ(steps("run").size(), 12U);
}

TEST_F(Checkpoints, OneOfAnotherModelIsRefusedByTheFirstTensorThatDiffers) {
  ASSERT_EQ(run(1, train("run", {"run.steps=2"})).code, 0);
  const Outcome outcome = run(1, train("run", {"run.steps=4", "checkpoint.resume=true",
                                               "checkpoint.changes=allow", "model.width=32"}));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(count(outcome.text, "weft: "), 1) << outcome.text;
  EXPECT_EQ(count(outcome.text, "and this recipe's model needs"), 1) << outcome.text;
  EXPECT_EQ(steps("run").size(), 2U) << "metrics of a run that was not resumed are kept";
}

TEST_F(Checkpoints, AFolderOfAnotherProgramIsNotRead) {
  ASSERT_EQ(run(1, train("run", {"run.steps=2"})).code, 0);
  const fs::path foreign = folder("run") / "checkpoints/step-0000000009";
  fs::create_directories(foreign);
  std::ofstream(foreign / "index.json") << R"({"format":"another","version":1,"checksum":"0"})";
  const Outcome outcome = run(1, train("run", {"run.steps=4", "checkpoint.resume=true"}));
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_EQ(count(outcome.text, "step-0000000009 cannot be used, trying the one before it"), 1)
      << outcome.text;
  EXPECT_EQ(steps("run").size(), 4U);
}

TEST_F(Checkpoints, ALossThatIsNotFiniteNamesTheLastCheckpointThatIsGood) {
  // clip would bring back even the gradients of weights of 1e30.
  const std::vector<std::string> keys{"checkpoint.every=1", "checkpoint.keep=0", "optimizer.clip=0.0"};
  std::vector<std::string> first = keys;
  first.emplace_back("run.steps=3");
  ASSERT_EQ(run(2, train("run",
                         [&] {
                           std::vector<std::string> all = first;
                           all.emplace_back("parallel.data=2");
                           return all;
                         }()))
                .code,
            0);
  std::vector<std::string> then = keys;
  for (const char* key : {"parallel.data=2", "run.steps=9", "checkpoint.resume=true",
                          "checkpoint.changes=allow", "optimizer.learning_rate=1e30"}) {
    then.emplace_back(key);
  }
  const Outcome outcome = run(2, train("run", then));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(count(outcome.text, "the first result that is not finite comes from"), 1) << outcome.text;
  // Step 4 makes weights of 1e30 and is saved; only step 5 shows what they are worth.
  EXPECT_EQ(count(outcome.text, "step 5: the loss is"), 1) << outcome.text;
  const std::string at = (folder("run") / "checkpoints/step-").string();
  EXPECT_EQ(
      count(outcome.text, fmt::format("the last good checkpoint is {}0000000003; {}0000000004 holds the "
                                      "weights that gave this loss; a lower optimizer.learning_rate, ",
                                      at, at)),
      1)
      << outcome.text;
  const Outcome good =
      JobTest::run(1, fmt::format("eval {} --checkpoint {}0000000003", folder("tiny.toml").string(), at));
  EXPECT_EQ(good.code, 0) << good.text;
  EXPECT_EQ(count(good.text, "nan"), 0) << good.text;
  const Outcome bad =
      JobTest::run(1, fmt::format("eval {} --checkpoint {}0000000004", folder("tiny.toml").string(), at));
  EXPECT_EQ(bad.code, 1);
  EXPECT_EQ(count(bad.text, "weft: eval: the validation loss is "), 1) << bad.text;
}

/// A file system of a few MiB, mounted while it lives.
class SmallDisk {
 public:
  SmallDisk(fs::path at, const std::string& size) : at_(std::move(at)) {
    fs::create_directories(at_);
    mounted_ = mount("tmpfs", at_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    if (!mounted_) why_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) umount2(at_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }
  const std::string& why() const { return why_; }

 private:
  fs::path at_;
  bool mounted_ = false;
  std::string why_;
};

TEST_F(Checkpoints, AFullDiskEndsTheRunAndTheEarlierOnesStayGood) {
  // 14 thousand numbers a layer of width 32, with both moments 150 KiB a layer: a checkpoint is a bit over
  // 0.7 MiB, and the third does not fit.
  const SmallDisk disk(folder("disk"), "2m");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a tmpfs is not permitted here: " << disk.why();
  const std::vector<std::string> model{"model.layers=4", "model.width=32", "checkpoint.keep=0"};
  for (const int ranks : {1, 2}) {
    SCOPED_TRACE(fmt::format("{} ranks", ranks));
    const std::string name = fmt::format("disk/run{}", ranks);
    std::vector<std::string> keys = model;
    keys.emplace_back("run.steps=100");
    keys.emplace_back("checkpoint.every=5");
    keys.emplace_back(fmt::format("parallel.tensor={}", ranks));
    const Outcome outcome = run(ranks, train(name, keys));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(count(outcome.text, "weft: could not write "), 1) << outcome.text;
    EXPECT_EQ(count(outcome.text, "No space left on device (0 MiB free there)"), 1) << outcome.text;
    // Nothing half written stays, and what was there is whole.
    ASSERT_FALSE(checkpoints(name).empty());
    for (const std::string& checkpoint : checkpoints(name)) EXPECT_EQ(count(checkpoint, "tmp"), 0);
    const Outcome evaluated = eval(name, model);
    EXPECT_EQ(evaluated.code, 0) << evaluated.text;
    EXPECT_EQ(count(evaluated.text, "warning"), 0) << evaluated.text;
    fs::remove_all(folder(name));
  }
}

}  // namespace
}  // namespace weft::testing
