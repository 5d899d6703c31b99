#include "weft/datasets/kind/images.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/data/load/image_form.h"
#include "weft/datasets/streaming.h"

namespace weft {

namespace {

std::shared_ptr<const Source> open_images(const std::filesystem::path& path, const char* split) {
  OpenedSource opened = open_source({.path = path, .fields = {}, .split = split, .images = true});
  if (!opened.source->encoded_images()) {
    user_error("{} is {}, and data.kind = \"images\" needs JPEG, PNG, WebP or BMP images", path.string(),
               opened.format);
  }
  return std::move(opened.source);
}

/// "; only SET has a, b", or nothing where it has no class that the other lacks.
std::string classes_only_in(const std::string& set, std::span<const std::string> own,
                            std::span<const std::string> other) {
  constexpr size_t kMostNamed = 5;
  std::vector<std::string> only = names_only_in(own, other);
  if (only.empty()) return {};
  const size_t unnamed = only.size() - std::min(only.size(), kMostNamed);
  only.resize(only.size() - unnamed);
  return fmt::format("; only {} has {}{}", set, fmt::join(only, ", "),
                     unnamed > 0 ? fmt::format(" and {} more", unnamed) : "");
}

void check_classes(const std::string& path, const Source& training, const Source& held_out) {
  const auto known = training.classes();
  const auto other = held_out.classes();
  if (known.empty()) {
    user_error(
        "data.path: {}: none of its images has a label, and a class id of each is needed; put 0001.cls (a "
        "number or a name), or 0001.json with a \"label\", beside 0001.jpg",
        path);
  }
  if (std::ranges::equal(other, known)) return;
  user_error("data.validation: its classes differ from those of {}{}{}", path,
             classes_only_in("data.validation", other, known), classes_only_in("data.path", known, other));
}

Complaint three_channels(const char* key, const std::vector<double>& values) {
  if (values.empty() || values.size() == 3) return std::nullopt;
  return RecipeComplaint{
      key, fmt::format("{} has {} numbers, expected three: of red, green and blue", key, values.size())};
}

/// That of the first image that is no bad sample.
ImageSize size_of_images(const Source& source, const LoadingKeys& keys) {
  if (keys.on_bad != OnBadSample::fail) return size_of_first_image(source, keys.bad_limit);
  try {
    return size_of_image(source, 0);
  } catch (const UserError& error) {
    end_for_bad_sample(error.what());
  }
}

/// Where nothing cuts or scales them, all must be alike: better said before anything long.
void expect_one_size(const char* images, const Recipe& recipe, const Source& source,
                     const ImageTransform& transform, const Communicator& world) {
  if (transform.crop != ImageTransform::Crop::none || recipe.data.loading.on_bad != OnBadSample::fail) return;
  const auto [smallest, largest] = image_sizes(source, static_cast<uint64_t>(recipe.run.seed), world);
  if (smallest == largest) return;
  user_error(
      "data.size = 0: the images {} are of several sizes, from {}x{} to {}x{} (height x width) where some "
      "were looked at; data.size is the side that all are scaled and cut to",
      images, smallest.height, smallest.width, largest.height, largest.width);
}

}  // namespace

Complaint Images::check_keys(const Recipe& recipe) const {
  if (Complaint complaint = three_channels("data.mean", mean)) return complaint;
  if (Complaint complaint = three_channels("data.deviation", deviation)) return complaint;
  if (Complaint complaint = one_mixing(augmentations.list())) return complaint;
  return augmentations.check(recipe);
}

const BatchMixing* Images::mixing() const { return mixing_of(augmentations.list()); }

ImageStatistics Images::statistics(const Recipe& recipe, const Source& source,
                                   const Communicator& world) const {
  ImageStatistics statistics;
  if (mean.empty() || deviation.empty()) {
    statistics = image_statistics(source, static_cast<uint64_t>(recipe.run.seed), world);
  }
  std::ranges::copy(mean, statistics.mean.begin());
  std::ranges::copy(deviation, statistics.deviation.begin());
  return statistics;
}

TrainingData Images::open_samples(const Recipe& recipe, const Communicator& world, int64_t /*ids*/) const {
  const auto all = open_named("data.path", [&] { return open_images(recipe.data.path, "train"); });
  const Samples samples = mix_in(recipe, all, hold_out_for(recipe, all, open_images), open_images);
  const HeldOut& parts = samples.parts;
  check_classes(recipe.data.path, *all, *parts.held_out);
  ImageTransform evaluating = usual_transform(size_of_images(*parts.training, recipe.data.loading), size);
  expect_one_size("that are held out", recipe, *parts.held_out, evaluating, world);
  const ImageStatistics measured = statistics(recipe, *parts.training, world);
  evaluating.mean = measured.mean;
  evaluating.deviation = measured.deviation;
  ImageTransform training = evaluating;
  for (const auto& augmentation : augmentations.list()) augmentation->add_to(training);
  expect_one_size("to train on", recipe, *parts.training, training, world);
  TrainingData data;
  data.unit = "images";
  for (const auto& augmentation : augmentations.list()) {
    std::string idle = augmentation->idle_key(training);
    if (!idle.empty()) data.remarks.push_back(std::move(idle));
  }
  data.facts.input = {"pixels", 0, {training.height, training.width, 3}, {"height", "width", "channel"}};
  data.facts.target = {"labels", std::ssize(parts.training->classes()), {}, {}};
  const auto seed = static_cast<uint64_t>(recipe.run.seed);
  const bool needs_labels = !recipe.data.ignore_index;
  stream_batches(recipe, world, samples,
                 {std::make_shared<ImageForm>(parts.training, training, seed, needs_labels),
                  std::make_shared<ImageForm>(parts.held_out, evaluating, seed, needs_labels)},
                 data);
  return data;
}

void register_images(KindsOf<DataKind>& kinds) { kinds.add<Images>(); }

}  // namespace weft
