#include "weft/train/session/huggingface.h"

#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/text_file.h"
#include "weft/datasets/data_kind.h"
#include "weft/models/model.h"
#include "weft/store/files_together.h"
#include "weft/store/safetensors.h"
#include "weft/train/session/foreign_form.h"
#include "weft/train/session/foreign_tokenizer.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

std::string config_text(const ForeignWeights& form) {
  nlohmann::json config;
  for (const ForeignField& field : form.fields)
    config[field.name] = nlohmann::json::parse(field.same.front());
  for (const auto& [name, value] : form.also_written) config[name] = nlohmann::json::parse(value);
  return config.dump(2) + "\n";
}

/// What transformers makes its GPT-2 tokenizer of, where the recipe's tokenizer is a folder of these files.
std::vector<fs::path> tokenizer_files(const Recipe& recipe) {
  std::vector<fs::path> files;
  for (const DataKind::KeptFile& kept : recipe.data.kind->files_to_keep()) {
    for (const char* name : {"vocab.json", "merges.txt"}) {
      std::error_code error;
      const fs::path file = fs::path(kept.path) / name;
      if (fs::is_regular_file(file, error)) files.push_back(file);
    }
  }
  if (files.size() < 2) return {};  // one says nothing without the other
  return files;
}

std::vector<float> read_tensor(const CheckpointReader& checkpoint, const ForeignTensor& pair) {
  const TensorType type{DType::f32, pair.shape};
  std::vector<float> values(static_cast<size_t>(type.elems()), 0);
  if (pair.is_zero) return values;
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
  if (!pair.transposed) return read;
  transpose(read.data(), pair.shape[1], pair.shape[0], values.data());
  return values;
}

}  // namespace

bool export_huggingface(const Recipe& recipe, const CheckpointReader& checkpoint, const fs::path& folder) {
  const ForeignWeights form = foreign_form(recipe, [&](const std::string& ours) {
    const auto found = checkpoint.tensors().find(ours);
    if (found != checkpoint.tensors().end()) return found->second.shape;
    user_error("{}: has no tensor {}, so it is no checkpoint of a {}", checkpoint.folder().string(), ours,
               recipe.model.kind->name());
  });
  const std::vector<fs::path> tokenizer = tokenizer_files(recipe);
  std::vector<std::string> names;
  for (const fs::path& file : tokenizer) names.push_back(file.filename());
  expect_no_other_tokenizer(recipe, folder, names);
  std::vector<std::vector<float>> kept;
  std::vector<NamedView> views;
  for (const ForeignTensor& pair : form.tensors) {
    kept.push_back(read_tensor(checkpoint, pair));
    views.push_back(
        {pair.theirs, {reinterpret_cast<std::byte*>(kept.back().data()), {DType::f32, pair.shape}}});
  }
  FilesTogether files(folder, "--to");
  write_safetensors(files.add(kForeignWeights), views, {{"format", "pt"}});
  for (const fs::path& file : tokenizer) {
    std::error_code error;
    if (fs::equivalent(file, folder / file.filename(), error)) continue;  // exported beside the tokenizer
    const std::string text = read_text(file, "tokenizer");
    files.add(file.filename().string()).append(std::string_view(text));
  }
  files.add("config.json").append(std::string_view(config_text(form)));
  files.commit();
  return !tokenizer.empty();
}

}  // namespace weft
