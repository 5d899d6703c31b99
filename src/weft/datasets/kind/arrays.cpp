#include "weft/datasets/kind/arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "weft/base/check.h"
#include "weft/data/decode/array_values.h"
#include "weft/data/inspect/field_values.h"
#include "weft/data/read/read_record.h"
#include "weft/datasets/streaming.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

struct FoundClasses {
  int64_t classes = 0;  ///< the greatest id and one
  std::unordered_set<int64_t> ids;
  std::vector<int32_t> of_samples;  ///< -1: none
  bool are_numbers = false;         ///< most are no whole numbers: they are no ids at all
};

/// Reads the targets of all samples, and nothing else. UserError for one that can be none, where others are.
FoundClasses find_classes(const ArrayForm& form, const Source& source, const Recipe& recipe) {
  const std::optional<int64_t> ignored = recipe.data.ignore_index;
  const Field& target = source.fields()[1];
  Region nothing = Region::all(source.fields()[0].type.shape);
  for (Range& range : nothing.ranges) range.end = range.begin;
  const std::vector<Region> parts{nothing, Region::all(target.type.shape)};
  std::vector<int64_t> memory(1);  // room for any integer
  const View none{nullptr, {source.fields()[0].type.dtype, nothing.shape()}};
  const View one{reinterpret_cast<std::byte*>(memory.data()), form.target_type()};
  FoundClasses found;
  const bool fails = recipe.data.loading.on_bad == OnBadSample::fail;
  int64_t numbers = 0;
  std::string problem;
  for (int64_t sample = 0; sample < source.count(); ++sample) {
    int64_t id = kMissingId;
    bool is_read = false;
    try {
      source.unpack(sample, parts, read_record(source, sample, parts), std::vector{none, one});
      is_read = true;
      id = form.class_id(sample, one);
    } catch (const UserError& error) {
      if (!is_read && fails) end_for_bad_sample(error.what());
      if (is_read) ++numbers;
      if (problem.empty()) problem = error.what();
    }
    found.of_samples.push_back(-1);
    // What becomes of one that is missing, the rules of the batch say.
    if (id == ignored || id == kMissingId) continue;
    if (id < 0 || id > std::numeric_limits<int32_t>::max()) {
      user_error("{}: field {} is {}, expected a class id from 0 on{}", source.name(sample), target.name, id,
                 ignored ? fmt::format(", or data.ignore_index = {}", *ignored) : "");
    }
    found.classes = std::max(found.classes, id + 1);
    found.ids.insert(id);
    found.of_samples.back() = static_cast<int32_t>(id);
  }
  found.are_numbers = 2 * numbers > source.count();
  if (!found.are_numbers && !problem.empty() && fails) end_for_bad_sample(problem);
  return found;
}

/// What the source says of arrays that it could not take: "; FILE: 'y' is left out: it is encrypted".
std::string others(const Source& source) {
  std::string text;
  for (const std::string& remark : source.remarks()) text += "; " + remark;
  return text;
}

/// What a short look at one field finds that is going to end the run; empty: nothing.
std::string said_of_missing(const Source& source, size_t field, const std::string& path, const char* which) {
  constexpr LookOptions kShort{.most_samples = 256, .most_bytes = int64_t{16} << 20};
  const FieldValues values = look_at_field(source, field, kShort);
  if (!values.has_missing()) return {};
  return fmt::format(
      "{}: field {}{} has {}; the run ends where it meets one, unless data.missing is \"mask\" or \"skip\"",
      path, source.fields()[field].name, which, values.text(source.count()));
}

void say_missing(const HeldOut& parts, const std::string& path, std::vector<std::string>& remarks) {
  for (const auto& [source, which] :
       {std::pair(parts.training, ""), std::pair(parts.held_out, " of the samples held out")}) {
    for (size_t field = 0; field < source->fields().size(); ++field) {
      std::string sentence = said_of_missing(*source, field, path, which);
      if (!sentence.empty()) remarks.push_back(std::move(sentence));
    }
  }
}

/// "f16 [3] a sample": as the file has it.
std::string form_of(const Field& field) {
  const std::string type(field.stored.empty() ? name_of(field.type.dtype) : field.stored);
  return fmt::format("{}{} a sample", type,
                     field.type.shape.empty() ? std::string() : " " + to_string(field.type.shape));
}

/// How many classes the training samples have; those held out, `held_out` of them, may have no others. 0
/// where the targets are numbers, which the network refuses.
int64_t classes_in(const Recipe& recipe, const HeldOut& parts, const ArrayForm& training, int64_t held_out,
                   std::vector<std::string>& remarks) {
  const FoundClasses found = find_classes(training, *parts.training, recipe);
  const int64_t classes = found.classes;
  if (found.are_numbers) return 0;
  if (classes == 0) {
    user_error(
        "data.target: no training sample has a class id, but for those that are missing, and "
        "data.ignore_index");
  }
  constexpr int64_t kMost = 10'000'000;
  if (classes > kMost) {
    user_error(
        "data.target: the largest class id is {}, so that there would be {} classes; "
        "ids count the classes from 0 on, and model.classes says how many there are if that is meant",
        classes - 1, classes);
  }
  if (held_out > classes) {
    user_error(
        "data.validation: a sample has the class id {}, and those to train on have ids from 0 to {}; "
        "model.classes may say how many there are",
        held_out - 1, classes - 1);
  }
  const auto occurring = std::ssize(found.ids);
  if (occurring < classes) {
    remarks.push_back(
        fmt::format("{}: of {} classes (ids from 0 to {}) only {} occur{} in the samples to train on",
                    recipe.data.path, classes, classes - 1, occurring, occurring == 1 ? "s" : ""));
  }
  return classes;
}

}  // namespace

/// The two fields that the recipe names; for one that it does not, the first that the other is not.
std::shared_ptr<const Source> Arrays::open_file(const fs::path& path, const char* split) const {
  SourceOptions options{.path = path, .fields = {}, .split = split};
  if (!input.empty() && !target.empty()) options.fields = {input, target};
  OpenedSource opened = open_source(options);
  if (opened.source->encoded_images()) {
    user_error("data.path: {} is {}, and data.kind = \"arrays\" needs arrays of numbers", path.string(),
               opened.format);
  }
  if (!options.fields.empty()) return std::move(opened.source);
  const auto first_but = [&](const std::string& other) {
    for (const Field& field : opened.source->fields())
      if (field.name != other) return field.name;
    user_error("data.path: {} has the one array {}, expected an input and a target{}", path.string(), other,
               others(*opened.source));
  };
  const std::string given = input.empty() ? first_but(target) : input;
  options.fields = {given, target.empty() ? first_but(given) : target};
  const std::span<const Field> fields = opened.source->fields();
  if (std::ranges::equal(fields, options.fields, {}, &Field::name)) return std::move(opened.source);
  return open_source(options).source;
}

ArrayFormOptions Arrays::form_options(const Recipe& recipe, ArrayTarget learnt, bool augments) const {
  ArrayFormOptions options;
  options.target = learnt;
  options.ignored = recipe.data.ignore_index;
  options.channels = channels;
  options.values = {log, mean, deviation};
  options.seed = static_cast<uint64_t>(recipe.run.seed);
  if (!augments) return options;
  for (const auto& augmentation : augmentations.list()) augmentation->add_to(options.transform);
  return options;
}

Complaint Arrays::check_keys(const Recipe& recipe) const { return augmentations.check(recipe); }

/// What the recipe leaves open, and may have meant otherwise.
void Arrays::say_what_was_chosen(const Recipe& recipe, const Source& source, const Dims& shape,
                                 std::vector<std::string>& remarks) const {
  if (input.empty() || target.empty()) {
    const std::span<const Field> fields = source.fields();
    remarks.push_back(fmt::format("{}: '{}' is the input and '{}' the target, as {} not say",
                                  recipe.data.path, fields[0].name, fields[1].name,
                                  !target.empty()  ? "data.input does"
                                  : !input.empty() ? "data.target does"
                                                   : "data.input and data.target do"));
  }
  if (channels == ArrayChannels::last && shape.size() >= 3 && shape.front() <= kMostColours &&
      shape.back() > kMostColours) {
    remarks.push_back(
        fmt::format("{}: the last dimension of samples {} is taken for the channels; where it is the first, "
                    "data.channels = \"first\" says so",
                    recipe.data.path, to_string(shape)));
  }
}

TrainingData Arrays::open_samples(const Recipe& recipe, const Communicator& world, int64_t ids) const {
  const auto open = [&](const fs::path& path, const char* split) { return open_file(path, split); };
  const std::shared_ptr<const Source> all = open(recipe.data.path, "train");
  const Samples samples = mix_in(recipe, all, hold_out_for(recipe, all, open), open);
  const HeldOut& parts = samples.parts;
  const ArrayTarget learnt = ids == kNoIds ? ArrayTarget::numbers : ArrayTarget::ids;
  const auto training = std::make_shared<ArrayForm>(parts.training, form_options(recipe, learnt, true));
  const auto validation = std::make_shared<ArrayForm>(parts.held_out, form_options(recipe, learnt, false));
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
  for (const auto& augmentation : augmentations.list()) augmentation->expect_axes(data.facts.input.axes);
  data.facts.input.channels = channels;
  data.facts.target.name = "labels";
  data.facts.input.field = parts.training->fields()[0].name;
  data.facts.target.field = parts.training->fields()[1].name;
  data.facts.input.label = "field " + data.facts.input.field;
  if (log || !mean.empty() || !deviation.empty()) {
    data.facts.input.label += fmt::format(" (after {}data.mean and data.deviation)", log ? "data.log, " : "");
  }
  data.facts.target.label = "field " + data.facts.target.field;
  data.facts.target.form = form_of(parts.training->fields()[1]);
  add_rules(data.facts);
  std::vector<int32_t> held_out_ids;
  if (training->target_is_class()) {
    data.facts.target.below = ids;
    // All targets are read where nothing else says what there are, or a part of them is to be like the whole.
    if (ids == 0 || recipe.log.evaluate_batches > 0) {
      FoundClasses held_out = find_classes(*validation, *parts.held_out, recipe);
      if (ids == 0)
        data.facts.target.below = classes_in(recipe, parts, *training, held_out.classes, data.remarks);
      held_out_ids = std::move(held_out.of_samples);
    }
  } else {
    data.facts.target.shape = training->row_types(DType::f32)[1].shape;
    data.facts.target.axes.assign(data.facts.target.shape.size(), "target");
  }
  say_what_was_chosen(recipe, *parts.training, shape, data.remarks);
  if (missing == MissingNumbers::fail && recipe.data.loading.on_bad == OnBadSample::fail &&
      world.rank() == 0) {
    say_missing(parts, recipe.data.path, data.remarks);
  }
  stream_batches(recipe, world, samples, {training, validation}, data, std::move(held_out_ids));
  return data;
}

void register_arrays(KindsOf<DataKind>& kinds) { kinds.add<Arrays>(); }

}  // namespace weft
