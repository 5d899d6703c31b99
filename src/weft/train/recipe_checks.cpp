#include "weft/train/recipe_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/train/recipe_keys.h"

namespace weft {
namespace {

using Complaint = std::optional<RecipeComplaint>;

Complaint steps_or_epochs(const Recipe& recipe) {
  const RunSection& run = recipe.run;
  if (run.steps > 0 && run.epochs > 0) {
    return RecipeComplaint{
        "run.epochs",
        fmt::format("both run.steps = {} and run.epochs = {} are given; give one, and 0 for the other",
                    run.steps, run.epochs)};
  }
  if (run.steps == 0 && run.epochs == 0) {
    return RecipeComplaint{"run.steps", "neither run.steps nor run.epochs is above 0; give one"};
  }
  return std::nullopt;
}

Complaint data_suits_model(const Recipe& recipe) {
  using Kind = DataSection::Kind;
  const Kind kind = recipe.data.kind;
  std::string_view wanted;
  switch (recipe.model.kind) {
    case ModelSection::Kind::gpt:
      if (kind != Kind::text) wanted = "\"text\"";
      break;
    case ModelSection::Kind::resnet:
      if (kind == Kind::text) wanted = "\"images\" or \"arrays\"";
      break;
    case ModelSection::Kind::cosmoflow:
      if (kind != Kind::arrays) wanted = "\"arrays\"";
      break;
  }
  if (wanted.empty()) return std::nullopt;
  return RecipeComplaint{"data.kind", fmt::format("model.kind = \"{}\" needs data.kind = {}, got \"{}\"",
                                                  choice_name(recipe.model.kind), wanted, choice_name(kind))};
}

Complaint gpt_shape(const Recipe& recipe) {
  if (recipe.model.kind != ModelSection::Kind::gpt) return std::nullopt;
  const GptKeys& gpt = recipe.model.gpt;
  if (gpt.width % gpt.heads == 0) return std::nullopt;
  return RecipeComplaint{"model.width", fmt::format("model.width = {} is not a multiple of model.heads = {}",
                                                    gpt.width, gpt.heads)};
}

Complaint resnet_shape(const Recipe& recipe) {
  if (recipe.model.kind != ModelSection::Kind::resnet) return std::nullopt;
  const int64_t depth = recipe.model.resnet.depth;
  if (depth % 6 == 2) return std::nullopt;
  const int64_t below = depth - (depth + 4) % 6;
  return RecipeComplaint{
      "model.depth",
      fmt::format("model.depth = {} is not 6n + 2; the nearest are {} and {}", depth, below, below + 6)};
}

/// Why a text is no size in bytes; empty: it is one.
std::string no_size(const std::string& text, const std::string& where) {
  try {
    parse_bytes(text, where);
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

Complaint sizes_in_bytes(const Recipe& recipe) {
  const LoadingKeys& loading = recipe.data.loading;
  if (!loading.memory.empty()) {
    if (std::string why = no_size(loading.memory, "data.memory"); !why.empty()) {
      return RecipeComplaint{"data.memory", std::move(why)};
    }
  }
  if (!loading.network_budget.empty()) {
    if (std::string why = no_size(loading.network_budget, "data.network_budget"); !why.empty()) {
      return RecipeComplaint{"data.network_budget", std::move(why)};
    }
  }
  for (const CacheDirectory& cache : loading.cache) {
    if (std::string why = no_size(cache.size, "data.cache"); !why.empty()) {
      return RecipeComplaint{"data.cache", std::move(why)};
    }
    if (cache.path.empty()) return RecipeComplaint{"data.cache", "data.cache has an empty path"};
  }
  return std::nullopt;
}

Complaint sampler_and_weights(const Recipe& recipe) {
  const LoadingKeys& loading = recipe.data.loading;
  const bool weighted = loading.sampler == LoadingKeys::Sampler::weighted;
  if (weighted && loading.weights.empty()) {
    return RecipeComplaint{"data.sampler", "data.sampler = \"weighted\" needs data.weights, a file"};
  }
  if (!weighted && !loading.weights.empty()) {
    return RecipeComplaint{"data.weights", "data.weights needs data.sampler = \"weighted\""};
  }
  if (loading.sampler != LoadingKeys::Sampler::uniform && !recipe.data.shuffle) {
    return RecipeComplaint{"data.sampler", "data.sampler draws samples at random, and data.shuffle is false"};
  }
  if (loading.sampler == LoadingKeys::Sampler::class_balanced &&
      recipe.data.kind != DataSection::Kind::images) {
    return RecipeComplaint{"data.sampler", "data.sampler = \"class_balanced\" needs data.kind = \"images\""};
  }
  return std::nullopt;
}

Complaint mixture(const Recipe& recipe) {
  const LoadingKeys& loading = recipe.data.loading;
  if (loading.mix.empty()) return std::nullopt;
  if (loading.sampler != LoadingKeys::Sampler::uniform || !recipe.data.shuffle) {
    return RecipeComplaint{"data.mix",
                           "data.mix says itself how often samples come: it goes with data.sampler = "
                           "\"uniform\" and data.shuffle = true"};
  }
  if (!loading.checksums.empty()) {
    return RecipeComplaint{"data.mix", "data.checksums is of one data set, and data.mix names more"};
  }
  return std::nullopt;
}

Complaint three_channels(const Recipe& recipe) {
  const ImageKeys& images = recipe.data.images;
  for (const auto& [key, values] :
       {std::pair{"data.mean", &images.mean}, std::pair{"data.deviation", &images.deviation}}) {
    if (values->empty()) continue;
    const bool divides = values == &images.deviation;
    const bool good = values->size() == 3 && std::ranges::all_of(*values, [&](double value) {
                        return value <= 1 && (divides ? value > 0 : value >= 0);
                      });
    if (!good) {
      return RecipeComplaint{key, fmt::format("{} needs three numbers in {}0, 1], of red, green and blue",
                                              key, divides ? "(" : "[")};
    }
  }
  return std::nullopt;
}

Complaint colours(const Recipe& recipe) {
  const ImageKeys& images = recipe.data.images;
  if (images.hue > 0.5) {
    return RecipeComplaint{"data.hue", fmt::format("data.hue = {} is above 0.5, half a turn", images.hue)};
  }
  if (images.area[0] == 0 || images.area[0] > images.area[1]) {
    return RecipeComplaint{"data.area", fmt::format("data.area = [{}, {}]: expected 0 < least <= greatest",
                                                    images.area[0], images.area[1])};
  }
  return std::nullopt;
}

Complaint pairs_to_mix(const Recipe& recipe) {
  const int64_t rows = recipe.data.batch / recipe.optimizer.accumulate;
  if (!mixes_neighbours(recipe) || rows % 2 == 0) return std::nullopt;
  return RecipeComplaint{
      "data.mixup",
      fmt::format("data.mixup mixes pairs, and a microbatch has {} samples, an odd number", rows)};
}

Complaint fields_and_axes(const Recipe& recipe) {
  if (recipe.data.arrays.input.empty() != recipe.data.arrays.target.empty()) {
    return RecipeComplaint{"data.input", "data.input and data.target are given together, or neither"};
  }
  for (const std::string& axis : recipe.data.arrays.mirror) {
    if (axis == "depth" || axis == "height" || axis == "width") continue;
    return RecipeComplaint{
        "data.mirror",
        fmt::format("data.mirror names \"{}\"; expected some of \"depth\", \"height\", \"width\"", axis)};
  }
  return std::nullopt;
}

Complaint data_is_named(const Recipe& recipe) {
  const auto* validation = std::get_if<std::string>(&recipe.data.validation);
  if (recipe.data.path.empty()) return RecipeComplaint{"data.path", "data.path is empty"};
  if (validation != nullptr && validation->empty()) {
    return RecipeComplaint{"data.validation",
                           "data.validation is empty; expected a path, or a fraction such as 0.1"};
  }
  return std::nullopt;
}

Complaint microbatches(const Recipe& recipe) {
  if (recipe.data.batch % recipe.optimizer.accumulate == 0) return std::nullopt;
  return RecipeComplaint{"data.batch",
                         fmt::format("data.batch = {} is not a multiple of optimizer.accumulate = {}",
                                     recipe.data.batch, recipe.optimizer.accumulate)};
}

Complaint learning_rates(const Recipe& recipe) {
  const OptimizerSection& optimizer = recipe.optimizer;
  if (optimizer.schedule == OptimizerSection::Schedule::cosine &&
      optimizer.min_learning_rate > optimizer.learning_rate) {
    return RecipeComplaint{
        "optimizer.min_learning_rate",
        fmt::format("optimizer.min_learning_rate = {} is above optimizer.learning_rate = {}",
                    optimizer.min_learning_rate, optimizer.learning_rate)};
  }
  if (optimizer.schedule == OptimizerSection::Schedule::step &&
      !std::is_sorted(optimizer.milestones.begin(), optimizer.milestones.end(), std::less_equal<>())) {
    return RecipeComplaint{"optimizer.milestones", "optimizer.milestones do not ascend"};
  }
  if (recipe.run.steps > 0 && optimizer.warmup > recipe.run.steps) {
    return RecipeComplaint{"optimizer.warmup",
                           fmt::format("optimizer.warmup = {} is longer than run.steps = {}",
                                       optimizer.warmup, recipe.run.steps)};
  }
  return std::nullopt;
}

Complaint mesh_axes(const Recipe& recipe) {
  const ParallelSection& parallel = recipe.parallel;
  double ranks = 1;
  for (const int64_t size :
       {parallel.data, parallel.tensor, parallel.height, parallel.width, parallel.depth}) {
    ranks *= static_cast<double>(size);
  }
  if (ranks > static_cast<double>(kMostRanks)) {
    return RecipeComplaint{
        "parallel.data",
        fmt::format("the mesh of [parallel] has {:.0f} ranks, expected at most {}", ranks, kMostRanks)};
  }
  if (recipe.data.kind == DataSection::Kind::text && (parallel.height > 1 || parallel.width > 1)) {
    const bool is_height = parallel.height > 1;
    return RecipeComplaint{
        is_height ? "parallel.height" : "parallel.width",
        fmt::format("parallel.{} = {} splits images, but data.kind is \"text\"",
                    is_height ? "height" : "width", is_height ? parallel.height : parallel.width)};
  }
  if (parallel.depth > 1 && recipe.data.kind != DataSection::Kind::arrays) {
    return RecipeComplaint{"parallel.depth",
                           fmt::format("parallel.depth = {} splits volumes, but data.kind is \"{}\"",
                                       parallel.depth, choice_name(recipe.data.kind))};
  }
  return std::nullopt;
}

}  // namespace

std::optional<RecipeComplaint> check_recipe(const Recipe& recipe) {
  for (const auto rule : {steps_or_epochs, data_suits_model, gpt_shape, resnet_shape, data_is_named,
                          sizes_in_bytes, sampler_and_weights, mixture, three_channels, colours,
                          fields_and_axes, microbatches, pairs_to_mix, learning_rates, mesh_axes}) {
    if (Complaint complaint = rule(recipe)) return complaint;
  }
  return std::nullopt;
}

}  // namespace weft
