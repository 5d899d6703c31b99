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
      {ModelSection::Kind::gpt, "gpt"}, {ModelSection::Kind::resnet, "resnet"}};
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
      {DataSection::Kind::text, "text"}, {DataSection::Kind::images, "images"}};
};

template <>
struct Choices<ImageKeys::OnBad> {
  static constexpr std::pair<ImageKeys::OnBad, std::string_view> all[] = {
      {ImageKeys::OnBad::fail, "fail"},
      {ImageKeys::OnBad::skip, "skip"},
      {ImageKeys::OnBad::substitute, "substitute"}};
};

template <>
struct Choices<ImageKeys::Sampler> {
  static constexpr std::pair<ImageKeys::Sampler, std::string_view> all[] = {
      {ImageKeys::Sampler::uniform, "uniform"},
      {ImageKeys::Sampler::class_balanced, "class_balanced"},
      {ImageKeys::Sampler::weighted, "weighted"}};
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
