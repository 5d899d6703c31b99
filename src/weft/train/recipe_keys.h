#pragma once
// The table of all keys of a recipe.
#include <span>
#include <string>
#include <vector>

#include "weft/train/recipe_key.h"

namespace weft {

template <>
struct Choices<DType> {
  static constexpr std::pair<DType, std::string_view> all[] = {
      {DType::f32, "f32"}, {DType::bf16, "bf16"}, {DType::f64, "f64"}};
};

template <>
struct Choices<ModelSection::Kind> {
  static constexpr std::pair<ModelSection::Kind, std::string_view> all[] = {
      {ModelSection::Kind::gpt, "gpt"},
      {ModelSection::Kind::resnet, "resnet"},
      {ModelSection::Kind::cosmoflow, "cosmoflow"}};
};

template <>
struct Choices<GptKeys::Activation> {
  static constexpr std::pair<GptKeys::Activation, std::string_view> all[] = {
      {GptKeys::Activation::gelu_tanh, "gelu_tanh"},
      {GptKeys::Activation::gelu_erf, "gelu_erf"},
      {GptKeys::Activation::relu, "relu"}};
};

template <>
struct Choices<DataSection::Kind> {
  static constexpr std::pair<DataSection::Kind, std::string_view> all[] = {
      {DataSection::Kind::text, "text"},
      {DataSection::Kind::images, "images"},
      {DataSection::Kind::arrays, "arrays"}};
};

template <>
struct Choices<LoadingKeys::OnBad> {
  static constexpr std::pair<LoadingKeys::OnBad, std::string_view> all[] = {
      {LoadingKeys::OnBad::fail, "fail"},
      {LoadingKeys::OnBad::skip, "skip"},
      {LoadingKeys::OnBad::substitute, "substitute"}};
};

template <>
struct Choices<LoadingKeys::Sampler> {
  static constexpr std::pair<LoadingKeys::Sampler, std::string_view> all[] = {
      {LoadingKeys::Sampler::uniform, "uniform"},
      {LoadingKeys::Sampler::class_balanced, "class_balanced"},
      {LoadingKeys::Sampler::weighted, "weighted"}};
};

template <>
struct Choices<LoadingKeys::LastBatch> {
  static constexpr std::pair<LoadingKeys::LastBatch, std::string_view> all[] = {
      {LoadingKeys::LastBatch::drop, "drop"},
      {LoadingKeys::LastBatch::pad, "pad"},
      {LoadingKeys::LastBatch::redistribute, "redistribute"}};
};

template <>
struct Choices<TextKeys::Windows> {
  static constexpr std::pair<TextKeys::Windows, std::string_view> all[] = {
      {TextKeys::Windows::drawn, "drawn"}, {TextKeys::Windows::streamed, "streamed"}};
};

template <>
struct Choices<ArrayKeys::Channels> {
  static constexpr std::pair<ArrayKeys::Channels, std::string_view> all[] = {
      {ArrayKeys::Channels::last, "last"},
      {ArrayKeys::Channels::first, "first"},
      {ArrayKeys::Channels::none, "none"}};
};

template <>
struct Choices<OptimizerSection::Kind> {
  static constexpr std::pair<OptimizerSection::Kind, std::string_view> all[] = {
      {OptimizerSection::Kind::sgd, "sgd"}, {OptimizerSection::Kind::adamw, "adamw"}};
};

template <>
struct Choices<OptimizerSection::Schedule> {
  static constexpr std::pair<OptimizerSection::Schedule, std::string_view> all[] = {
      {OptimizerSection::Schedule::constant, "constant"},
      {OptimizerSection::Schedule::cosine, "cosine"},
      {OptimizerSection::Schedule::step, "step"}};
};

struct RecipeSectionInfo {
  std::string name;
  std::string meaning;
};

struct RecipeTable {
  std::vector<RecipeSectionInfo> sections;
  std::vector<RecipeKey> keys;  ///< the keys of a section stand together, those without condition first
};

/// The table. Two keys may have one name where their conditions exclude each other (model.width).
const RecipeTable& recipe_table();

/// Whether `key` means something in `recipe`.
bool applies(const RecipeKey& key, const Recipe& recipe);

}  // namespace weft
