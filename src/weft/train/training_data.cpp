#include "weft/train/training_data.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/data/decode/image_statistics.h"
#include "weft/data/inspect/check_samples.h"
#include "weft/data/load/streamed_images.h"
#include "weft/data/source/open_source.h"
#include "weft/data/source/subset.h"
#include "weft/data/stream/mixture_sampler.h"
#include "weft/data/stream/weighted_sampler.h"
#include "weft/data/text_batches.h"
#include "weft/data/token_corpus.h"
#include "weft/train/launch.h"

namespace weft {

namespace {

TrainingData open_text(const Recipe& recipe) {
  TrainingData data;
  data.unit = "tokens";
  data.tokenizer = make_tokenizer(recipe.data.text.tokenizer);
  data.facts.vocabulary = data.tokenizer->vocabulary_size();
  Tokens tokens = read_corpus(recipe.data.path, *data.tokenizer);
  Tokens held_out =
      std::holds_alternative<double>(recipe.data.validation)
          ? cut_validation(tokens, std::get<double>(recipe.data.validation))
          : read_corpus(std::get<std::string>(recipe.data.validation), *data.tokenizer, "data.validation");
  TextOptions options{recipe.data.batch / recipe.optimizer.accumulate, recipe.data.text.context,
                      static_cast<uint64_t>(recipe.run.seed)};
  data.train_samples = static_cast<int64_t>(tokens.size()) / options.context;
  data.train = std::make_unique<TextBatches>(std::make_shared<const Tokens>(std::move(tokens)), options);
  options.key = "data.validation";
  auto validation =
      std::make_unique<TextEvaluation>(std::make_shared<const Tokens>(std::move(held_out)), options);
  data.validation_batches = validation->batches();
  data.validation = std::move(validation);
  return data;
}

std::shared_ptr<const Source> open_images_at(const std::filesystem::path& path, const char* split) {
  SourceOptions options;
  options.path = path;
  options.split = split;
  OpenedSource opened = open_source(options);
  if (!opened.source->encoded_images()) {
    user_error("data.path: {} is {}, and data.kind = \"images\" needs JPEG or PNG images", path.string(),
               opened.format);
  }
  return std::move(opened.source);
}

/// The images to train on, and those that are held out: another path's, those of a folder beside `train`, or
/// a fraction of `all`.
HeldOut open_held_out(const Recipe& recipe, const std::shared_ptr<const Source>& all) {
  const std::filesystem::path root = recipe.data.path;
  if (const auto* path = std::get_if<std::string>(&recipe.data.validation)) {
    return {all, open_images_at(*path, "test"), {}};
  }
  for (const char* split : {"test", "val", "validation"}) {
    if (std::filesystem::is_directory(root / split)) {
      return {all, open_images_at(root, split), {}};
    }
  }
  const double fraction = std::get<double>(recipe.data.validation);
  if (fraction == 0) {
    user_error(
        "data.validation = 0: {} has no folder test, val or validation; name the validation images' folder, "
        "or a fraction such as 0.1",
        root.string());
  }
  return hold_out(all, fraction, static_cast<uint64_t>(recipe.run.seed));
}

std::shared_ptr<const KnownChecksums> known_checksums(const ImageKeys& keys, const Source& all,
                                                      const HeldOut& parts) {
  if (keys.checksums.empty()) return nullptr;
  auto known = std::make_shared<KnownChecksums>(keys.checksums, source_key(all), all.count());
  if (parts.training_samples.empty()) return known;
  return std::make_shared<KnownChecksums>(known->of(parts.training_samples));
}

ImageStatistics statistics_for(const Recipe& recipe, const Source& source, const Communicator& world) {
  const ImageKeys& keys = recipe.data.images;
  ImageStatistics statistics;
  if (keys.mean.empty() || keys.deviation.empty()) {
    statistics = image_statistics(source, static_cast<uint64_t>(recipe.run.seed), world);
  }
  std::ranges::copy(keys.mean, statistics.mean.begin());
  std::ranges::copy(keys.deviation, statistics.deviation.begin());
  return statistics;
}

/// Weights of the training samples, from a file with one number for each of all.
std::vector<double> read_weights(const std::string& path, const Source& all, const HeldOut& parts) {
  std::ifstream file(path);
  if (!file) user_error("data.weights: {} cannot be opened: {}", path, std::strerror(errno));
  std::vector<double> weights;
  for (double weight = 0; file >> weight;) weights.push_back(weight);
  if (!file.eof()) {
    user_error("data.weights: {}: expected numbers, one a line, and number {} is none", path,
               weights.size() + 1);
  }
  if (std::ssize(weights) != all.count()) {
    user_error("data.weights: {} has {} numbers, and there are {} training images", path, weights.size(),
               all.count());
  }
  if (parts.training_samples.empty()) return weights;
  std::vector<double> some;
  for (const int64_t sample : parts.training_samples) some.push_back(weights[static_cast<size_t>(sample)]);
  return some;
}

/// Null: each sample once an epoch.
std::shared_ptr<const Sampler> sampler_for(const Recipe& recipe, const Source& all, const HeldOut& parts) {
  const ImageKeys& keys = recipe.data.images;
  const Source& source = *parts.training;
  const auto seed = static_cast<uint64_t>(recipe.run.seed);
  switch (keys.sampler) {
    case ImageKeys::Sampler::uniform:
      return nullptr;
    case ImageKeys::Sampler::class_balanced: {
      std::vector<int32_t> labels;
      for (int64_t sample = 0; sample < source.count(); ++sample) labels.push_back(source.label(sample));
      return std::make_shared<MixtureSampler>(class_balanced(labels, source.count(), seed));
    }
    case ImageKeys::Sampler::weighted:
      return std::make_shared<WeightedSampler>(read_weights(keys.weights, all, parts), source.count(), seed);
  }
  return nullptr;
}

int64_t memory_for(const ImageKeys& keys) {
  if (!keys.memory.empty()) return parse_bytes(keys.memory, "data.memory");
  return free_memory_of_this_rank() / 4;
}

StreamedImagesOptions streaming(const Recipe& recipe, const Communicator& world,
                                std::shared_ptr<const Source> source, const ImageTransform& transform) {
  const ImageKeys& keys = recipe.data.images;
  StreamedImagesOptions options;
  options.source = std::move(source);
  options.transform = transform;
  options.batch = recipe.data.batch / recipe.optimizer.accumulate;
  options.seed = static_cast<uint64_t>(recipe.run.seed);
  options.world = world;
  options.data_ranks = static_cast<int>(recipe.parallel.data);
  options.workers = keys.workers > 0 ? static_cast<int>(keys.workers) : std::max(1, threads() / 2);
  options.lookahead = keys.lookahead;
  options.on_bad = static_cast<OnBadSample>(keys.on_bad);
  options.bad_limit = keys.bad_limit;
  return options;
}

TrainingData open_images(const Recipe& recipe, const Communicator& world) {
  const ImageKeys& keys = recipe.data.images;
  const std::shared_ptr<const Source> all = open_images_at(recipe.data.path, "train");
  const HeldOut parts = open_held_out(recipe, all);
  const std::shared_ptr<const Source>& source = parts.training;
  const std::shared_ptr<const Source>& held_out = parts.held_out;
  if (!std::ranges::equal(held_out->classes(), source->classes())) {
    user_error("data.validation: its classes differ from those of {}", recipe.data.path);
  }
  const ImageSize first = size_of_image(*source, 0);
  ImageTransform training = usual_transform(first, keys.size, keys.augment);
  ImageTransform evaluating = usual_transform(first, keys.size, false);
  const ImageStatistics statistics = statistics_for(recipe, *source, world);
  training.mean = evaluating.mean = statistics.mean;
  training.deviation = evaluating.deviation = statistics.deviation;
  TrainingData data;
  data.unit = "images";
  data.facts.classes = std::ssize(source->classes());
  data.facts.height = training.height;
  data.facts.width = training.width;
  data.facts.channels = 3;
  data.train_samples = source->count();
  StreamedImagesOptions options = streaming(recipe, world, source, training);
  options.shuffle = recipe.data.shuffle;
  options.share = true;
  if (!keys.network_budget.empty()) {
    options.network_budget = parse_bytes(keys.network_budget, "data.network_budget");
  }
  options.known = known_checksums(keys, *all, parts);
  options.sampler = sampler_for(recipe, *all, parts);
  options.memory_bytes = memory_for(keys);
  for (const CacheDirectory& cache : keys.cache) {
    options.directories.push_back({cache.path, parse_bytes(cache.size, "data.cache"), world.rank()});
  }
  data.train = std::make_unique<StreamedImages>(std::move(options));
  options = streaming(recipe, world, held_out, evaluating);
  options.memory_bytes = memory_for(keys) / 4;
  options.last = LastBatch::pad;
  auto validation = std::make_unique<StreamedImages>(std::move(options));
  data.validation_batches = validation->batches();
  data.validation = std::move(validation);
  return data;
}

}  // namespace

TrainingData open_training_data(const Recipe& recipe, const Communicator& world) {
  switch (recipe.data.kind) {
    case DataSection::Kind::text:
      return open_text(recipe);
    case DataSection::Kind::images:
      return open_images(recipe, world);
  }
  internal_error(__FILE__, __LINE__, "unknown kind of data");
}

int64_t total_steps(const Recipe& recipe, const TrainingData& data) {
  if (recipe.run.steps > 0) return recipe.run.steps;
  return recipe.run.epochs * std::max<int64_t>(1, data.train_samples / recipe.data.batch);
}

}  // namespace weft
