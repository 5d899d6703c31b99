#include "weft/train/session/huggingface.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/datasets/data_kind.h"
#include "weft/models/model.h"
#include "weft/store/safetensors.h"
#include "weft/train/session/foreign_form.h"

namespace weft {

namespace {

void write_config(const ForeignWeights& form, const std::filesystem::path& folder) {
  nlohmann::json config;
  for (const ForeignField& field : form.fields)
    config[field.name] = nlohmann::json::parse(field.same.front());
  for (const auto& [name, value] : form.also_written) config[name] = nlohmann::json::parse(value);
  std::ofstream file(folder / "config.json");
  file << config.dump(2) << "\n";
  file.close();
  if (!file) user_error("{}: config.json cannot be written", folder.string());
}

/// What transformers makes its GPT-2 tokenizer of, where the recipe's tokenizer is a folder of these files.
void copy_tokenizer(const Recipe& recipe, const std::filesystem::path& folder) {
  for (const auto& [key, path] : recipe.data.kind->files_to_keep()) {
    for (const char* name : {"vocab.json", "merges.txt"}) {
      const std::filesystem::path file = std::filesystem::path(path) / name;
      std::error_code error;
      if (!std::filesystem::is_regular_file(file, error)) continue;
      if (std::filesystem::equivalent(file, folder / name, error)) continue;  // exported beside the tokenizer
      std::filesystem::copy_file(file, folder / name, std::filesystem::copy_options::overwrite_existing,
                                 error);
      if (error)
        user_error("--to {}: {} of {} cannot be copied there: {}", folder.string(), name, key,
                   error.message());
    }
  }
}

}  // namespace

void export_huggingface(const Recipe& recipe, const CheckpointReader& checkpoint,
                        const std::filesystem::path& folder) {
  const ForeignWeights form = foreign_form(recipe, [&](const std::string& ours) {
    const auto found = checkpoint.tensors().find(ours);
    if (found != checkpoint.tensors().end()) return found->second.shape;
    user_error("{}: has no tensor {}, so it is no checkpoint of a {}", checkpoint.folder().string(), ours,
               recipe.model.kind->name());
  });
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) user_error("--to {}: the folder cannot be made: {}", folder.string(), error.message());
  std::vector<std::vector<float>> kept;
  std::vector<NamedView> views;
  for (const ForeignTensor& pair : form.tensors) {
    const TensorType type{DType::f32, pair.shape};
    std::vector<float> values(static_cast<size_t>(type.elems()), 0);
    if (!pair.is_zero) {
      const auto found = checkpoint.tensors().find(pair.ours);
      if (found == checkpoint.tensors().end()) {
        user_error("{}: the checkpoint has no tensor {}, which the recipe's model needs",
                   checkpoint.folder().string(), pair.ours);
      }
      if (found->second.dtype != DType::f32 || found->second.elems() != type.elems()) {
        user_error("{}: tensor {} is {}, and the recipe's model needs {} numbers in f32",
                   checkpoint.folder().string(), pair.ours, to_string(found->second), type.elems());
      }
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
  write_config(form, folder);
  copy_tokenizer(recipe, folder);
}

}  // namespace weft
