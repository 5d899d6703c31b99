#include "weft/datasets/streaming.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>

#include "weft/base/check.h"
#include "weft/base/host_share.h"
#include "weft/base/threads.h"
#include "weft/data/inspect/check_samples.h"
#include "weft/data/source/joined.h"
#include "weft/data/stream/mixture_sampler.h"
#include "weft/data/stream/stratified_sampler.h"
#include "weft/data/stream/weighted_sampler.h"

namespace weft {

namespace {

std::shared_ptr<const KnownChecksums> known_checksums(const LoadingKeys& keys, const Source& all,
                                                      const HeldOut& parts) {
  if (keys.checksums.empty()) return nullptr;
  auto known = std::make_shared<KnownChecksums>(keys.checksums, source_key(all), all.count());
  if (parts.training_samples.empty()) return known;
  return std::make_shared<KnownChecksums>(known->of(parts.training_samples));
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
    user_error("data.weights: {} has {} numbers, and there are {} training samples", path, weights.size(),
               all.count());
  }
  if (parts.training_samples.empty()) return weights;
  std::vector<double> some;
  for (const int64_t sample : parts.training_samples) some.push_back(weights[static_cast<size_t>(sample)]);
  return some;
}

/// An epoch has as many samples of data.path as that has; they come first in the source.
std::shared_ptr<const Sampler> mixture(const LoadingKeys& keys, int64_t count, std::span<const int64_t> mixed,
                                       uint64_t seed) {
  std::vector<MixtureSampler::Group> groups(1);
  groups[0].count = count - std::accumulate(mixed.begin(), mixed.end(), int64_t{0});
  double shares = 1;
  for (size_t i = 0; i < mixed.size(); ++i) {
    MixtureSampler::Group group;
    group.begin = groups.back().begin + groups.back().count;
    group.count = mixed[i];
    group.share = keys.mix[i].share;
    shares += group.share;
    groups.push_back(std::move(group));
  }
  const auto size = static_cast<int64_t>(std::llround(static_cast<double>(groups[0].count) * shares));
  return std::make_shared<MixtureSampler>(std::move(groups), size, seed);
}

/// Null: each sample once an epoch.
std::shared_ptr<const Sampler> sampler_for(const Recipe& recipe, const Samples& samples) {
  const LoadingKeys& keys = recipe.data.loading;
  const Source& source = *samples.parts.training;
  const auto seed = static_cast<uint64_t>(recipe.run.seed);
  if (!keys.mix.empty()) return mixture(keys, source.count(), samples.mixed, seed);
  switch (keys.sampler) {
    case SamplerKind::uniform:
      return nullptr;
    case SamplerKind::class_balanced: {
      std::vector<int32_t> labels;
      for (int64_t sample = 0; sample < source.count(); ++sample) labels.push_back(source.label(sample));
      return std::make_shared<MixtureSampler>(class_balanced(labels, source.count(), seed));
    }
    case SamplerKind::weighted:
      return std::make_shared<WeightedSampler>(read_weights(keys.weights, *samples.all, samples.parts),
                                               source.count(), seed);
  }
  return nullptr;
}

/// What is measured on the first batches of validation data stands for all of them.
std::shared_ptr<const Sampler> subset_order(const Source& source, uint64_t seed) {
  std::vector<int32_t> labels;
  for (int64_t sample = 0; sample < source.count(); ++sample) labels.push_back(source.label(sample));
  return std::make_shared<StratifiedSampler>(labels, seed);
}

int64_t memory_for(const LoadingKeys& keys) {
  if (!keys.memory.empty()) return keys.memory.bytes();
  return share_of_memory() / 4;
}

StreamedBatchesOptions options_for(const Recipe& recipe, const Communicator& world,
                                   std::shared_ptr<const Source> source,
                                   std::shared_ptr<const SampleForm> form) {
  const LoadingKeys& keys = recipe.data.loading;
  StreamedBatchesOptions options;
  options.source = std::move(source);
  options.form = std::move(form);
  options.batch = recipe.microbatch_rows();
  options.seed = static_cast<uint64_t>(recipe.run.seed);
  options.world = world;
  options.data_ranks = static_cast<int>(recipe.parallel.data);
  options.workers = decoding_threads(keys);
  options.lookahead = keys.lookahead;
  if (!keys.machine.empty()) options.machine = read_machine(keys.machine);
  options.on_bad = keys.on_bad;
  options.bad_limit = keys.bad_limit;
  return options;
}

}  // namespace

int decoding_threads(const LoadingKeys& keys) {
  return keys.workers > 0 ? static_cast<int>(keys.workers) : std::max(1, threads() / 2);
}

HeldOut hold_out_for(const Recipe& recipe, const std::shared_ptr<const Source>& all,
                     const OpenSamples& open) {
  const std::filesystem::path root = recipe.data.path;
  if (const auto* path = std::get_if<std::string>(&recipe.data.validation)) {
    return {all, open(*path, "test"), {}};
  }
  for (const char* split : {"test", "val", "validation"}) {
    if (std::filesystem::is_directory(root / split)) return {all, open(root, split), {}};
  }
  const double fraction = std::get<double>(recipe.data.validation);
  if (fraction == 0) {
    user_error(
        "data.validation = 0: {} has no folder test, val or validation; name where the validation samples "
        "are, or a fraction such as 0.1",
        root.string());
  }
  return hold_out(all, fraction, static_cast<uint64_t>(recipe.run.seed));
}

Samples mix_in(const Recipe& recipe, const std::shared_ptr<const Source>& all, HeldOut parts,
               const OpenSamples& open) {
  Samples samples{all, std::move(parts), {}};
  std::vector<std::shared_ptr<const Source>> sources{samples.parts.training};
  for (const MixedSet& set : recipe.data.loading.mix) {
    sources.push_back(open(set.path, "train"));
    samples.mixed.push_back(sources.back()->count());
  }
  if (sources.size() > 1) samples.parts.training = joined(std::move(sources), "data.mix");
  return samples;
}

void stream_batches(const Recipe& recipe, const Communicator& world, const Samples& samples,
                    const Forms& forms, TrainingData& data) {
  const LoadingKeys& keys = recipe.data.loading;
  const HeldOut& parts = samples.parts;
  StreamedBatchesOptions options = options_for(recipe, world, parts.training, forms.training);
  options.shuffle = recipe.data.shuffle;
  options.share = true;
  options.network_budget = keys.network_budget.bytes();
  options.known = known_checksums(keys, *samples.all, parts);
  options.sampler = sampler_for(recipe, samples);
  options.last = keys.last_batch;
  options.memory_bytes = memory_for(keys);
  for (const CacheDirectory& cache : keys.cache) {
    options.directories.push_back({cache.path, cache.size.bytes(), world.rank()});
  }
  for (const auto& source : {parts.training, parts.held_out}) {
    for (std::string& remark : source->remarks()) {
      const bool is_said = std::ranges::find(data.remarks, remark) != data.remarks.end();
      if (!is_said) data.remarks.push_back(std::move(remark));
    }
  }
  data.fingerprint = fmt::format("{:016x}-{:016x}", source_key(*parts.training), source_key(*parts.held_out));
  auto training = std::make_unique<StreamedBatches>(std::move(options));
  data.train_samples = parts.training->count();
  data.epoch_batches = training->batches();
  data.train = std::move(training);
  options = options_for(recipe, world, parts.held_out, forms.validation);
  if (recipe.log.evaluate_batches > 0) options.sampler = subset_order(*parts.held_out, options.seed);
  options.memory_bytes = memory_for(keys) / 4;
  options.last = LastBatch::pad;
  auto validation = std::make_unique<StreamedBatches>(std::move(options));
  data.validation_batches = validation->batches();
  data.validation = std::move(validation);
}

}  // namespace weft
