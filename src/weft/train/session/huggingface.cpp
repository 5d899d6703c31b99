#include "weft/train/session/huggingface.h"

#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/models/model.h"
#include "weft/store/safetensors.h"

namespace weft {

namespace {

/// to [columns, rows] = from [rows, columns], transposed.
void transpose(const float* from, int64_t rows, int64_t columns, float* to) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) to[c * rows + r] = from[r * columns + c];
  }
}

ForeignWeights form_of(const Recipe& recipe, const ShapeOf& shape) {
  if (recipe.run.precision == DType::f64)
    user_error("run.precision = \"f64\": the weights of transformers are f32");
  return recipe.model.kind->huggingface(shape);
}

void write_config(const std::string& text, const std::filesystem::path& folder) {
  std::ofstream file(folder / "config.json");
  file << text << "\n";
  file.close();
  if (!file) user_error("{}: config.json cannot be written", folder.string());
}

}  // namespace

void export_huggingface(const Recipe& recipe, const CheckpointReader& checkpoint,
                        const std::filesystem::path& folder) {
  const ForeignWeights form = form_of(recipe, [&](const std::string& ours) {
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
  write_config(form.config, folder);
}

void import_huggingface(Session& session, const std::filesystem::path& folder) {
  const Recipe& recipe = session.recipe();
  const auto& named = session.executor().program().named;
  const ForeignWeights form =
      form_of(recipe, [&](const std::string& ours) { return named.at(ours).slot.type.shape; });
  const SafetensorsFile file(folder / "model.safetensors");
  for (const ForeignTensor& pair : form.tensors) {
    if (!named.contains(pair.ours)) continue;
    // Files that transformers wrote of the bare model lack the prefix.
    const std::string bare = form.bare_name(pair.theirs);
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
