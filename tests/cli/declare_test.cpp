// Of datasets/data_kind.cpp: data.declare, planning without data, and data that are something else.
#include "tests/cli/command.h"

namespace weft::testing {
namespace {

/// The number behind the first `words`.
double number_after(const std::string& text, const std::string& words) {
  const size_t at = text.find(words);
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + words.size(), nullptr);
}

/// Of the tiny network: all that do not grow with the vocabulary, and a row of 16 for each id.
std::string parameters_of(int64_t vocabulary) {
  constexpr int64_t kOf256 = 7536;
  return fmt::format("{}", kOf256 + 16 * (vocabulary - 256));
}

class Declare : public Cli {
 protected:
  void SetUp() override {
    Cli::SetUp();
    NEEDS_KINDS("resnet", "images", "sgd", "classification");
    std::ofstream(folder_ / "images.toml") << R"([run]
steps = 2
[model]
kind = "resnet"
depth = 8
width = 4
[data]
kind = "images"
declare = {sample = [16, 16, 3], classes = 10}
batch = 2
[optimizer]
kind = "sgd"
learning_rate = 0.1
)";
  }
  Outcome with(const std::string& command, const std::string& overrides) const {
    return run(command + " " + (folder_ / "images.toml").string() + " " + overrides);
  }
  /// The sentence about this declaration, without what stands before it.
  std::string sentence(const std::string& declared) const {
    const Outcome outcome = with("plan", "--set 'data.declare=" + declared + "'");
    EXPECT_EQ(outcome.code, 1) << declared << outcome.text;
    const std::string start = "weft: --set data.declare=" + declared + ": ";
    EXPECT_EQ(outcome.text.substr(0, start.size()), start);
    return outcome.text.substr(std::min(start.size(), outcome.text.size()));
  }
};

TEST_F(Declare, PlansWithoutDataAndSaysWhatTrainingLacks) {
  const Outcome plan = with("plan", "");
  EXPECT_EQ(plan.code, 0) << plan.text;
  EXPECT_EQ(plan.text.substr(0, 8), "resnet: ");
  EXPECT_NE(with("plan", "--tensors").text.find("pixels"), std::string::npos);
  EXPECT_NE(with("inspect", "").text.find("declare = {sample = [16, 16, 3], classes = 10}\n"),
            std::string::npos);
  const std::string why =
      "weft: data.path is not given: what data.declare says of samples is enough to plan, and not to train "
      "or evaluate\n";
  EXPECT_EQ(with("train", "--out " + out()).text, why);
  EXPECT_EQ(with("data bench", "").text, why);
  EXPECT_NE(with("plan", "--set data.declare={}")
                .text.find("data.path is empty; without it data.declare must say what a sample is"),
            std::string::npos);
  EXPECT_EQ(with("plan", "--set model.depth=14 --ranks 4 --set data.batch=8").code, 0);
}

TEST_F(Declare, IsNamedWhereAPlanLacksTheData) {
  const std::string lacks = "--set data.declare={} --set data.path=/no/such";
  const std::string why = "weft: data.path: /no/such does not exist; --set data.path=… says where it is";
  EXPECT_EQ(
      with("plan", lacks).text,
      why + "; without data, data.declare says what a sample is: {sample = [224, 224, 3], classes = 1000}\n");
  EXPECT_EQ(with("train", lacks + " --out " + out()).text, why + "\n") << "which needs them";
}

TEST_F(Declare, SamplesSayHowManyStepsAnEpochHas) {
  const auto planned = [&](const std::string& overrides) {
    const Outcome plan =
        with("plan",
             "--set 'data.declare={sample=[16,16,3],classes=10,samples=103}' --set data.batch=10 "
             "--set run.epochs=3 --set run.steps=0 " +
                 overrides);
    EXPECT_EQ(plan.code, 0) << plan.text;
    return plan.text;
  };
  const std::string said = "103 samples, as data.declare says: ";
  for (const auto& [overrides, steps] :
       {std::pair{"", "10 steps an epoch; the whole run has 30 steps, "},
        {"--set data.last_batch=pad", "11 steps an epoch; the whole run has 33 "},
        {"--set data.batch=5", "20 steps an epoch; the whole run has 60 "},
        {"--set optimizer.accumulate=2", "10 steps an epoch; the whole run has 30 "},
        {"--set run.epochs=0 --set run.steps=7", "10 steps an epoch; the whole run has 7 "}})
    EXPECT_NE(planned(overrides).find(said + steps), std::string::npos) << overrides << planned(overrides);
  const std::string none = planned("--set data.batch=104");
  EXPECT_EQ(none.find(" steps an epoch"), std::string::npos) << none;
  EXPECT_NE(
      none.find("\ndata.batch=104: an epoch has only 103 samples, so that dropping the last partial batch "
                "leaves none; data.last_batch = \"pad\" keeps it\n"),
      std::string::npos)
      << none;
  // An update is made once a step, however many microbatches: 500 steps take 500 times what a step takes.
  const std::string accumulated =
      planned("--set optimizer.accumulate=5 --set run.epochs=0 --set run.steps=500");
  const double step_ms = number_after(accumulated, "a step on a rank: ");
  EXPECT_NEAR(number_after(accumulated, "the whole run has 500 steps, "), 500 * step_ms, 500 * 0.005 + 1)
      << accumulated;
  EXPECT_EQ(with("plan", "").text.find(" samples, as data.declare says"), std::string::npos)
      << "where they are not declared";
  EXPECT_EQ(sentence("{sample=[16,16,3],classes=10,samples=0}"),
            "\"data.declare\": expected a table such as {sample = [224, 224, 3], classes = 1000}, got a "
            "table: samples is 0, expected an integer from 1 to 10^9\n");
}

TEST_F(Declare, WhatCannotBeASampleIsASentence) {
  const std::string expected =
      "\"data.declare\": expected a table such as {sample = [224, 224, 3], classes = 1000}, got ";
  EXPECT_EQ(sentence("7"), expected + "7\n");
  EXPECT_EQ(sentence("[4, 4, 3]"), expected + "the list [4, 4, 3]\n");
  EXPECT_EQ(sentence("{sample=[4,0,3]}"),
            expected + "a table: a size in sample is 0, expected an integer from 1 to 10^9\n");
  EXPECT_EQ(sentence("{sample=[4,-1,3]}"),
            expected + "a table: a size in sample is -1, expected an integer from 1 to 10^9\n");
  EXPECT_EQ(sentence("{sample=12}"),
            expected + "a table: sample is 12, expected a list of sizes such as [224, 224, 3]\n");
  EXPECT_EQ(sentence("{sample=[]}"),
            expected + "a table: sample is the list [], expected a list of sizes such as [224, 224, 3]\n");
  EXPECT_EQ(sentence("{classes=2.5}"),
            expected + "a table: classes is 2.5, expected an integer from 1 to 10^9\n");
  EXPECT_EQ(sentence("{sample=[100000,100000,3]}"),
            expected + "a table: sample has 3e+10 numbers, expected at most 10^9\n");
  EXPECT_EQ(sentence("{sampel=[4,4,3]}"), expected + "a table: it has no sampel; did you mean sample?\n");
  EXPECT_EQ(sentence("{x=3}"),
            expected + "a table: it has no x, only sample, classes, target, vocabulary, samples\n");
}

TEST_F(Declare, WhatTheKindOfDataDoesNotHaveIsASentence) {
  const std::string kind = ", and data.kind is \"images\"\n";
  EXPECT_EQ(sentence("{sample=[4,4,4,3],classes=2}"),
            "data.declare: sample = [4, 4, 4, 3] has 4 dimensions, expected 3, the channels last" + kind);
  EXPECT_EQ(sentence("{classes=2}"), "data.declare: the shape of a sample is not declared" + kind);
  EXPECT_EQ(sentence("{sample=[4,4,3]}"),
            "data.declare: either classes or the shape of a target are declared" + kind);
  EXPECT_EQ(sentence("{sample=[4,4,3],target=[4]}"),
            "data.declare: the number of classes is not declared" + kind);
  EXPECT_EQ(sentence("{vocabulary=9}"), "data.declare: a vocabulary is declared, which tokens have" + kind);
  EXPECT_NE(
      run("plan " + recipe() + " --set data.declare={classes=3}")
          .text.find("data.declare: only a vocabulary can be declared of tokens, and data.kind is \"text\""),
      std::string::npos);
}

TEST_F(Declare, DataThatAreSomethingElseAreRefused) {
  const fs::path path = folder_ / "set.safetensors";
  std::string header = R"({"image":{"dtype":"F32","shape":[8,4,4,3],"data_offsets":[0,1536]},)"
                       R"("label":{"dtype":"I64","shape":[8],"data_offsets":[1536,1600]}})";
  while (header.size() % 8 != 0) header += ' ';
  const auto length = static_cast<uint64_t>(header.size());
  std::string numbers(1600, '\0');
  for (size_t i = 0; i < 8; ++i) numbers[1536 + 8 * i] = static_cast<char>(i % 3);
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(&length), 8) << header << numbers;
  const std::string set =
      fmt::format("--set data.kind=arrays --set data.path={} --set data.validation=0.25 --out {} --set ",
                  path.string(), out());
  EXPECT_EQ(with("train", set + "'data.declare={sample=[5,4,3],classes=3}'").text,
            fmt::format("weft: data.declare says that a sample is [5, 4, 3], and those of {} are [4, 4, 3]\n",
                        path.string()));
  EXPECT_EQ(with("train", set + "'data.declare={sample=[4,4,3],classes=9}'").text,
            fmt::format("weft: data.declare says 9 classes, and {} has 3 classes\n", path.string()));
  EXPECT_EQ(with("train", set + "'data.declare={sample=[4,4,3],target=[2]}'").text,
            fmt::format("weft: data.declare says targets of [2], and {} has 3 classes\n", path.string()));
}

TEST_F(Declare, AVocabularyIsThatOfTheTokenizerOrOfNoneThatIsNamed) {
  const std::string declared = " --set data.declare={vocabulary=50257}";
  const auto refused = [](const std::string& why) {
    return "weft: data.declare says a vocabulary of 50257, and data.tokenizer = \"bytes\"" + why +
           " has 256; expected the name of the tokenizer that has 50257, which need not be there to plan\n";
  };
  const std::string plan = "plan " + recipe() + declared;
  const std::string unnamed = refused(", which is taken where none is named,");
  EXPECT_EQ(run("train " + recipe() + declared + " --out " + out()).text, unnamed);
  EXPECT_EQ(run(plan).text, unnamed) << "the text is there, and would be read as bytes";
  EXPECT_EQ(run(plan + " --set data.path= --set data.tokenizer=bytes").text, refused(""));
  const std::string sample =
      "\na sample: tokens [8] of 50257 ids; targets [8] of 50257 ids, as data.declare says\n";
  for (const char* set : {" --set data.path=", " --set data.tokenizer=/no/such/gpt2"}) {
    const Outcome planned = run(plan + set);
    EXPECT_EQ(planned.code, 0) << planned.text;
    EXPECT_NE(planned.text.find(sample), std::string::npos) << planned.text;
    EXPECT_NE(planned.text.find("gpt: " + parameters_of(50257) + " parameters"), std::string::npos)
        << planned.text;
  }
  EXPECT_NE(run("plan " + recipe()).text.find("\na sample: tokens [8] of 256 ids; targets [8] of 256 ids\n"),
            std::string::npos);
}

}  // namespace
}  // namespace weft::testing
