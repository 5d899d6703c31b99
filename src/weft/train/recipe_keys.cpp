#include "weft/train/recipe_keys.h"

#include <algorithm>

namespace weft {
namespace {

/// Adds keys of one section, all under one condition. `access` finds their struct in a Recipe.
template <class Section, class Access>
class KeyGroup {
 public:
  KeyGroup(RecipeTable& table, std::string section, std::optional<Condition> when, Access access)
      : table_(table), section_(std::move(section)), when_(std::move(when)), access_(access) {}

  template <class T>
  RecipeKey& key(std::string name, T Section::*member, std::string meaning) const {
    return key(std::move(name), member, Range{}, std::move(meaning));
  }

  template <class T>
  RecipeKey& key(std::string name, T Section::*member, const Range& range, std::string meaning) const {
    RecipeKey row;
    row.section = section_;
    row.name = std::move(name);
    row.meaning = std::move(meaning);
    row.expected = Conversion<T>::expected() + (range.text.empty() ? "" : " " + range.text);
    row.when = when_;
    row.is_text = std::is_same_v<T, std::string>;
    row.set = [access = access_, member, range](Recipe& recipe, const RecipeValue& value) {
      const std::optional<T> converted = Conversion<T>::from(value);
      if (!converted || !all_in_range(value, range)) return false;
      access(recipe).*member = *converted;
      return true;
    };
    row.get = [access = access_, member](const Recipe& recipe) {
      return Conversion<T>::to(access(recipe).*member);
    };
    table_.keys.push_back(std::move(row));
    return table_.keys.back();
  }

 private:
  RecipeTable& table_;
  std::string section_;
  std::optional<Condition> when_;
  Access access_;
};

/// A new section, whose keys are members of the struct `member` of Recipe.
template <class Section>
auto section(RecipeTable& table, std::string name, Section Recipe::*member, std::string meaning) {
  table.sections.push_back({name, std::move(meaning)});
  const auto access = [member](auto& recipe) -> auto& { return recipe.*member; };
  return KeyGroup<Section, decltype(access)>(table, std::move(name), std::nullopt, access);
}

/// More keys of a section: members of its own struct that mean something only under `when`.
template <class Section>
auto section_when(RecipeTable& table, std::string name, Section Recipe::*member, Condition when) {
  const auto access = [member](auto& recipe) -> auto& { return recipe.*member; };
  return KeyGroup<Section, decltype(access)>(table, std::move(name), std::move(when), access);
}

/// More keys of a section: members of a struct inside the section's struct, named for one kind.
template <class Outer, class Section>
auto section_when(RecipeTable& table, std::string name, Outer Recipe::*outer, Section Outer::*member,
                  Condition when) {
  const auto access = [ outer, member ](auto& recipe) -> auto& { return recipe.*outer.*member; };
  return KeyGroup<Section, decltype(access)>(table, std::move(name), std::move(when), access);
}

void add_run(RecipeTable& table) {
  const auto run = section(table, "run", &Recipe::run,
                           "The run as a whole. Exactly one of `steps` and `epochs` is given.");
  run.key("name", &RunSection::name, "what the run is called");
  run.key("output", &RunSection::output, "folder for checkpoints and logs; empty: `runs/NAME-DATE`");
  run.key("seed", &RunSection::seed, from_zero(),
          "seed of every random number; results depend on it, not on ranks or threads");
  run.key("steps", &RunSection::steps, at_least(0), "optimizer steps; 0: `epochs` decides");
  run.key("epochs", &RunSection::epochs, at_least(0), "passes over the training data; 0: `steps` decides");
  run.key("precision", &RunSection::precision,
          "of the arithmetic; \"bf16\" keeps weights and optimizer state in f32, \"f64\" is for checks");
  run.key("device", &RunSection::device,
          "whose kernels run: \"cpu\", or \"reference\", which computes in f64 on one thread by the plainest "
          "loops: some 20 to 40 times slower, for questions of numerics; docs/ops.md lists all devices");
  run.key("threads", &RunSection::threads, at_least(0),
          "threads of each rank; 0: all cores that the rank may use");
  run.key("pin", &RunSection::pin,
          "whether each thread is bound to a core of its own, where ranks do not share cores");
}

void add_model(RecipeTable& table) {
  const auto model = section(table, "model", &Recipe::model, "The network.");
  model.key("kind", &ModelSection::kind, "which network").required();
  model.key("dropout", &ModelSection::dropout, from_zero_below_one(),
            "probability that an activation is dropped in training");

  const auto gpt = section_when(table, "model", &Recipe::model, &ModelSection::gpt, {"model.kind", "gpt"});
  gpt.key("layers", &GptKeys::layers, from_one_to_thousand(), "transformer blocks").required();
  gpt.key("heads", &GptKeys::heads, at_least(1), "attention heads; divides `width`").required();
  gpt.key("width", &GptKeys::width, at_least(1), "features of a token").required();
  gpt.key("vocabulary", &GptKeys::vocabulary, at_least(0),
          "rows of the token embedding; 0: the tokenizer's size (a larger number pads it)");
  gpt.key("mlp_ratio", &GptKeys::mlp_ratio, at_least(1),
          "hidden features of the MLP, as a multiple of `width`");
  gpt.key("bias", &GptKeys::bias, "whether linear layers and layer norms have a bias");
  gpt.key("activation", &GptKeys::activation, "of the MLP");
  gpt.key("tied", &GptKeys::tied, "whether the output layer shares the token embedding's weights");

  const auto resnet =
      section_when(table, "model", &Recipe::model, &ModelSection::resnet, {"model.kind", "resnet"});
  resnet.key("depth", &ResnetKeys::depth, at_least(8), "layers with weights; 6n + 2, such as 20, 32, 56");
  resnet.key("width", &ResnetKeys::width, at_least(1), "channels of the first of the three stages");
  resnet.key("classes", &ResnetKeys::classes, at_least(0), "outputs; 0: as many as the data has");

  const auto cosmoflow =
      section_when(table, "model", &Recipe::model, &ModelSection::cosmoflow, {"model.kind", "cosmoflow"});
  cosmoflow.key("stages", &CosmoflowKeys::stages, from_one_to_thousand(),
                "convolutions of 3x3x3, each followed by pooling that halves depth, height and width");
  cosmoflow.key("width", &CosmoflowKeys::width, at_least(1), "channels of the first stage; doubled by each");
}

void add_data(RecipeTable& table) {
  const auto data =
      section(table, "data", &Recipe::data, "The data. Paths are relative to the working directory.");
  data.key("kind", &DataSection::kind,
           "what a sample is: \"text\" for `gpt`, \"images\" (JPEG, PNG) for `resnet`, \"arrays\" (HDF5, "
           "NetCDF, "
           "NumPy, safetensors) for `resnet` and `cosmoflow`")
      .required();
  data.key("path", &DataSection::path, "file or folder of the training data").required();
  data.key(
      "validation", &DataSection::validation, from_zero_below_one(),
      "a file or folder, or the fraction of `path` that is held out; images and arrays below a folder with "
      "`test`, `val` or `validation` are validated on that instead");
  data.key("batch", &DataSection::batch, at_least(1), "samples a step, over all ranks and microbatches")
      .required();
  data.key("shuffle", &DataSection::shuffle, "whether training samples come in random order");

  const auto text = section_when(table, "data", &Recipe::data, &DataSection::text, {"data.kind", "text"});
  text.key("tokenizer", &TextKeys::tokenizer, "\"bytes\", or the file of a SentencePiece model");
  text.key("context", &TextKeys::context, at_least(1), "tokens of a sample").required();
  text.key(
      "windows", &TextKeys::windows,
      "\"drawn\": samples start anywhere in the text, which is in memory; \"streamed\": they lie side by "
      "side in a token file (`weft data make tokens`) of any size, each comes once an epoch");
}

void add_images(RecipeTable& table) {
  const auto images =
      section_when(table, "data", &Recipe::data, &DataSection::images, {"data.kind", "images"});
  images.key(
      "augment", &ImageKeys::augment,
      "whether training images are cut out at random (shifted by up to 4 pixels; with `size`: a random area) "
      "and mirrored");
  images.key(
      "size", &ImageKeys::size, at_least(0),
      "side of the images in pixels, to which they are cut and scaled; 0: all are of one size, as they are");
  images.key("area", &ImageKeys::area, from_zero_to_one(),
             "with `augment` and `size`: least and greatest share of the image that is cut out");
  images.key("brightness", &ImageKeys::brightness, from_zero(),
             "colour jitter of training images: factor drawn from [1 - x, 1 + x]; 0: none");
  images.key("contrast", &ImageKeys::contrast, from_zero(), "the same for contrast");
  images.key("saturation", &ImageKeys::saturation, from_zero(), "the same for saturation");
  images.key("hue", &ImageKeys::hue, from_zero_to_one(),
             "shift of the hue, drawn from [-x, x] turns; at most 0.5");
  images.key("cutout", &ImageKeys::cutout, at_least(0),
             "side in pixels of a square of training images that is blanked at random; 0: none");
  images.key("mixup", &ImageKeys::mixup, from_zero(),
             "training images and labels of neighbours in a batch are mixed, by a share that each step draws "
             "from Beta(x, x); 0: not");
  images.key(
      "mean", &ImageKeys::mean,
      "of red, green and blue in [0, 1], which is subtracted, such as [0.485, 0.456, 0.406]; empty: measured "
      "on 1000 images");
  images.key("deviation", &ImageKeys::deviation,
             "standard deviation of red, green and blue, by which is divided, such as [0.229, 0.224, 0.225]; "
             "empty: measured");
}

void add_arrays(RecipeTable& table) {
  const auto arrays =
      section_when(table, "data", &Recipe::data, &DataSection::arrays, {"data.kind", "arrays"});
  arrays.key("input", &ArrayKeys::input,
             "the file's array that the network is given, [samples, ...]; empty, as `target`: the first");
  arrays.key("target", &ArrayKeys::target,
             "the array of what it learns: class ids, or numbers; empty, as `input`: the second");
  arrays.key("channels", &ArrayKeys::channels, "which dimension of a sample of `input` is the channels");
  arrays.key("log", &ArrayKeys::log, "whether log(1 + x) is taken of inputs, as of counts");
  arrays.key("mean", &ArrayKeys::mean,
             "which is subtracted from inputs: of each channel, or one for all; empty: 0");
  arrays.key("deviation", &ArrayKeys::deviation, above_zero(),
             "by which inputs are divided: of each channel, or one for all; empty: 1");
  arrays.key("mirror", &ArrayKeys::mirror,
             "axes along which training samples are mirrored at random, such as [\"depth\", \"height\", "
             "\"width\"]");
  arrays.key("rotate", &ArrayKeys::rotate,
             "whether training samples are turned at random by quarter turns that keep their shape");
}

void add_loading(RecipeTable& table) {
  const auto access = [](auto& recipe) -> auto& { return recipe.data.loading; };
  const KeyGroup<LoadingKeys, decltype(access)> loading(table, "data", std::nullopt, access);
  loading.key("sampler", &LoadingKeys::sampler,
              "how often training samples come: each once an epoch, each class equally often (images), or by "
              "`weights`");
  loading.key("weights", &LoadingKeys::weights,
              "with `sampler = \"weighted\"`: a file with one number a line for each training sample, in the "
              "order of "
              "`weft data inspect PATH --list`");
  loading.key(
      "mix", &LoadingKeys::mix,
      "more data sets to train on, mixed in at random: `share` of each one's samples come for each of "
      "`path`, such as [{path = \"more\", share = 0.5}]");
  loading.key(
      "last_batch", &LoadingKeys::last_batch,
      "what becomes of samples that fill no batch at the end of an epoch: they wait for another, make "
      "a batch with empty rows at its end, or one whose samples are shared out evenly among ranks");
  loading.key(
      "memory", &LoadingKeys::memory,
      "memory of each rank for copies of samples, such as \"8GiB\"; empty: a quarter of what is free");
  loading.key("cache", &LoadingKeys::cache,
              "directories on fast disks for more copies, such as [{path = \"/nvme\", size = \"100GiB\"}]");
  loading.key(
      "network_budget", &LoadingKeys::network_budget,
      "bytes a second that each rank sends to others that ask for its copies, such as \"50MiB\", so that "
      "the training's own communication is not slowed; empty: no limit");
  loading.key("workers", &LoadingKeys::workers, at_least(0),
              "threads of each rank that decode; 0: one for two cores");
  loading.key("lookahead", &LoadingKeys::lookahead, at_least(1), "steps whose files are fetched ahead");
  loading.key(
      "checksums", &LoadingKeys::checksums,
      "index made by `weft data inspect PATH --index FILE`; training samples that differ from it count as "
      "bad; empty: none");
  loading.key(
      "machine", &LoadingKeys::machine,
      "file made by `weft probe --storage FOLDER --out FILE`: how fast the file system and other ranks "
      "are until records have come from them; empty: not known");
  loading.key("on_bad", &LoadingKeys::on_bad,
              "what becomes of a sample that cannot be read: the run ends, its row is left out of the loss, "
              "or another sample takes its place");
  loading.key("bad_limit", &LoadingKeys::bad_limit, at_least(0),
              "bad samples after which the run ends all the same");
}

void add_optimizer(RecipeTable& table) {
  const auto optimizer = section(table, "optimizer", &Recipe::optimizer, "How weights follow gradients.");
  optimizer.key("kind", &OptimizerSection::kind, "the update rule");
  optimizer.key("learning_rate", &OptimizerSection::learning_rate, above_zero(), "the peak, after the warmup")
      .required();
  optimizer.key("schedule", &OptimizerSection::schedule, "how the learning rate goes on after the warmup");
  optimizer.key("warmup", &OptimizerSection::warmup, at_least(0),
                "steps over which the learning rate rises linearly");
  optimizer.key("weight_decay", &OptimizerSection::weight_decay, from_zero(),
                "decay of weights (decoupled with \"adamw\", added to the gradient with \"sgd\")");
  optimizer.key("clip", &OptimizerSection::clip, from_zero(), "largest norm of the gradient; 0: not clipped");
  optimizer.key("accumulate", &OptimizerSection::accumulate, at_least(1),
                "microbatches a step; divides `data.batch`");

  const auto sgd = section_when(table, "optimizer", &Recipe::optimizer, {"optimizer.kind", "sgd"});
  sgd.key("momentum", &OptimizerSection::momentum, from_zero_below_one(),
          "share of the last update that is kept");

  const auto adamw = section_when(table, "optimizer", &Recipe::optimizer, {"optimizer.kind", "adamw"});
  adamw.key("betas", &OptimizerSection::betas, from_zero_below_one(),
            "decay of the running means of the gradient and of its square");
  adamw.key("epsilon", &OptimizerSection::epsilon, above_zero(), "added to the denominator");

  const auto cosine = section_when(table, "optimizer", &Recipe::optimizer, {"optimizer.schedule", "cosine"});
  cosine.key("min_learning_rate", &OptimizerSection::min_learning_rate, from_zero(),
             "where the half cosine ends, with the last step");

  const auto step = section_when(table, "optimizer", &Recipe::optimizer, {"optimizer.schedule", "step"});
  step.key("milestones", &OptimizerSection::milestones, at_least(1),
           "ascending steps at which the learning rate is multiplied by `gamma`")
      .required();
  step.key("gamma", &OptimizerSection::gamma, above_zero(), "factor at each milestone");
}

void add_parallel(RecipeTable& table) {
  const auto parallel = section(table, "parallel", &Recipe::parallel,
                                "Ranks along each axis of the mesh; their product is the number of ranks.");
  parallel.key("data", &ParallelSection::data, at_least(1), "parts of the batch");
  parallel.key("tensor", &ParallelSection::tensor, at_least(1),
               "parts of each weight matrix: heads and features");
  parallel.key("height", &ParallelSection::height, at_least(1), "parts of each image, from top to bottom");
  parallel.key("width", &ParallelSection::width, at_least(1), "parts of each image, from left to right");
  parallel.key("depth", &ParallelSection::depth, at_least(1), "parts of each volume, from front to back");
  parallel.key("shard_optimizer", &ParallelSection::shard_optimizer,
               "whether optimizer state is split over `data` instead of repeated");
  parallel.key("oversubscribe", &ParallelSection::oversubscribe,
               "whether `threads` may be more than a rank's share of the cores");
}

void add_checkpoint(RecipeTable& table) {
  const auto checkpoint = section(table, "checkpoint", &Recipe::checkpoint, "What is kept to go on from.");
  checkpoint.key("every", &CheckpointSection::every, at_least(0),
                 "steps between checkpoints; 0: only at the end");
  checkpoint.key("keep", &CheckpointSection::keep, at_least(0), "newest checkpoints that are kept; 0: all");
  checkpoint.key("resume", &CheckpointSection::resume,
                 "whether to go on from the newest checkpoint of the output folder, if it has one");
}

void add_log(RecipeTable& table) {
  const auto log = section(table, "log", &Recipe::log, "What is reported on the way.");
  log.key("every", &LogSection::every, at_least(1), "steps between lines");
  log.key("evaluate_every", &LogSection::evaluate_every, at_least(0),
          "steps between evaluations; 0: only at the end");
  log.key("evaluate_batches", &LogSection::evaluate_batches, at_least(0),
          "batches of an evaluation; 0: all of the validation data");
  log.key("tensorboard", &LogSection::tensorboard, "whether to write event files for TensorBoard");

  const auto text = section_when(table, "log", &Recipe::log, {"data.kind", "text"});
  text.key("sample_tokens", &LogSection::sample_tokens, at_least(0),
           "tokens generated at the end of the run");
  text.key("prompt", &LogSection::prompt, "what the generated text goes on from");
}

RecipeTable make_table() {
  RecipeTable table;
  add_run(table);
  add_model(table);
  add_data(table);
  add_images(table);
  add_arrays(table);
  add_loading(table);
  add_optimizer(table);
  add_parallel(table);
  add_checkpoint(table);
  add_log(table);
  return table;
}

}  // namespace

const RecipeTable& recipe_table() {
  static const RecipeTable table = make_table();
  return table;
}

bool applies(const RecipeKey& key, const Recipe& recipe) {
  if (!key.when) return true;
  const auto& keys = recipe_table().keys;
  const auto other = std::find_if(keys.begin(), keys.end(), [&](const RecipeKey& candidate) {
    return candidate.full_name() == key.when->key;
  });
  return other != keys.end() && *other->get(recipe).as<std::string>() == key.when->value;
}

}  // namespace weft
