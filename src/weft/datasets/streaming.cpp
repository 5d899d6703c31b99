#include "weft/datasets/streaming.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>
#include <unordered_set>

#include "weft/base/check.h"
#include "weft/base/host_share.h"
#include "weft/base/plural.h"
#include "weft/base/threads.h"
#include "weft/data/inspect/check_samples.h"
#include "weft/data/source/joined.h"
#include "weft/data/source/part_folders.h"
#include "weft/data/stream/mixture_sampler.h"
#include "weft/data/stream/stratified_sampler.h"
#include "weft/data/stream/weighted_sampler.h"
#include "weft/data/verify/content_key.h"
#include "weft/data/verify/kept_checksums.h"

namespace weft {

namespace {

/// Bytes that a start reads to check them, in a fraction of a second; `weft data inspect --check` reads all.
constexpr int64_t kCheckedAtOnce = int64_t{64} << 20;

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

std::vector<int32_t> labels_of(const Source& source) {
  std::vector<int32_t> labels;
  for (int64_t sample = 0; sample < source.count(); ++sample) labels.push_back(source.label(sample));
  return labels;
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
    case SamplerKind::class_balanced:
      return std::make_shared<MixtureSampler>(class_balanced(labels_of(source), source.count(), seed));
    case SamplerKind::weighted:
      return std::make_shared<WeightedSampler>(read_weights(keys.weights, *samples.all, samples.parts),
                                               source.count(), seed);
  }
  return nullptr;
}

/// What is measured on the first batches of validation data stands for all of them.
std::shared_ptr<const Sampler> subset_order(const Source& source, std::vector<int32_t> ids, uint64_t seed) {
  return std::make_shared<StratifiedSampler>(ids.empty() ? labels_of(source) : std::move(ids), seed);
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

/// The folders of held-out samples at a path.
std::vector<std::string> held_out_folders(const std::filesystem::path& root) {
  std::vector<std::string> there;
  for (const std::string_view name : held_out_names()) {
    if (find_part(root, name)) there.emplace_back(name);
  }
  return there;
}

/// What a fraction in data.validation does not tell.
std::vector<std::string> said_of(const std::filesystem::path& root, const std::vector<std::string>& there,
                                 const Source& held_out) {
  std::string text = fmt::format("{}: held out are the {} samples of its folder {}", root.string(),
                                 held_out.count(), there[0]);
  for (size_t i = 1; i < there.size(); ++i) text += fmt::format("; its folder {} is not read", there[i]);
  return {text};
}

/// Beside train, a folder of images without classes is no class, and no held-out samples.
std::vector<std::string> said_of_unlabelled(const std::filesystem::path& root) {
  std::vector<std::string> sentences;
  if (!find_part(root, "train")) return sentences;
  for (const std::string_view name : held_out_names()) {
    if (!holds_images(root / name)) continue;
    sentences.push_back(fmt::format("{}: its folder {} is not read: its images lie in no class folders",
                                    root.string(), name));
  }
  return sentences;
}

/// Without reading a file: sources know where samples lie.
DataPart part_of(const Source& source) {
  constexpr int64_t kMostSamples = int64_t{1} << 21;  // are looked at in a fraction of a second
  DataPart part{.names = fmt::format("{:016x}", source_key(source)), .count = source.count()};
  if (part.count > kMostSamples) return part;
  std::vector<Extent> extents;
  for (int64_t sample = 0; sample < part.count; ++sample) {
    extents.clear();
    source.locate(sample, {}, extents);
    for (const Extent& extent : extents) part.bytes += extent.bytes;
  }
  return part;
}

/// One rank looks into the files, which all others may read from one server.
void expect_small_checksums(const Communicator& world,
                            const std::vector<std::shared_ptr<const Source>>& sources) {
  const std::string own = world.rank() == 0 ? trouble_with_small(sources, kCheckedAtOnce) : "";
  const std::string trouble = world.all_gather_text(own)[0];
  if (!trouble.empty()) throw UserError(trouble);
}

/// Classes that only a data set that is mixed in has, as a misspelt folder makes them.
void say_new_classes(const std::string& path, const Source& mixed, std::span<const std::string> known,
                     std::vector<std::string>& remarks) {
  const std::vector<std::string> more = names_only_in(mixed.classes(), known);
  if (more.empty()) return;
  remarks.push_back(fmt::format("data.mix: {} has {} class{} that data.path has not, such as {}", path,
                                more.size(), more.size() == 1 ? "" : "es", more[0]));
}

}  // namespace

std::vector<std::string> names_only_in(std::span<const std::string> own, std::span<const std::string> other) {
  const std::unordered_set<std::string> known(other.begin(), other.end());
  std::vector<std::string> only;
  for (const std::string& name : own) {
    if (!known.contains(name)) only.push_back(name);
  }
  return only;
}

std::string said_of_shared_files(std::span<const std::filesystem::path> training,
                                 std::span<const std::filesystem::path> held_out) {
  const auto name_of_file = [](const std::filesystem::path& path) {
    return std::filesystem::absolute(path).lexically_normal().native();
  };
  std::unordered_set<std::string> names;
  for (const std::filesystem::path& path : held_out) names.insert(name_of_file(path));
  const auto shared =
      std::ranges::count_if(training, [&](const auto& path) { return names.contains(name_of_file(path)); });
  if (shared == 0) return {};
  return fmt::format("data.validation: {} of its {} {} trained on too, and {} nothing of new samples", shared,
                     plural(std::ssize(names), "file"), shared == 1 ? "is" : "are",
                     shared == 1 ? "tells" : "tell");
}

HeldOut held_out_of_another(const std::shared_ptr<const Source>& training,
                            const std::shared_ptr<const Source>& held_out) {
  HeldOut parts{training, held_out, {}, {}};
  std::string shared = said_of_shared_files(training->files(), held_out->files());
  if (!shared.empty()) parts.remarks.push_back(std::move(shared));
  return parts;
}

std::shared_ptr<const Source> open_named(const char* key,
                                         const std::function<std::shared_ptr<const Source>()>& open) {
  try {
    return open();
  } catch (const UserError& error) {
    const std::string said = error.what();
    throw UserError(said.starts_with("data.") ? said : fmt::format("{}: {}", key, said));
  }
}

int decoding_threads(const LoadingKeys& keys) {
  return keys.workers > 0 ? static_cast<int>(keys.workers) : std::max(1, threads() / 2);
}

HeldOut hold_out_for(const Recipe& recipe, const std::shared_ptr<const Source>& all,
                     const OpenSamples& open) {
  const std::filesystem::path root = recipe.data.path;
  if (const auto* path = std::get_if<std::string>(&recipe.data.validation)) {
    const std::vector<std::string> there = held_out_folders(*path);
    const std::string split = there.empty() ? "" : there[0];
    const auto held_out = open_named("data.validation", [&] { return open(*path, split.c_str()); });
    return held_out_of_another(all, held_out);
  }
  const std::vector<std::string> there = held_out_folders(root);
  if (!there.empty()) {
    const auto held_out = open_named("data.path", [&] { return open(root, there[0].c_str()); });
    return {all, held_out, {}, said_of(root, there, *held_out)};
  }
  const double fraction = std::get<double>(recipe.data.validation);
  if (fraction == 0) {
    user_error(
        "data.validation = 0: {} has no folder test, val, valid or validation; name where the validation "
        "samples are, or a fraction such as 0.1",
        root.string());
  }
  HeldOut parts = hold_out(all, fraction, static_cast<uint64_t>(recipe.run.seed));
  parts.remarks = said_of_unlabelled(root);
  return parts;
}

Samples mix_in(const Recipe& recipe, const std::shared_ptr<const Source>& all, HeldOut parts,
               const OpenSamples& open) {
  Samples samples{all, std::move(parts), {}};
  std::vector<std::shared_ptr<const Source>> sources{samples.parts.training};
  for (const MixedSet& set : recipe.data.loading.mix) {
    sources.push_back(open_named("data.mix", [&] { return open(set.path, "train"); }));
    samples.mixed.push_back(sources.back()->count());
    say_new_classes(set.path, *sources.back(), all->classes(), samples.parts.remarks);
  }
  if (sources.size() > 1) samples.parts.training = joined(std::move(sources), "data.mix");
  return samples;
}

void stream_batches(const Recipe& recipe, const Communicator& world, const Samples& samples,
                    const Forms& forms, TrainingData& data, std::vector<int32_t> held_out_ids) {
  const LoadingKeys& keys = recipe.data.loading;
  const HeldOut& parts = samples.parts;
  StreamedBatchesOptions options = options_for(recipe, world, parts.training, forms.training);
  options.shuffle = recipe.data.shuffle;
  options.share = true;
  options.network_budget = keys.network_budget.bytes();
  options.known = known_checksums(keys, *samples.all, parts);
  options.sampler = sampler_for(recipe, samples);
  options.last = keys.last_batch;
  options.group = recipe.optimizer.accumulate;
  options.memory_bytes = memory_for(keys);
  for (const CacheDirectory& cache : keys.cache) {
    options.directories.push_back({cache.path, cache.size.bytes(), world.rank()});
  }
  expect_small_checksums(world, {parts.training, parts.held_out});
  data.remarks.insert(data.remarks.end(), parts.remarks.begin(), parts.remarks.end());
  for (const auto& source : {parts.training, parts.held_out}) {
    for (std::string& remark : source->remarks()) {
      const bool is_said = std::ranges::find(data.remarks, remark) != data.remarks.end();
      if (!is_said) data.remarks.push_back(std::move(remark));
    }
  }
  const auto key = [&](const Source& source) {
    // One rank looks into the files, which all others may read from one server.
    uint64_t content = world.rank() == 0 ? content_key(source) : 0;
    world.broadcast(&content, sizeof(content), 0);
    return source_key(source) ^ content;
  };
  data.fingerprint = fmt::format("{:016x}-{:016x}", key(*parts.training), key(*parts.held_out));
  data.training = part_of(*parts.training);
  data.held_out = part_of(*parts.held_out);
  auto training = std::make_unique<StreamedBatches>(std::move(options));
  data.train_samples = parts.training->count();
  data.epoch_batches = training->batches();
  data.train = std::move(training);
  options = options_for(recipe, world, parts.held_out, forms.validation);
  if (recipe.log.evaluate_batches > 0)
    options.sampler = subset_order(*parts.held_out, std::move(held_out_ids), options.seed);
  options.memory_bytes = memory_for(keys) / 4;
  options.last = LastBatch::pad;
  auto validation = std::make_unique<StreamedBatches>(std::move(options));
  data.validation_batches = validation->batches();
  data.validation = std::move(validation);
}

}  // namespace weft
