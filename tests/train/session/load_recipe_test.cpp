#include "weft/train/session/load_recipe.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/recipe/needs_kinds.h"
#include "weft/base/check.h"
#include "weft/models/model.h"

namespace weft {
namespace {

constexpr std::string_view kGpt = R"([run]
steps = 10
[model]
kind = "gpt"
layers = 2
heads = 3
width = 27
[data]
kind = "text"
path = "text.txt"
batch = 6
context = 7
[optimizer]
learning_rate = 1e-3
)";

constexpr std::string_view kResnet = R"([run]
epochs = 3
[model]
kind = "resnet"
depth = 14
[data]
kind = "images"
path = "images"
batch = 5
[optimizer]
kind = "sgd"
learning_rate = 1
schedule = "step"
milestones = [3, 5]
)";

Recipe parse(std::string_view text, const std::vector<std::string>& overrides = {}) {
  return parse_recipe(text, "x.toml", overrides);
}

/// "one of "a", "b"": the models that there are.
const std::string kModels = [] {
  std::vector<std::string_view> names;
  for (const auto& model : Model::kinds().list()) names.push_back(model->name());
  return one_of(names);
}();

/// A key of what the recipe has chosen, as TOML.
std::string value_of(const AnyChoice& choice, std::string_view key) {
  return toml_text(choice.held()->get(key));
}

std::string error_of(std::string_view text, const std::vector<std::string>& overrides = {}) {
  try {
    parse(text, overrides);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

/// kGpt with the line that starts with `start` replaced; line numbers stay as they are.
std::string gpt_with(std::string_view start, std::string_view line) {
  std::string text(kGpt);
  const size_t at = text.find(fmt::format("\n{}", start)) + 1;
  EXPECT_NE(at, 0u) << start;
  return text.replace(at, text.find('\n', at) - at, line);
}

/// ""a" or "b"": the models that have a key.
std::string models_with(std::string_view key) {
  std::vector<std::string_view> names;
  for (const auto& model : Model::kinds().list()) {
    if (model->has(key)) names.push_back(model->name());
  }
  return any_of(names);
}

/// The recipes above, and what their tests set in them.
class RecipeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("gpt", "text", "resnet", "images", "arrays", "adamw", "sgd", "constant", "cosine", "step");
  }
};
using RecipeErrors = RecipeTest;

TEST_F(RecipeTest, ReadsWhatIsGivenAndDefaultsTheRest) {
  const Recipe recipe = parse(kGpt);
  EXPECT_EQ(recipe.run.steps, 10);
  EXPECT_EQ(recipe.run.epochs, 0);
  EXPECT_EQ(recipe.run.seed, 1337);
  EXPECT_EQ(recipe.run.precision, DType::f32);
  EXPECT_EQ(recipe.model.kind->name(), "gpt");
  EXPECT_EQ(value_of(recipe.model.kind, "layers"), "2");
  EXPECT_EQ(value_of(recipe.model.kind, "heads"), "3");
  EXPECT_EQ(value_of(recipe.model.kind, "width"), "27");
  EXPECT_EQ(value_of(recipe.model.kind, "tied"), "true");
  EXPECT_EQ(value_of(recipe.model.kind, "activation"), "\"gelu_tanh\"");
  EXPECT_EQ(value_of(recipe.data.kind, "tokenizer"), "\"\"");
  EXPECT_EQ(value_of(recipe.data.kind, "context"), "7");
  EXPECT_EQ(std::get<double>(recipe.data.validation), 0.1);
  EXPECT_EQ(recipe.optimizer.kind.held()->name(), "adamw");
  EXPECT_EQ(recipe.optimizer.learning_rate, 1e-3);
  EXPECT_EQ(value_of(recipe.data.kind, "log.prompt"), "\"\\n\"");
}

TEST_F(RecipeTest, ReadsTheKeysOfTheKindThatIsGiven) {
  const Recipe recipe = parse(kResnet);
  EXPECT_EQ(recipe.model.kind->name(), "resnet");
  EXPECT_EQ(value_of(recipe.model.kind, "depth"), "14");
  EXPECT_EQ(value_of(recipe.model.kind, "width"), "16") << "model.width of a resnet is not that of a gpt";
  EXPECT_EQ(recipe.optimizer.learning_rate, 1.0) << "an integer is a number";
  EXPECT_EQ(value_of(recipe.optimizer.schedule, "milestones"), "[3, 5]");
}

TEST_F(RecipeTest, OverridesWinOverTheFileAndTheLastOverEarlierOnes) {
  const Recipe recipe =
      parse(kGpt, {"run.seed=1", "run.seed = 2", "run.precision=bf16", "data.path=a b/c.txt", "run.name=2024",
                   "optimizer.betas=[0.5, 0.75]", "data.validation=held_out.txt", "log.prompt=\"a\\nb\"",
                   "model.bias=false"});
  EXPECT_EQ(recipe.run.seed, 2);
  EXPECT_EQ(recipe.run.precision, DType::bf16);
  EXPECT_EQ(recipe.data.path, "a b/c.txt") << "a string needs no quotes";
  EXPECT_EQ(recipe.run.name, "2024") << "not even where it looks like a number";
  EXPECT_EQ(value_of(recipe.optimizer.kind, "betas"), "[0.5, 0.75]");
  EXPECT_EQ(std::get<std::string>(recipe.data.validation), "held_out.txt");
  EXPECT_EQ(value_of(recipe.data.kind, "log.prompt"), "\"a\\nb\"");
  EXPECT_EQ(value_of(recipe.model.kind, "bias"), "false");
}

TEST_F(RecipeTest, AnOverrideOfAKindDropsTheFilesKeysOfTheOthers) {
  const Recipe recipe = parse(kResnet, {"optimizer.schedule=constant"});
  EXPECT_EQ(recipe.optimizer.schedule.held()->name(), "constant");
  EXPECT_EQ(error_of(kResnet, {"optimizer.schedule=constant", "optimizer.gamma=0.5"}),
            "--set optimizer.gamma=0.5: \"optimizer.gamma\" means something only with "
            "optimizer.schedule = \"step\"");
}

TEST_F(RecipeTest, AListOfKindsNamesEachOnce) {
  NEEDS_KINDS("accuracy");
  EXPECT_EQ(parse(kGpt, {"task.metrics=['accuracy']"}).task.metrics.list().size(), 1U);
  const std::string error = error_of(kGpt, {"task.metrics=['accuracy', 'accuracy']"});
  EXPECT_TRUE(error.ends_with("got the list [\"accuracy\", \"accuracy\"]: \"accuracy\" stands there twice"))
      << error;
}

TEST_F(RecipeTest, AnOverrideOfASizeMayLookLikeANumber) {
  EXPECT_EQ(parse(kGpt, {"data.windows=streamed", "data.memory=4096"}).data.loading.memory.bytes(), 4096);
  EXPECT_EQ(parse(kGpt, {"data.windows=streamed", "data.network_budget=1.5 KiB"})
                .data.loading.network_budget.bytes(),
            1536);
}

TEST_F(RecipeTest, AnOverrideReplacesStepsByEpochsWhenItSaysSo) {
  const Recipe recipe = parse(kGpt, {"run.steps=0", "run.epochs=2"});
  EXPECT_EQ(recipe.run.steps, 0);
  EXPECT_EQ(recipe.run.epochs, 2);
}

TEST_F(RecipeErrors, UnknownKeysNameTheLineAndTheNearestKey) {
  EXPECT_EQ(error_of(gpt_with("learning_rate", "learnig_rate = 1e-3")),
            "x.toml:14: unknown key \"optimizer.learnig_rate\"; did you mean \"optimizer.learning_rate\"?");
  EXPECT_EQ(error_of(gpt_with("steps", "context = 3")),
            "x.toml:2: unknown key \"run.context\"; did you mean \"data.context\"?");
  EXPECT_EQ(error_of("seed = 1\n"), "x.toml:1: unknown key \"seed\"; did you mean \"run.seed\"?");
  EXPECT_EQ(error_of(gpt_with("steps", "flux_capacitor = 1")),
            "x.toml:2: unknown key \"run.flux_capacitor\"; the keys of its section are name, output, seed, "
            "steps, epochs, precision, device, threads, deadline, usr1, pin");
  EXPECT_EQ(
      error_of("flux_capacitor = 1"),
      "x.toml:1: unknown key \"flux_capacitor\"; the sections are run, model, data, task, loss, optimizer, "
      "parallel, checkpoint, log");
  EXPECT_EQ(error_of(kGpt, {"run.sed=1"}),
            "--set run.sed=1: unknown key \"run.sed\"; did you mean \"run.seed\"?");
}

TEST_F(RecipeErrors, TheFirstUnknownKeyOfTheFileIsNamedFirst) {
  EXPECT_EQ(error_of("[run]\nzzzz1 = 1\naaaa1 = 1\n").substr(0, 33), "x.toml:2: unknown key \"run.zzzz1\"");
}

TEST_F(RecipeErrors, AQuotedKeyWithADotIsNotAKeyOfASection) {
  EXPECT_EQ(error_of("\"run.seed\" = 1\n"),
            "x.toml:1: unknown key \"\"run.seed\"\"; did you mean \"run.seed\"?");
}

TEST_F(RecipeErrors, UnknownSections) {
  EXPECT_EQ(error_of("[optimiser]\n"), "x.toml:1: unknown section [optimiser]; did you mean [optimizer]?");
  EXPECT_EQ(error_of("\n[spaceship]\nseed = 1\n"),
            "x.toml:2: unknown section [spaceship]; the sections are run, model, data, task, loss, "
            "optimizer, parallel, checkpoint, log");
  EXPECT_EQ(error_of("run = 3"), "x.toml:1: \"run\" is a section: expected [run] and keys in it, got 3");
}

TEST_F(RecipeErrors, WrongTypes) {
  EXPECT_EQ(error_of(gpt_with("learning_rate", "learning_rate = \"abc\"")),
            "x.toml:14: \"optimizer.learning_rate\": expected a number above 0, got the string \"abc\"");
  EXPECT_EQ(error_of(gpt_with("learning_rate", "learning_rate = nan")),
            "x.toml:14: \"optimizer.learning_rate\": expected a number above 0, got nan");
  EXPECT_EQ(error_of(gpt_with("steps", "steps = 1.0")),
            "x.toml:2: \"run.steps\": expected an integer from 0 to 10^9, got 1.0");
  EXPECT_EQ(error_of(gpt_with("path", "path = 3")), "x.toml:10: \"data.path\": expected a string, got 3");
  EXPECT_EQ(error_of(gpt_with("path", "path = 1979-05-27")),
            "x.toml:10: \"data.path\": expected a string, got a date or time");
  EXPECT_EQ(error_of(gpt_with("path", "path = { a = 1 }")),
            "x.toml:10: \"data.path\": expected a string, got a table");
  EXPECT_EQ(error_of(kGpt, {"model.bias=1"}),
            "--set model.bias=1: \"model.bias\": expected true or false, got 1");
  EXPECT_EQ(error_of(kGpt, {"optimizer.betas=[0.9]"}),
            "--set optimizer.betas=[0.9]: \"optimizer.betas\": expected a list of two numbers in [0, 1), got "
            "the list [0.9]");
  EXPECT_EQ(
      error_of(kResnet, {"optimizer.milestones=[1, true]"}),
      "--set optimizer.milestones=[1, true]: \"optimizer.milestones\": expected a list of integers from 1 "
      "to 10^9, got the list [1, true]");
  EXPECT_EQ(error_of(gpt_with("kind", "kind = \"gtp\"")),
            "x.toml:4: \"model.kind\": expected " + kModels + ", got the string \"gtp\"");
  EXPECT_EQ(
      error_of(kGpt, {"run.precision=fp16"}),
      "--set run.precision=fp16: \"run.precision\": expected one of \"f32\", \"bf16\", \"f64\", got the "
      "string \"fp16\"");
  EXPECT_EQ(
      error_of(kGpt, {"data.validation=true"}),
      "--set data.validation=true: \"data.validation\": expected a path or a number in [0, 1), got true");
}

TEST_F(RecipeErrors, OutOfRange) {
  EXPECT_EQ(error_of(kGpt, {"model.dropout=1"}),
            "--set model.dropout=1: \"model.dropout\": expected a number in [0, 1), got 1");
  EXPECT_EQ(error_of(gpt_with("batch", "batch = 0")),
            "x.toml:11: \"data.batch\": expected an integer from 1 to 10^9, got 0");
  EXPECT_EQ(error_of(gpt_with("batch", "batch = 1_000_000_001")),
            "x.toml:11: \"data.batch\": expected an integer from 1 to 10^9, got 1000000001");
  EXPECT_EQ(error_of(kGpt, {"run.seed=-1"}),
            "--set run.seed=-1: \"run.seed\": expected an integer of at least 0, got -1");
  EXPECT_EQ(
      error_of(kGpt, {"optimizer.betas=[0.9, 1.0]"}),
      "--set optimizer.betas=[0.9, 1.0]: \"optimizer.betas\": expected a list of two numbers in [0, 1), "
      "got the list [0.9, 1.0]");
  EXPECT_EQ(error_of(kGpt, {"data.validation=1.5"}),
            "--set data.validation=1.5: \"data.validation\": expected a path or a number in [0, 1), got 1.5");
  EXPECT_EQ(error_of(gpt_with("learning_rate", "learning_rate = 0.0")),
            "x.toml:14: \"optimizer.learning_rate\": expected a number above 0, got 0.0");
}

TEST_F(RecipeErrors, MissingKeys) {
  EXPECT_EQ(error_of(""), "x.toml: missing key \"model.kind\": expected " + kModels + " (which network)");
  EXPECT_EQ(error_of(gpt_with("context", "")),
            "x.toml: missing key \"data.context\": expected an integer from 1 to 10^9 (tokens of a sample)");
  EXPECT_EQ(error_of(gpt_with("steps", "")), "x.toml: neither run.steps nor run.epochs is above 0; give one");
}

TEST_F(RecipeErrors, StepsAndEpochsTogether) {
  EXPECT_EQ(error_of(gpt_with("steps", "steps = 10; epochs = 2")).substr(0, 9), "x.toml:2:") << "not TOML";
  EXPECT_EQ(
      error_of(kGpt, {"run.epochs=2", "run.steps=10"}),
      "--set run.epochs=2: both run.steps = 10 and run.epochs = 2 are given; give one, and 0 for the other");
}

TEST_F(RecipeErrors, KeysOfAnotherKind) {
  EXPECT_EQ(error_of(gpt_with("layers", "depth = 20")),
            "x.toml:5: \"model.depth\" means something only with model.kind = " + models_with("depth"));
  EXPECT_EQ(error_of(kGpt, {"optimizer.momentum=0.9"}),
            "--set optimizer.momentum=0.9: \"optimizer.momentum\" means something only with "
            "optimizer.kind = \"sgd\"");
}

TEST_F(RecipeErrors, SyntaxErrorsNameLineAndColumn) {
  const std::string error = error_of("[run]\nsteps = = 3\n");
  EXPECT_EQ(error.substr(0, 22), "x.toml:2:9: not TOML: ") << error;
  EXPECT_EQ(error_of("[run]\nseed = 1\nseed = 2\n").substr(0, 9), "x.toml:3:") << "given twice";
  EXPECT_EQ(error_of("[run]\nname = \"\xff\"\n").substr(0, 9), "x.toml:2:") << "not UTF-8";
}

TEST_F(RecipeErrors, BadOverrides) {
  EXPECT_EQ(error_of(kGpt, {"run.seed"}), "--set run.seed: expected section.key=value");
  EXPECT_EQ(error_of(kGpt, {" = 3"}), "--set  = 3: expected section.key=value");
  EXPECT_EQ(error_of(kGpt, {"run.seed="}),
            "--set run.seed=: \"run.seed\": expected an integer of at least 0, got the string \"\"");
  EXPECT_EQ(error_of(kGpt, {"run.seed=1\nname=2"}),
            "--set run.seed=1\nname=2: \"run.seed\": expected an integer of at least 0, got the string "
            "\"1\\nname=2\"");
  EXPECT_EQ(error_of(kGpt, {"run.name=\xff"}),
            "--set run.name=\xff: the value of run.name is not UTF-8 text");
}

TEST_F(RecipeErrors, RulesBetweenKeysNameTheLine) {
  EXPECT_EQ(error_of(gpt_with("width", "width = 28")),
            "x.toml:7: model.width = 28 is not a multiple of model.heads = 3");
  EXPECT_EQ(error_of(kGpt, {"optimizer.accumulate=4"}),
            "x.toml:11: data.batch = 6 is not a multiple of optimizer.accumulate = 4");
  // Before what kinds say of microbatches, which would be of three samples and a half.
  EXPECT_EQ(error_of(kResnet, {"data.batch=7", "data.mixup=0.2", "optimizer.accumulate=2"}),
            "--set data.batch=7: data.batch = 7 is not a multiple of optimizer.accumulate = 2");
  EXPECT_EQ(error_of(kResnet, {"model.depth=19"}),
            "--set model.depth=19: model.depth = 19 is not 6n + 2; the nearest are 14 and 20");
  EXPECT_EQ(error_of(kResnet, {"data.kind=text", "data.context=4"}),
            "--set data.kind=text: model.kind = \"resnet\" needs data.kind = \"arrays\" or \"images\", got "
            "\"text\"");
  EXPECT_EQ(error_of(kGpt, {"data.kind=images"}),
            "--set data.kind=images: model.kind = \"gpt\" needs data.kind = \"text\", got \"images\"");
  EXPECT_EQ(error_of(kResnet, {"optimizer.milestones=[5, 5]"}),
            "--set optimizer.milestones=[5, 5]: optimizer.milestones do not ascend: 5 stands before 5");
  EXPECT_EQ(error_of(kGpt, {"optimizer.schedule=cosine", "optimizer.min_learning_rate=0.5"}),
            "--set optimizer.min_learning_rate=0.5: optimizer.min_learning_rate = 0.5 is above "
            "optimizer.learning_rate = 0.001");
  EXPECT_EQ(error_of(kGpt, {"optimizer.warmup=11"}), "no error") << "the run is all warmup";
  EXPECT_EQ(
      error_of(kGpt, {"checkpoint.best=loss"}),
      "--set checkpoint.best=loss: checkpoint.best = \"loss\" needs log.evaluate_every: nothing is measured "
      "before the end without it");
  EXPECT_EQ(error_of(kGpt, {"data.path="}),
            "--set data.path=: data.path is empty; without it data.declare must say what a sample is");
  EXPECT_EQ(error_of(kGpt, {"data.validation="}),
            "--set data.validation=: data.validation is empty; expected a path, or a fraction such as 0.1");
  EXPECT_EQ(error_of(kGpt, {"parallel.height=2"}),
            "--set parallel.height=2: parallel.height = 2 splits images, but data.kind is \"text\"");
  EXPECT_EQ(error_of(kGpt, {"parallel.width=2"}),
            "--set parallel.width=2: parallel.width = 2 splits images, but data.kind is \"text\"");
  EXPECT_EQ(error_of(kResnet, {"parallel.sequence=2"}),
            "--set parallel.sequence=2: parallel.sequence = 2 splits sequences of tokens, but data.kind is "
            "\"images\"");
  EXPECT_EQ(
      error_of(kResnet, {"parallel.data=8388608", "parallel.tensor=512"}),
      "--set parallel.data=8388608: the mesh of [parallel] has 4294967296 ranks, expected at most 1000000");
  EXPECT_EQ(
      error_of(kResnet, {"parallel.data=2", "parallel.width=8388608"}),
      "--set parallel.width=8388608: the mesh of [parallel] has 16777216 ranks, expected at most 1000000");
  EXPECT_EQ(error_of(kResnet, {"parallel.depth=2"}),
            "--set parallel.depth=2: parallel.depth = 2 splits volumes, but data.kind is \"images\"");
}

TEST_F(RecipeErrors, LongTextIsCutShort) {
  const std::string error = error_of(kGpt, {fmt::format("run.seed={:a>500}", "")});
  EXPECT_LT(error.size(), 300u);
  EXPECT_NE(error.find("aaa..."), std::string::npos) << error;
}

TEST_F(RecipeTest, CacheDirectoriesAreInlineTables) {
  const std::vector<std::string> overrides{"model.kind=resnet", "data.kind=images",
                                           R"(data.cache=[{path = "/nvme", size = "100GiB"}])"};
  const Recipe recipe = parse_recipe(gpt_with("context", "context = 8"), "x.toml", overrides);
  ASSERT_EQ(recipe.data.loading.cache.size(), 1U);
  EXPECT_EQ(recipe.data.loading.cache[0].path, "/nvme");
  EXPECT_EQ(recipe.data.loading.cache[0].size.text(), "100GiB");
  EXPECT_EQ(parse_recipe(to_toml(recipe), "x.toml"), recipe);
  std::vector<std::string> wrong = overrides;
  wrong[2] = R"(data.cache=[{path = "/nvme", size = "much"}])";
  try {
    parse_recipe(gpt_with("context", "context = 8"), "x.toml", wrong);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("\"much\" is no size"), std::string::npos) << error.what();
  }
}

TEST_F(RecipeErrors, ARunIsCalledAsAFolderMayBe) {
  for (const char* name : {"../elsewhere", "a/b", ".hidden", ""}) {
    EXPECT_EQ(
        error_of(gpt_with("steps", fmt::format("steps = 5\nname = \"{}\"", name))),
        fmt::format(
            "x.toml:3: run.name = \"{}\" names a folder below runs/: expected a name without \"/\" that does "
            "not begin with \".\"",
            name));
  }
}

}  // namespace
}  // namespace weft
