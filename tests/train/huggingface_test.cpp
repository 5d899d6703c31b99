// GPT-2 weights to and from transformers: the same logits on both sides.
#include "weft/train/huggingface.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "weft/params/checkpoint.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kContext = 12;
constexpr int64_t kVocabulary = 256;
const std::vector<int32_t> kTokens = {104, 101, 108, 108, 111, 32, 0, 255, 33};

std::string output_of(const std::string& command) {
  FILE* const pipe = popen(command.c_str(), "r");
  std::string text;
  char buffer[4096];
  while (const size_t got = fread(buffer, 1, sizeof(buffer), pipe)) text.append(buffer, got);
  return pclose(pipe) == 0 ? text : std::string();
}

/// WEFT_TORCH_PYTHON, else python3, where it has transformers and torch; else empty.
std::string python_with_transformers() {
  const char* const set = std::getenv("WEFT_TORCH_PYTHON");
  const std::string python = set != nullptr ? set : "python3";
  const bool has = !output_of(python + " -c 'import torch, transformers; print(1)' 2>/dev/null").empty();
  return has ? python : "";
}

class HuggingFace : public ::testing::Test {
 protected:
  HuggingFace()
      : folder_(fs::temp_directory_path() /
                fmt::format("weft-hf-{}-{}", getpid(),
                            ::testing::UnitTest::GetInstance()->current_test_info()->name())),
        python_(python_with_transformers()) {
    fs::create_directories(folder_);
    std::ofstream text(folder_ / "text.txt");
    for (int i = 0; i < 300; ++i) text << "hello again, for the " << i << "th time\n";
  }
  ~HuggingFace() override { fs::remove_all(folder_); }

  Recipe recipe(const std::vector<std::string>& overrides = {}) const {
    const std::string text = fmt::format(R"(
[run]
name = "hf"
steps = 30
threads = 1
[model]
kind = "gpt"
layers = 3
heads = 4
width = 32
[data]
kind = "text"
path = "{}"
context = {}
batch = 8
[optimizer]
kind = "adamw"
learning_rate = 1e-2
[log]
evaluate_batches = 1
sample_tokens = 0
)",
                                         (folder_ / "text.txt").string(), kContext);
    return parse_recipe(text, "hf.toml", overrides);
  }

  /// Weft's logits after kTokens[0..i] for each i: [tokens, vocabulary].
  static std::vector<double> logits_of(Session& session) {
    Executor& executor = session.executor();
    const View prompt = executor.view("prompt");
    std::fill_n(prompt.as<int32_t>(), prompt.elems(), 0);
    std::copy(kTokens.begin(), kTokens.end(), prompt.as<int32_t>());
    executor.run(Phase::refresh);
    executor.run(Phase::generate);
    const View logits = executor.output(Phase::generate, "logits");
    const int64_t width = logits.type.shape.back();  // may have columns beyond the vocabulary
    std::vector<double> values;
    for (size_t row = 0; row < kTokens.size(); ++row) {
      for (int64_t c = 0; c < kVocabulary; ++c) {
        values.push_back(static_cast<double>(logits.as<float>()[static_cast<int64_t>(row) * width + c]));
      }
    }
    return values;
  }

  void expect_their_logits(const fs::path& model, const std::vector<double>& ours) const {
    std::istringstream theirs(output_of(fmt::format("{} {}/tests/train/check_huggingface.py logits {} {}",
                                                    python_, WEFT_SOURCE_DIR, model.string(),
                                                    fmt::join(kTokens, " "))));
    std::vector<double> values;
    for (double value = 0; theirs >> value;) values.push_back(value);
    const auto vocabulary = static_cast<int64_t>(values.size() / kTokens.size());
    ASSERT_GE(vocabulary, kVocabulary);
    double spread = 0;
    for (size_t row = 0; row < kTokens.size(); ++row) {
      for (size_t c = 0; c < kVocabulary; ++c) {
        const double mine = ours[row * kVocabulary + c];
        const double other = values[row * static_cast<size_t>(vocabulary) + c];
        EXPECT_NEAR(mine, other, 1e-4 * std::max(1.0, std::abs(other))) << "row " << row << " token " << c;
        spread = std::max(spread, std::abs(other));
      }
    }
    EXPECT_GT(spread, 1) << "logits near zero agree whatever the weights are";
  }

  fs::path folder_;
  std::string python_;
};

TEST_F(HuggingFace, AnExportedModelHasTheSameLogitsInTransformers) {
  if (python_.empty()) GTEST_SKIP() << "no python with torch and transformers; set WEFT_TORCH_PYTHON";
  for (const char* activation : {"gelu_tanh", "gelu_erf"}) {
    SCOPED_TRACE(activation);
    const std::string run = fmt::format("run-{}", activation);
    Session session(recipe({fmt::format("model.activation=\"{}\"", activation)}), Communicator::world());
    train(session, {.out = folder_ / run, .trace = {}});
    const fs::path exported = folder_ / (run + "-hf");
    export_huggingface(session.recipe(), CheckpointReader(folder_ / run / "checkpoints/step-0000000030"),
                       exported);
    expect_their_logits(exported, logits_of(session));
  }
}

TEST_F(HuggingFace, AModelOfTransformersHasTheSameLogitsHere) {
  if (python_.empty()) GTEST_SKIP() << "no python with torch and transformers; set WEFT_TORCH_PYTHON";
  Session session(recipe(), Communicator::world());
  const int64_t vocabulary = session.executor().program().named.at("wte").where.global_type.shape[0];
  const fs::path made = folder_ / "made";
  output_of(fmt::format("{} {}/tests/train/check_huggingface.py make {} {} {} 32 3 4", python_,
                        WEFT_SOURCE_DIR, made.string(), vocabulary, kContext));
  import_huggingface(session, made);
  expect_their_logits(made, logits_of(session));
}

}  // namespace
}  // namespace weft
