// Of train/session/import_huggingface.cpp, train/session/foreign_config.h, train/session/foreign_form.h:
// GPT-2 weights as transformers stores them. What goes out comes back, and transformers' own model gives our
// logits.
#include "weft/train/session/huggingface.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "tests/train/all_logits.h"
#include "tests/train/tiny_text.h"
#include "weft/models/model.h"
#include "weft/params/checkpoint.h"
#include "weft/params/checkpoint_files.h"
#include "weft/store/safetensors.h"
#include "weft/tensor/with_dtype.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), got);
  return pclose(pipe) == 0 ? text : "";
}

/// A Python that has torch and transformers; empty: none.
std::string python_with_transformers() {
  const char* named = std::getenv("WEFT_TRANSFORMERS_PYTHON");
  for (const std::string& python : {std::string(named != nullptr ? named : ""), std::string("python3")}) {
    if (python.empty()) continue;
    if (!output_of(python + " -c 'from transformers import GPT2LMHeadModel; print(1)' 2>/dev/null").empty())
      return python;
  }
  return {};
}

class HuggingFace : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("checkpoints", "gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant",
                "bytes");
  }
  Recipe recipe(const std::vector<std::string>& changes = {}) const {
    return text_.recipe(
        {"run.steps=30", "model.layers=2", "model.heads=3", "model.width=24", "data.context=16"}, changes);
  }

  /// Trains, so that no bias is zero and no scale is one, and exports.
  void train_and_export(const std::vector<std::string>& changes = {}) {
    Session session(recipe(changes), Communicator::world());
    train(session, {.out = folder_ / "run", .trace = {}});
    logits_ = logits_of(session);
    const auto newest = open_newest_good(folder_ / "run/checkpoints", [](const std::string&) {});
    ASSERT_TRUE(newest.has_value());
    export_huggingface(recipe(changes), *newest, folder_ / "exported");
  }
  /// Whose tokenizer is the folder "bpe", made here, of the least that GPT-2's form can be.
  Recipe recipe_with_byte_pairs() const {
    const fs::path tokenizer = folder_ / "bpe";
    fs::create_directories(tokenizer);
    std::ofstream(tokenizer / "vocab.json") << "{}";
    std::ofstream(tokenizer / "merges.txt") << "#version: 0.2\n";
    return recipe({"data.tokenizer=" + tokenizer.string()});
  }
  void import_into(const std::vector<std::string>& changes) const {
    Session session(recipe(changes), Communicator::world());
    import_huggingface(session, folder_ / "exported");
  }
  nlohmann::json config() const {
    return nlohmann::json::parse(std::ifstream(folder_ / "exported/config.json"));
  }
  void write_config(const nlohmann::json& config) const {
    std::ofstream(folder_ / "exported/config.json") << config;
  }
  void change_config(const nlohmann::json& changes) const {
    nlohmann::json changed = config();
    changed.update(changes);
    write_config(changed);
  }

  /// Adds a tensor to the exported weights, or puts it in the last one's place where that has its name.
  void append_tensor(const std::string& name, const std::string& dtype, size_t bytes,
                     int64_t elems = 16) const {
    const fs::path path = folder_ / "exported/model.safetensors";
    std::stringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    const std::string file = text.str();
    uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof(length));
    nlohmann::json head = nlohmann::json::parse(file.substr(8, length));
    std::string data = file.substr(8 + length);
    if (head.contains(name)) data.resize(head[name]["data_offsets"][0].get<size_t>());
    head[name] = {{"dtype", dtype}, {"shape", {elems}}, {"data_offsets", {data.size(), data.size() + bytes}}};
    data.append(bytes, '\1');
    const std::string json = head.dump();
    length = json.size();
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(&length), sizeof(length));
    out << json << data;
  }

  /// Of 16 tokens, [16 * 256].
  static std::vector<double> logits_of(Session& session) {
    std::vector<int32_t> tokens;
    for (int32_t i = 0; i < 16; ++i) tokens.push_back(i * 37 % 256);
    return testing::all_logits(session, tokens);
  }

  testing::TinyText text_;
  fs::path folder_ = text_.folder();
  std::vector<double> logits_;
};

TEST_F(HuggingFace, WhatIsExportedComesBack) {
  train_and_export();
  Session session(recipe(), Communicator::world());
  EXPECT_NE(logits_of(session), logits_);
  import_huggingface(session, folder_ / "exported");
  EXPECT_EQ(logits_of(session), logits_);
}

TEST_F(HuggingFace, TheFilesOfItsTokenizerGoAlong) {
  train_and_export();
  EXPECT_FALSE(fs::exists(folder_ / "exported/vocab.json")) << "bytes have none";
  const auto newest = open_newest_good(folder_ / "run/checkpoints", [](const std::string&) {});
  const Recipe with_tokenizer = recipe_with_byte_pairs();
  for (int time = 0; time < 2; ++time) export_huggingface(with_tokenizer, *newest, folder_ / "with");
  EXPECT_EQ(fs::file_size(folder_ / "with/vocab.json"), 2U);
  EXPECT_TRUE(fs::exists(folder_ / "with/merges.txt"));
  export_huggingface(with_tokenizer, *newest, folder_ / "bpe");
  EXPECT_EQ(fs::file_size(folder_ / "bpe/vocab.json"), 2U);
  fs::create_directories(folder_ / "taken/vocab.json");
  testing::expect_user_error(
      [&] { export_huggingface(with_tokenizer, *newest, folder_ / "taken"); },
      (folder_ / "taken/vocab.json").string() + ": this is a folder, a device or a pipe");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "taken"), fs::directory_iterator()), 1);
}

TEST_F(HuggingFace, NoFileOfAnotherTokenizerStaysBesideTheWeights) {
  train_and_export();
  const auto newest = open_newest_good(folder_ / "run/checkpoints", [](const std::string&) {});
  const Recipe with_tokenizer = recipe_with_byte_pairs();
  EXPECT_TRUE(export_huggingface(with_tokenizer, *newest, folder_ / "to"));
  std::ofstream(folder_ / "to/vocab.json") << "another's";
  EXPECT_TRUE(export_huggingface(with_tokenizer, *newest, folder_ / "to"));
  EXPECT_EQ(fs::file_size(folder_ / "to/vocab.json"), 2U) << "it is replaced";
  const auto before = fs::last_write_time(folder_ / "to/model.safetensors");
  const std::string cure =
      " is not of the recipe's tokenizer, so transformers would read the exported weights with another; "
      "remove it, or export to another folder";
  testing::expect_user_error([&] { export_huggingface(recipe(), *newest, folder_ / "to"); },
                             "--to " + (folder_ / "to").string() + ": its vocab.json" + cure);
  std::ofstream(folder_ / "to/tokenizer.json") << "{}";
  testing::expect_user_error([&] { export_huggingface(with_tokenizer, *newest, folder_ / "to"); },
                             ": its tokenizer.json" + cure);
  EXPECT_EQ(fs::last_write_time(folder_ / "to/model.safetensors"), before);
}

TEST_F(HuggingFace, AFullDiskLeavesNoHalfOfAnExport) {
  train_and_export();
  const auto newest = open_newest_good(folder_ / "run/checkpoints", [](const std::string&) {});
  EXPECT_FALSE(export_huggingface(recipe(), *newest, folder_ / "exported")) << "bytes have no tokenizer";
  const auto before = fs::last_write_time(folder_ / "exported/model.safetensors");
  fs::create_symlink("/dev/full", PartFile::part_of(folder_ / "exported/config.json"));
  testing::expect_user_error([&] { export_huggingface(recipe(), *newest, folder_ / "exported"); },
                             "/config.json: No space left on device");
  EXPECT_EQ(fs::last_write_time(folder_ / "exported/model.safetensors"), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "exported"), fs::directory_iterator()), 2);
}

// Half precision, as others cast a whole model to.
TEST_F(HuggingFace, ACausalMaskOfAnyDtypeIsPassedOver) {
  train_and_export();
  for (const char* dtype : {"F16", "I8", "F8_E4M3", "NOT_INVENTED_YET"}) {
    append_tensor("transformer.h.0.attn.bias", dtype, std::string(dtype) == "F16" ? 32 : 16);
    Session session(recipe(), Communicator::world());
    import_huggingface(session, folder_ / "exported");
    EXPECT_EQ(logits_of(session), logits_) << dtype;
  }
  append_tensor("transformer.h.0.extra", "F16", 32);
  testing::expect_user_error(
      [&] { import_into({}); },
      "/exported: tensor transformer.h.0.extra is nothing that the recipe's model has; "
      "--partial would leave it out");
}

TEST_F(HuggingFace, AWeightOfAnotherDtypeIsNamed) {
  train_and_export();
  const fs::path path = folder_ / "exported/model.safetensors";
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  std::string bytes = text.str();
  // A name of an integer's type of the same size.
  const std::string name = "\"dtype\":\"F32\",\"shape\":[256,24]";
  ASSERT_NE(bytes.find(name), std::string::npos);
  bytes.replace(bytes.find(name), name.size(), "\"dtype\":\"U32\",\"shape\":[256,24]");
  std::ofstream(path, std::ios::binary) << bytes;
  testing::expect_user_error(
      [&] { import_into({}); },
      "tensor transformer.wte.weight is U32[256, 24], and the recipe's model needs f32[256, 24]");
}

// The usual form of models today is bf16.
TEST_F(HuggingFace, WeightsOfOtherFloatingDtypesAreConverted) {
  train_and_export();
  const fs::path path = folder_ / "exported/model.safetensors";
  std::vector<std::vector<double>> wide;
  std::vector<std::vector<BFloat16>> narrow;
  const auto rewrite = [&](auto& kept, DType dtype, double factor) {
    const SafetensorsFile file(path);
    std::vector<NamedView> views;
    for (const SafetensorsEntry& entry : file.entries()) {
      const View view = file.view(entry.name);
      auto& values = kept.emplace_back();
      for (int64_t i = 0; i < view.elems(); ++i) {
        using T = typename std::remove_reference_t<decltype(values)>::value_type;
        values.push_back(element_cast<T>(static_cast<double>(view.as<float>()[i]) * factor));
      }
      const TensorType type{dtype, entry.type.shape};
      views.push_back({entry.name, {reinterpret_cast<std::byte*>(values.data()), type}});
    }
    write_safetensors(folder_ / "other.safetensors", views, {{"format", "pt"}});
  };
  const auto logits_from = [&] {
    fs::create_directories(folder_ / "other");
    fs::copy_file(folder_ / "exported/config.json", folder_ / "other/config.json",
                  fs::copy_options::overwrite_existing);
    fs::rename(folder_ / "other.safetensors", folder_ / "other/model.safetensors");
    Session session(recipe(), Communicator::world());
    import_huggingface(session, folder_ / "other");
    return logits_of(session);
  };
  rewrite(wide, DType::f64, 1);
  EXPECT_EQ(logits_from(), logits_);
  rewrite(narrow, DType::bf16, 1);
  const std::vector<double> rounded = logits_from();
  for (size_t i = 0; i < logits_.size(); ++i) ASSERT_NEAR(rounded[i], logits_[i], 0.2) << "logit " << i;
  wide.clear();
  rewrite(wide, DType::f64, 1e100);
  testing::expect_user_error([&] { logits_from(); }, " has numbers that f32 cannot hold");
}

TEST_F(HuggingFace, HalfPrecisionIsToBeConvertedFirst) {
  train_and_export();
  const SafetensorsEntry last = SafetensorsFile(folder_ / "exported/model.safetensors").entries().back();
  ASSERT_EQ(last.type.shape.size(), 1U);
  append_tensor(last.name, "F16", static_cast<size_t>(2 * last.type.elems()), last.type.elems());
  for (const Import import : {Import::whole, Import::partial}) {
    Session session(recipe(), Communicator::world());
    testing::expect_user_error(
        [&] { import_huggingface(session, folder_ / "exported", import); },
        fmt::format("/exported: tensor {} is F16[{}], expected f32, bf16 or f64; transformers converts it by "
                    "model.float().save_pretrained(FOLDER)",
                    last.name, last.type.elems()));
  }
}

TEST_F(HuggingFace, ATokenizerOfItsOwnMustBeTheRecipes) {
  train_and_export();
  std::ofstream(folder_ / "exported/vocab.json") << R"({"a": 0})";
  const std::string said =
      "/exported/vocab.json: is not of the recipe's tokenizer, so every token would mean";
  testing::expect_user_error([&] { import_into({}); }, said);
  Session session(recipe(), Communicator::world());
  ::testing::internal::CaptureStderr();
  import_huggingface(session, folder_ / "exported", Import::partial);
  const std::string warned = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(warned.find("warning: " + folder_.string() + said), std::string::npos) << warned;
  EXPECT_EQ(logits_of(session), logits_);
}

TEST_F(HuggingFace, AnImportOfNothingIsAnError) {
  train_and_export();
  Session session(recipe({"model.width=48"}), Communicator::world());
  testing::expect_user_error(
      [&] { import_huggingface(session, folder_ / "exported", Import::partial); },
      "/exported: has none of the recipe's model's tensors, so nothing would be imported");
}

TEST_F(HuggingFace, WeightsOfAnotherModelAreRefused) {
  train_and_export();
  change_config({{"n_layer", 3}});
  testing::expect_user_error([&] { import_into({"model.layers=3"}); },
                             "/exported: no tensor transformer.h.2.");
  change_config({{"n_layer", 1}});
  testing::expect_user_error(
      [&] { import_into({"model.layers=1"}); },
      "/exported: tensor transformer.h.1.ln_1.weight is nothing that the recipe's model has; "
      "--partial would leave it out");
  change_config({{"n_layer", 2}, {"n_embd", 48}, {"n_inner", 192}});
  testing::expect_user_error(
      [&] { import_into({"model.width=48"}); },
      "tensor transformer.wte.weight is f32[256, 24], and the recipe's model needs f32[256, 48]");
  testing::expect_user_error([&] { import_into({"run.precision=f64"}); },
                             "run.precision = \"f64\": the weights of transformers are f32");
}

TEST_F(HuggingFace, EveryFieldOfItsConfigurationIsCompared) {
  train_and_export();
  const nlohmann::json good = config();
  for (const auto& [name, value, message] : std::vector<std::tuple<std::string, nlohmann::json, std::string>>{
           {"vocab_size", 50257,
            "vocab_size is 50257, and the recipe's model has 256 (--set model.vocabulary=50257 makes it so); "
            "--partial would leave it out"},
           {"n_head", 4, "n_head is 4, and the recipe's model has 3 (--set model.heads=4 makes it so)"},
           {"n_head", "4", "n_head is \"4\", and the recipe's model has 3; --partial would leave it out"},
           {"n_positions", 32, "and the recipe's model has 16 (--set data.context=32 makes it so)"},
           {"activation_function", "relu",
            "activation_function is \"relu\", and the recipe's model has \"gelu_new\""},
           {"layer_norm_epsilon", 0.1, "layer_norm_epsilon is 0.1, and the recipe's model has 1e-5"},
           {"scale_attn_weights", false, "scale_attn_weights is false, and the recipe's model has true"},
           {"scale_attn_by_inverse_layer_idx", true, "scale_attn_by_inverse_layer_idx is true, and"},
           {"tie_word_embeddings", false, "tie_word_embeddings is false, and the recipe's model has true"},
           {"add_cross_attention", true, "add_cross_attention is true, and the recipe's model has false"},
           {"model_type", "llama",
            "model_type is \"llama\", and the recipe's model has \"gpt2\"; --partial would leave it out"},
           {"rope_theta", 1e4, "config.json: rope_theta = 10000.0 is a field that Weft does not know"}}) {
    nlohmann::json changed = good;
    changed[name] = value;
    write_config(changed);
    testing::expect_user_error([&] { import_into({}); }, "/exported/config.json: ");
    testing::expect_user_error([&] { import_into({}); }, message);
  }
  nlohmann::json without = good;
  without.erase("n_head");
  write_config(without);
  testing::expect_user_error(
      [&] { import_into({}); },
      "config.json: n_head is 12, as where it is left out, and the recipe's model has 3");
  nlohmann::json same = good;
  same["n_inner"] = nullptr;
  same["activation_function"] = "gelu_pytorch_tanh";
  same["attn_pdrop"] = 0.1;
  same["summary_type"] = "cls_index";
  same["_name_or_path"] = "gpt2";
  same.erase("scale_attn_weights");
  write_config(same);
  import_into({});
}

TEST_F(HuggingFace, AConfigurationThatIsNoneIsOneSentence) {
  train_and_export();
  const auto said_of = [&](const std::string& text, const std::string& message) {
    std::ofstream(folder_ / "exported/config.json") << text;
    testing::expect_user_error([&] { import_into({}); }, message);
  };
  said_of("[1, 2]", "/exported/config.json: is no JSON object");
  said_of("{\"n_head\": NaN}", "/exported/config.json: is no JSON object");
  said_of("{\"a\":" + std::string(100000, '['),
          "/exported/config.json: is nested deeper than a configuration");
}

TEST_F(HuggingFace, AFolderThatIsNoneIsOneSentence) {
  train_and_export();
  std::ofstream(folder_ / "exported/config.json") << "[]";
  testing::expect_user_error([&] { import_into({}); }, "/exported/config.json: is no JSON object");
  fs::remove(folder_ / "exported/config.json");
  testing::expect_user_error(
      [&] { import_into({}); },
      "/exported/config.json: the config, which says what the weights are of, does not exist");
  write_config({{"model_type", "gpt2"}});
  fs::remove(folder_ / "exported/model.safetensors");
  testing::expect_user_error([&] { import_into({}); }, "/exported: has no model.safetensors");
  std::ofstream(folder_ / "exported/pytorch_model.bin") << "x";
  testing::expect_user_error(
      [&] { import_into({}); },
      "/exported: has pytorch_model.bin and no model.safetensors; transformers writes it by ");
}

TEST_F(HuggingFace, APartialImportSaysWhatItLeavesOut) {
  train_and_export();
  change_config({{"n_layer", 3}});
  ::testing::internal::CaptureStderr();
  Session session(recipe({"model.layers=3"}), Communicator::world());
  import_huggingface(session, folder_ / "exported", Import::partial);
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(
      said.find("left out: " + (folder_ / "exported").string() + ": no tensor transformer.h.2.ln_1.weight\n"),
      std::string::npos)
      << said;
  EXPECT_EQ(said.find("transformer.h.1."), std::string::npos) << said;
}

TEST_F(HuggingFace, BiasesThatTheRecipeHasNotMustBeZero) {
  train_and_export();
  testing::expect_user_error([&] { import_into({"model.bias=false"}); },
                             "tensor transformer.ln_f.bias is nothing that the recipe's model has");
}

TEST_F(HuggingFace, AHeadOfItsOwnComesBackToo) {
  const std::vector<std::string> untied{"model.tied=false"};
  train_and_export(untied);
  EXPECT_EQ(config().at("tie_word_embeddings"), false);
  Session session(recipe(untied), Communicator::world());
  import_huggingface(session, folder_ / "exported");
  EXPECT_EQ(logits_of(session), logits_);
}

TEST_F(HuggingFace, WhatCannotBeExportedIsSaid) {
  train_and_export();
  const auto newest = open_newest_good(folder_ / "run/checkpoints", [](const std::string&) {});
  const auto export_to = [&](const fs::path& to) { export_huggingface(recipe(), *newest, to); };
  std::ofstream(folder_ / "file") << "x";
  testing::expect_user_error([&] { export_to(folder_ / "file/there"); },
                             "/file/there: the folder cannot be made: Not a directory");
  fs::create_directories(folder_ / "taken/config.json");
  testing::expect_user_error([&] { export_to(folder_ / "taken"); },
                             "/taken/config.json: this is a folder, a device or a pipe");
  float zero = 0;
  const View value{reinterpret_cast<std::byte*>(&zero), {DType::f32, {1}}};
  const std::vector<TensorShard> shards{{"other", DType::f32, {1}, {{{0, 1}}}, value}};
  const fs::path others = folder_ / "others";
  const std::vector<ShardSummary> written{write_shard(temporary_checkpoint(others, 1), 0, 1, shards)};
  const CheckpointReader foreign(commit_checkpoint(others, 1, written, "{}"));
  testing::expect_user_error([&] { export_huggingface(recipe(), foreign, folder_ / "to"); },
                             "/others/step-0000000001: has no tensor wte, so it is no checkpoint of a gpt");
  EXPECT_FALSE(fs::exists(folder_ / "to"));
}

TEST_F(HuggingFace, OnlyModelsThatTransformersHasAreExported) {
  NEEDS_KINDS("checkpoints", "resnet");
  train_and_export();
  const auto newest = open_newest_good(folder_ / "run/checkpoints", [](const std::string&) {});
  Recipe other = recipe();
  other.model.kind.hold(Model::kinds().find("resnet"));
  testing::expect_user_error([&] { export_huggingface(other, *newest, folder_ / "to"); },
                             "model.kind = \"resnet\": transformers has no such model");
}

TEST_F(HuggingFace, TransformersGivesTheSameLogits) {
  const std::string python = python_with_transformers();
  if (python.empty()) GTEST_SKIP() << "no python with torch and transformers; set WEFT_TRANSFORMERS_PYTHON";
  train_and_export();
  const std::string script = WEFT_SOURCE_DIR "/tests/train/huggingface_logits.py";
  std::istringstream theirs(output_of(fmt::format("OMP_NUM_THREADS=1 {} {} {} 2>/dev/null", python, script,
                                                  (folder_ / "exported").string())));
  // Rounding of f32 on both sides.
  for (size_t i = 0; i < logits_.size(); ++i) {
    float value = NAN;
    theirs >> value;
    ASSERT_NEAR(logits_[i], value, 1e-4) << "logit " << i;
  }
}

}  // namespace
}  // namespace weft
