#include "weft/datasets/kind/text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>

#include "tests/datasets/data_folder.h"
#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "tests/recipe/tiny_recipes.h"
#include "weft/base/check.h"
#include "weft/data/text/token_file.h"
#include "weft/models/model.h"
#include "weft/tasks/training_graph.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class TextData : public testing::DataFolder {
 protected:
  /// 401 tokens: 50 windows of 8.
  Recipe text(const std::vector<std::string>& keys) const {
    std::vector<int32_t> tokens(401);
    std::iota(tokens.begin(), tokens.end(), 0);
    for (int32_t& token : tokens) token %= 256;
    write_token_file(folder_ / "text.tokens", tokens);
    return parse_recipe(fmt::format(R"(
[run]
epochs = 2
threads = 1
{}windows = "streamed"
batch = 6
[optimizer]
kind = "adamw"
learning_rate = 1e-2
)",
                                    testing::tiny_gpt(folder_ / "text.tokens")),
                        "tokens.toml", keys);
  }
};

TEST_F(TextData, EachWindowOfATokenFileComesOnceAnEpoch) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  TrainingData data = open_data(text({"data.validation=0.2", "data.last_batch=pad"}), Communicator::world());
  EXPECT_EQ(data.train_samples, 40);
  EXPECT_EQ(data.epoch_batches, 7);
  EXPECT_EQ(data.validation_batches, 2);
  std::map<int32_t, int> starts;
  int64_t windows = 0;
  std::vector<int32_t> tokens(48);
  std::vector<int32_t> targets(48);
  const TensorType type{DType::i32, {6, 8}};
  const std::vector views{View{reinterpret_cast<std::byte*>(tokens.data()), type},
                          View{reinterpret_cast<std::byte*>(targets.data()), type}};
  const std::vector regions{Region::all(type.shape), Region::all(type.shape)};
  for (int64_t batch = 0; batch < 7; ++batch) {
    data.train->fill(batch, views, regions);
    for (size_t row = 0; row < 6; ++row) {
      if (targets[row * 8] < 0) continue;  // the last batch has four windows
      ++windows;
      ++starts[tokens[row * 8]];
      for (size_t i = 0; i < 8; ++i) EXPECT_EQ(targets[row * 8 + i], (tokens[row * 8 + i] + 1) % 256);
    }
  }
  EXPECT_EQ(windows, 40);
  EXPECT_EQ(starts.size(), 32U) << "windows at 0, 8, …: 32 different starts below 256, some twice";
  // The last tenth is for validation, in order, and what does not fill the last batch does not count.
  data.validation->fill(1, views, regions);
  EXPECT_EQ(tokens[0], (40 + 6) * 8 % 256);
  EXPECT_EQ(targets[4 * 8], -1);
}

TEST_F(TextData, ATokenFileTrains) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  Session session(text({}), Communicator::world());
  const TrainResult result = train(session, {.out = folder_ / "run", .trace = {}});
  EXPECT_EQ(result.steps, 14) << "45 windows, two epochs of 7 batches";
  EXPECT_EQ(result.validation->targets, 5 * 8);
}

TEST_F(TextData, WindowsOfAnotherTokenizerAreRefused) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  const std::string other = (folder_ / "other.tokens").string();
  write_token_file(other, std::vector<int32_t>(100), fingerprint(*make_tokenizer("bytes")) + 1);
  const std::string said =
      other + ": another tokenizer than data.tokenizer made its tokens; name the one that did";
  EXPECT_EQ(refusal(text({"data.path=" + other})), said);
  EXPECT_EQ(refusal(text({"data.validation=\"" + other + "\""})), said);
  EXPECT_EQ(refusal(text({"data.path=" + other, "data.windows=drawn", "data.last_batch=drop"})), said);
}

TEST_F(TextData, WhatHasNoWindowsIsOneSentence) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  std::ofstream(folder_ / "a.npy") << "\x93NUMPY";
  const std::string path = (folder_ / "a.npy").string();
  EXPECT_NE(refusal(text({"data.path=" + path})).find("a.npy"), std::string::npos);
  fs::create_directories(folder_ / "images/cat");
  std::ofstream(folder_ / "images/cat/1.png") << "\x89PNG";
  const std::string images = (folder_ / "images").string();
  EXPECT_EQ(refusal(text({"data.path=" + images})),
            "data.windows = \"streamed\": " + images +
                " is images, expected a token file: weft data make tokens --text " + images +
                " --out FILE.tokens");
  std::ofstream(folder_ / "text.txt") << "words";
  const std::string words = (folder_ / "text.txt").string();
  EXPECT_EQ(refusal(text({"data.path=" + words})),
            "data.windows = \"streamed\": " + words +
                " is none, expected a token file: weft data make tokens --text " + words +
                " --out FILE.tokens");
  EXPECT_EQ(refusal(text({"data.validation=0.001"})),
            "data.validation = 0.001: of 50 windows of data.context = 8 tokens that is none");
}

TEST_F(TextData, APromptWithoutATokenIsRefusedAtTheStart) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  for (const std::string windows : {"drawn", "streamed"}) {
    EXPECT_EQ(
        refusal(text({"data.windows=" + windows, "log.prompt=''", "log.sample_tokens=4"})),
        "log.prompt = \"\": bytes makes no token of it, and log.sample_tokens = 4 want one to go on from; "
        "expected another text");
    EXPECT_EQ(refusal(text({"data.windows=" + windows, "log.prompt=''"})), "");
  }
}

TEST_F(TextData, AFractionThatLeavesNoWindowIsRefused) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  const auto said = [](double fraction, int trained, int held_out) {
    return fmt::format(
        "data.validation = {}: of 401 tokens {} are trained on and {} held out, expected at least 9 of "
        "either, for a window of data.context",
        fraction, trained, held_out);
  };
  EXPECT_EQ(refusal(text({"data.windows=drawn", "data.validation=0.99"})), said(0.99, 4, 397));
  EXPECT_EQ(refusal(text({"data.windows=drawn", "data.validation=0.0"})), said(0, 401, 0));
}

TEST_F(TextData, WhatIsLeftOutOfATextIsSaid) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  fs::create_directories(folder_ / "texts");
  std::ofstream(folder_ / "texts/a.txt") << std::string(400, 'a');
  std::ofstream(folder_ / "texts/b.txt") << std::string("b\0", 2);
  const std::string path = (folder_ / "texts").string();
  for (const std::string& validation : std::vector<std::string>{"0.1", "\"" + path + "\""}) {
    const TrainingData data =
        open_data(text({"data.windows=drawn", "data.path=" + path, "data.validation=" + validation}),
                  Communicator::world());
    ASSERT_EQ(data.remarks.size(), validation == "0.1" ? 1U : 3U);
    EXPECT_EQ(data.remarks.back().starts_with("data.validation: 1 of its 1 file is trained on too"),
              validation != "0.1");
    EXPECT_EQ(data.remarks.front(), "data.path: 1 file in " + path + " left out, " + path +
                                        "/b.txt: 1 with a zero byte (binary, or UTF-16)");
  }
}

TEST_F(TextData, WhatIsOfStreamedWindowsIsRefusedForDrawnOnes) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  for (const std::string key :
       {"workers=2", "mix=[{path='x', share=1}]", "last_batch='pad'", "shuffle=false"}) {
    const std::string name = key.substr(0, key.find('='));
    testing::expect_user_error(
        [&] {
          text({"data.windows=drawn", "data." + key});
        },
        "data." + name +
            " says nothing of windows that are drawn from a text in memory; "
            "leave it out, or set data.windows = \"streamed\"");
  }
  EXPECT_NO_THROW(text({"data.windows=drawn"}));
}

TEST_F(TextData, APlanAsksTheTokenizerAsTrainingDoes) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  for (const char* vocabulary : {"model.vocabulary=0", "model.vocabulary=10", "model.vocabulary=300"}) {
    const Recipe recipe = text({vocabulary});
    const auto known = recipe.data.kind->foretell(recipe, recipe.model.kind->ids());
    EXPECT_EQ(known->input.below, 256) << vocabulary;
    EXPECT_EQ(known->input.below, open_data(recipe, Communicator::world()).facts.input.below);
  }
  // Where the tokenizer's file is somewhere else, the model's own number is all there is.
  const Recipe elsewhere = text({"model.vocabulary=300", "data.tokenizer=/nowhere/to/be.model"});
  EXPECT_EQ(elsewhere.data.kind->foretell(elsewhere, 300)->input.below, 300);
  testing::expect_user_error([&] { elsewhere.data.kind->foretell(elsewhere, 0); }, "/nowhere/to/be.model");
  const Recipe small = text({"model.vocabulary=10"});
  testing::expect_user_error(
      [&] { build_training_graph(small, *small.data.kind->foretell(small, small.model.kind->ids())); },
      "model.vocabulary=10: the tokenizer has 256 tokens");
}

TEST_F(TextData, AnEpochThatFillsNoBatchIsAStepAllTheSame) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  TrainingData data;
  EXPECT_EQ(total_steps(text({}), data), 2);
  data.epoch_batches = 7;
  EXPECT_EQ(total_steps(text({}), data), 14);
  EXPECT_EQ(total_steps(text({"optimizer.accumulate=2"}), data), 7);
}

}  // namespace
}  // namespace weft
