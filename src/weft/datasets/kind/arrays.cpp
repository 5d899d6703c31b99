#include "weft/datasets/kind/arrays.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/data/read/read_record.h"
#include "weft/datasets/streaming.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

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

/// The two fields that the recipe names, or the first two.
std::shared_ptr<const Source> Arrays::open_file(const fs::path& path, const char* split) const {
  SourceOptions options{.path = path, .fields = {}, .split = split};
  if (!input.empty()) options.fields = {input, target};
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

ArrayFormOptions Arrays::form_options(const Recipe& recipe, bool augments) const {
  ArrayFormOptions options;
  options.channels = channels;
  options.values = {log, mean, deviation};
  options.seed = static_cast<uint64_t>(recipe.run.seed);
  if (!augments) return options;
  for (const auto& augmentation : augmentations.list()) augmentation->add_to(options.transform);
  return options;
}

Complaint Arrays::check_keys(const Recipe& recipe) const {
  if (input.empty() != target.empty()) {
    return RecipeComplaint{"data.input", "data.input and data.target are given together, or neither"};
  }
  return augmentations.check(recipe);
}

TrainingData Arrays::open(const Recipe& recipe, const Communicator& world, int64_t ids) const {
  const auto open = [&](const fs::path& path, const char* split) { return open_file(path, split); };
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
  static const std::vector<std::string> kAxes{"depth", "height", "width", "channel"};
  TrainingData data;
  data.unit = "samples";
  const Dims& shape = training->shape();
  data.facts.input = {"pixels", 0, shape, {kAxes.end() - std::ssize(shape), kAxes.end()}};
  data.facts.target.name = "labels";
  if (training->target_is_class()) {
    data.facts.target.below = ids > 0 ? ids : count_classes(*parts.training);
  } else {
    data.facts.target.shape = training->row_types(DType::f32)[1].shape;
    data.facts.target.axes.assign(data.facts.target.shape.size(), "target");
  }
  stream_batches(recipe, world, samples, {training, validation}, data);
  return data;
}

void register_arrays(KindsOf<DataKind>& kinds) { kinds.add<Arrays>(); }

}  // namespace weft
