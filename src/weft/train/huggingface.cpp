#include "weft/train/huggingface.h"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/store/safetensors.h"

namespace weft {

namespace {

/// One parameter: our name, theirs, and whether theirs is [in, out] where ours is [out, in].
struct Pair {
  std::string ours;
  std::string theirs;
  Dims shape;  ///< theirs
  bool transposed = false;
};

std::vector<Pair> pairs_of(const Recipe& recipe, int64_t vocabulary, int64_t context) {
  const GptKeys& keys = recipe.model.gpt;
  const int64_t width = keys.width;
  const int64_t hidden = keys.mlp_ratio * width;
  std::vector<Pair> pairs{{"wte", "transformer.wte.weight", {vocabulary, width}},
                          {"wpe", "transformer.wpe.weight", {context, width}},
                          {"ln_f.weight", "transformer.ln_f.weight", {width}},
                          {"ln_f.bias", "transformer.ln_f.bias", {width}}};
  for (int64_t layer = 0; layer < keys.layers; ++layer) {
    const std::string ours = fmt::format("h.{}.", layer);
    const std::string theirs = "transformer." + ours;
    for (const char* norm : {"ln_1", "ln_2"}) {
      pairs.push_back({ours + norm + ".weight", theirs + norm + ".weight", {width}});
      pairs.push_back({ours + norm + ".bias", theirs + norm + ".bias", {width}});
    }
    const auto product = [&](const char* mine, const char* other, int64_t in, int64_t out) {
      pairs.push_back({ours + mine + ".weight", theirs + other + ".weight", {in, out}, true});
      pairs.push_back({ours + mine + ".bias", theirs + other + ".bias", {out}});
    };
    product("attn.qkv", "attn.c_attn", width, 3 * width);
    product("attn.proj", "attn.c_proj", width, width);
    product("mlp.fc", "mlp.c_fc", width, hidden);
    product("mlp.proj", "mlp.c_proj", hidden, width);
  }
  return pairs;
}

/// to [columns, rows] = from [rows, columns], transposed.
void transpose(const float* from, int64_t rows, int64_t columns, float* to) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) to[c * rows + r] = from[r * columns + c];
  }
}

std::string activation_name(GptKeys::Activation activation) {
  switch (activation) {
    case GptKeys::Activation::gelu_tanh:
      return "gelu_new";
    case GptKeys::Activation::gelu_erf:
      return "gelu";
    case GptKeys::Activation::relu:
      return "relu";
  }
  return "?";
}

void check_form(const Recipe& recipe) {
  if (recipe.model.kind != ModelSection::Kind::gpt) user_error("model.kind: only a gpt has GPT-2's form");
  if (!recipe.model.gpt.tied) user_error("model.tied = false: GPT-2's head is the embedding");
  if (recipe.run.precision == DType::f64) user_error("run.precision = \"f64\": GPT-2 weights are f32");
}

void write_config(const Recipe& recipe, int64_t vocabulary, int64_t context,
                  const std::filesystem::path& folder) {
  const GptKeys& keys = recipe.model.gpt;
  const nlohmann::json config{{"architectures", {"GPT2LMHeadModel"}},
                              {"model_type", "gpt2"},
                              {"n_layer", keys.layers},
                              {"n_head", keys.heads},
                              {"n_embd", keys.width},
                              {"n_inner", keys.mlp_ratio * keys.width},
                              {"n_positions", context},
                              {"vocab_size", vocabulary},
                              {"activation_function", activation_name(keys.activation)},
                              {"layer_norm_epsilon", 1e-5},
                              {"tie_word_embeddings", true},
                              {"bos_token_id", nullptr},
                              {"eos_token_id", nullptr}};
  std::ofstream file(folder / "config.json");
  file << config.dump(2) << "\n";
  file.close();
  if (!file) user_error("{}: config.json cannot be written", folder.string());
}

}  // namespace

void export_huggingface(const Recipe& recipe, const CheckpointReader& checkpoint,
                        const std::filesystem::path& folder) {
  check_form(recipe);
  const auto table = checkpoint.tensors().find("wte");
  const auto positions = checkpoint.tensors().find("wpe");
  if (table == checkpoint.tensors().end() || positions == checkpoint.tensors().end()) {
    user_error("{}: the checkpoint is of no gpt", checkpoint.folder().string());
  }
  const int64_t vocabulary = table->second.shape[0];
  const int64_t context = positions->second.shape[0];
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) user_error("--to {}: the folder cannot be made: {}", folder.string(), error.message());
  std::vector<std::vector<float>> kept;
  std::vector<NamedView> views;
  for (const Pair& pair : pairs_of(recipe, vocabulary, context)) {
    const TensorType type{DType::f32, pair.shape};
    std::vector<float> values(static_cast<size_t>(type.elems()), 0);
    const auto found = checkpoint.tensors().find(pair.ours);
    // A model without biases has none to store: zeros mean the same.
    if (found != checkpoint.tensors().end()) {
      std::vector<float> read(values.size());
      checkpoint.read_region(pair.ours, Region::all(found->second.shape),
                             {reinterpret_cast<std::byte*>(read.data()), found->second});
      if (pair.transposed) {
        transpose(read.data(), pair.shape[1], pair.shape[0], values.data());
      } else {
        values = std::move(read);
      }
    }
    kept.push_back(std::move(values));
    views.push_back({pair.theirs, {reinterpret_cast<std::byte*>(kept.back().data()), type}});
  }
  write_safetensors(folder / "model.safetensors", views, {{"format", "pt"}});
  write_config(recipe, vocabulary, context, folder);
}

void import_huggingface(Session& session, const std::filesystem::path& folder) {
  const Recipe& recipe = session.recipe();
  check_form(recipe);
  const SafetensorsFile file(folder / "model.safetensors");
  const auto& named = session.executor().program().named;
  const int64_t vocabulary = named.at("wte").slot.type.shape[0];
  const int64_t context = named.at("wpe").slot.type.shape[0];
  for (const Pair& pair : pairs_of(recipe, vocabulary, context)) {
    if (!named.contains(pair.ours)) continue;
    // Files that transformers wrote of the bare model lack the prefix.
    const std::string bare = pair.theirs.substr(std::string("transformer.").size());
    const std::string name = file.find(pair.theirs) != nullptr ? pair.theirs : bare;
    const SafetensorsEntry* entry = file.find(name);
    if (entry == nullptr) user_error("{}: no tensor {}", folder.string(), pair.theirs);
    if (entry->type != TensorType{DType::f32, pair.shape}) {
      user_error("{}: tensor {} is {}, and the recipe's model needs {}", folder.string(), name,
                 to_string(entry->type), to_string(TensorType{DType::f32, pair.shape}));
    }
    const View from = file.view(name);
    session.store().write(pair.ours, [&](const View& to) {
      if (pair.transposed) {
        transpose(from.as<float>(), pair.shape[0], pair.shape[1], to.as<float>());
      } else {
        std::memcpy(to.data, from.data, static_cast<size_t>(from.bytes()));
      }
    });
  }
}

}  // namespace weft
