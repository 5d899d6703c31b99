#include <algorithm>

#include "weft/base/check.h"
#include "weft/data/load/array_form.h"
#include "weft/data/read/read_record.h"
#include "weft/train/kinds_of_data.h"
#include "weft/train/streaming.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// The two fields that the recipe names, or the first two.
std::shared_ptr<const Source> open_arrays(const ArrayKeys& keys, const fs::path& path, const char* split) {
  SourceOptions options{.path = path, .fields = {}, .split = split};
  if (!keys.input.empty()) options.fields = {keys.input, keys.target};
  OpenedSource opened = open_source(options);
  if (opened.source->encoded_images()) {
    user_error("data.path: {} is {}, and data.kind = \"arrays\" needs arrays of numbers", path.string(),
               opened.format);
  }
  const std::span<const Field> fields = opened.source->fields();
  if (fields.size() < 2) {
    user_error("data.path: {} has the one array {}, expected two: the input and the target", path.string(),
               fields[0].name);
  }
  if (fields.size() == 2) return std::move(opened.source);
  options.fields = {fields[0].name, fields[1].name};
  return open_source(options).source;
}

ArrayFormOptions form_options(const Recipe& recipe, bool augments) {
  const ArrayKeys& keys = recipe.data.arrays;
  ArrayFormOptions options;
  options.channels = static_cast<ArrayFormOptions::Channels>(keys.channels);
  options.values = {keys.log, keys.mean, keys.deviation};
  options.seed = static_cast<uint64_t>(recipe.run.seed);
  if (!augments) return options;
  const auto mirrors = [&](const char* axis) { return std::ranges::count(keys.mirror, axis) > 0; };
  options.transform = {{mirrors("depth"), mirrors("height"), mirrors("width")}, keys.rotate};
  return options;
}

/// The greatest class id and one; reads the targets of all samples, and nothing else.
int64_t count_classes(const Source& source) {
  const TensorType& target = source.fields()[1].type;
  Region nothing = Region::all(source.fields()[0].type.shape);
  for (Range& range : nothing.ranges) range.end = range.begin;
  const std::vector<Region> parts{nothing, Region::all(target.shape)};
  std::vector<int64_t> id(1);  // room for any integer
  int64_t classes = 0;
  for (int64_t sample = 0; sample < source.count(); ++sample) {
    const View none{nullptr, {source.fields()[0].type.dtype, nothing.shape()}};
    const View one{reinterpret_cast<std::byte*>(id.data()), target};
    id[0] = 0;
    source.unpack(sample, parts, read_record(source, sample, parts), std::vector{none, one});
    classes = std::max(classes, id[0] + 1);
  }
  return classes;
}

}  // namespace

TrainingData open_array_data(const Recipe& recipe, const Communicator& world) {
  const ArrayKeys& keys = recipe.data.arrays;
  const auto open = [&](const fs::path& path, const char* split) { return open_arrays(keys, path, split); };
  const std::shared_ptr<const Source> all = open(recipe.data.path, "train");
  const Samples samples = mix_in(recipe, all, hold_out_for(recipe, all, open), open);
  const HeldOut& parts = samples.parts;
  const auto training = std::make_shared<ArrayForm>(parts.training, form_options(recipe, true));
  const auto validation = std::make_shared<ArrayForm>(parts.held_out, form_options(recipe, false));
  const bool same = training->row_types(DType::f32) == validation->row_types(DType::f32);
  if (!same) {
    user_error("data.validation: its samples are {}, and those of {} are {}", to_string(validation->shape()),
               recipe.data.path, to_string(training->shape()));
  }
  TrainingData data;
  data.unit = "samples";
  data.facts.sample = training->shape();
  if (training->target_is_class()) {
    const int64_t named = recipe.model.resnet.classes;
    data.facts.classes = named > 0 ? named : count_classes(*parts.training);
  } else {
    data.facts.target = training->row_types(DType::f32)[1].shape;
  }
  stream_batches(recipe, world, samples, {training, validation}, data);
  return data;
}

}  // namespace weft
