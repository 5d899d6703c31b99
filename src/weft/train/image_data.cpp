#include <algorithm>

#include "weft/base/check.h"
#include "weft/data/decode/image_statistics.h"
#include "weft/data/load/image_form.h"
#include "weft/train/kinds_of_data.h"
#include "weft/train/streaming.h"

namespace weft {

namespace {

std::shared_ptr<const Source> open_images(const std::filesystem::path& path, const char* split) {
  OpenedSource opened = open_source({.path = path, .fields = {}, .split = split});
  if (!opened.source->encoded_images()) {
    user_error("data.path: {} is {}, and data.kind = \"images\" needs JPEG or PNG images", path.string(),
               opened.format);
  }
  return std::move(opened.source);
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

}  // namespace

TrainingData open_image_data(const Recipe& recipe, const Communicator& world) {
  const ImageKeys& keys = recipe.data.images;
  const std::shared_ptr<const Source> all = open_images(recipe.data.path, "train");
  const Samples samples = mix_in(recipe, all, hold_out_for(recipe, all, open_images), open_images);
  const HeldOut& parts = samples.parts;
  if (!std::ranges::equal(parts.held_out->classes(), all->classes())) {
    user_error("data.validation: its classes differ from those of {}", recipe.data.path);
  }
  const ImageSize first = size_of_image(*parts.training, 0);
  ImageTransform training = usual_transform(first, keys.size, keys.augment);
  ImageTransform evaluating = usual_transform(first, keys.size, false);
  const ImageStatistics statistics = statistics_for(recipe, *parts.training, world);
  training.mean = evaluating.mean = statistics.mean;
  training.deviation = evaluating.deviation = statistics.deviation;
  training.area = keys.area;
  training.brightness = keys.brightness;
  training.contrast = keys.contrast;
  training.saturation = keys.saturation;
  training.hue = keys.hue;
  training.cutout = keys.cutout;
  TrainingData data;
  data.unit = "images";
  data.facts.classes = std::ssize(parts.training->classes());
  data.facts.sample = {training.height, training.width, 3};
  const auto seed = static_cast<uint64_t>(recipe.run.seed);
  stream_batches(recipe, world, samples,
                 {std::make_shared<ImageForm>(parts.training, training, seed),
                  std::make_shared<ImageForm>(parts.held_out, evaluating, seed)},
                 data);
  return data;
}

}  // namespace weft
