#pragma once
// A recipe says what to train, on what, how and where. It is written in TOML; recipe_keys.cpp holds the one
// table of its keys, from which parsing, defaults, checks, overrides, printing and docs/recipes.md follow.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "weft/tensor/dtype.h"

namespace weft {

/// [run]: exactly one of `steps` and `epochs` is above 0 in a parsed recipe.
struct RunSection {
  std::string name = "run";
  std::string output;  ///< "" means runs/<name>; see output_folder()
  int64_t seed = 1337;
  int64_t steps = 0;
  int64_t epochs = 0;
  DType precision = DType::f32;  ///< f32, bf16 or f64
  std::string device = "cpu";    ///< a folder of kernels/
  int64_t threads = 0;           ///< 0: all cores of this rank
  bool pin = true;
  bool operator==(const RunSection&) const = default;
};

/// Keys of [model] when kind = "gpt".
struct GptKeys {
  enum class Activation { gelu_tanh, gelu_erf, relu };
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t width = 0;
  int64_t vocabulary = 0;  ///< 0: the tokenizer's
  int64_t mlp_ratio = 4;
  bool bias = true;
  Activation activation = Activation::gelu_tanh;
  bool tied = true;
  bool operator==(const GptKeys&) const = default;
};

/// Keys of [model] when kind = "resnet" (the CIFAR form: depth = 6n + 2).
struct ResnetKeys {
  int64_t depth = 20;
  int64_t width = 16;
  int64_t classes = 0;  ///< 0: as many as the data has
  bool operator==(const ResnetKeys&) const = default;
};

/// Keys of [model] when kind = "cosmoflow".
struct CosmoflowKeys {
  int64_t stages = 5;  ///< convolution and pooling by 2
  int64_t width = 16;  ///< channels of the first stage
  bool operator==(const CosmoflowKeys&) const = default;
};

/// [model]: only the struct named by `kind` means anything.
struct ModelSection {
  enum class Kind { gpt, resnet, cosmoflow };
  Kind kind = Kind::gpt;
  double dropout = 0.0;
  GptKeys gpt;
  ResnetKeys resnet;
  CosmoflowKeys cosmoflow;
  bool operator==(const ModelSection&) const = default;
};

/// Keys of [data] when kind = "text".
struct TextKeys {
  enum class Windows { drawn, streamed };
  std::string tokenizer = "bytes";  ///< "bytes", or the path of a SentencePiece model
  int64_t context = 0;              ///< tokens
  Windows windows = Windows::drawn;
  bool operator==(const TextKeys&) const = default;
};

/// A directory that may hold copies of records; `size` as in "100GiB".
struct CacheDirectory {
  std::string path;
  std::string size;
  bool operator==(const CacheDirectory&) const = default;
};

/// Another data set that is mixed in: `share` of its samples for each one of data.path.
struct MixedSet {
  std::string path;
  double share = 1;
  bool operator==(const MixedSet&) const = default;
};

/// Keys of [data] about how samples are streamed from files.
struct LoadingKeys {
  enum class OnBad { fail, skip, substitute };
  enum class Sampler { uniform, class_balanced, weighted };
  enum class LastBatch { drop, pad, redistribute };
  Sampler sampler = Sampler::uniform;
  std::string weights;  ///< of weighted: a file with one number a sample
  std::vector<MixedSet> mix;
  LastBatch last_batch = LastBatch::drop;
  std::string memory;  ///< bytes for copies of records; "": a quarter of what is free, at most the data
  std::vector<CacheDirectory> cache;
  std::string network_budget;  ///< bytes a second to peers; "": no limit
  int64_t workers = 0;         ///< 0: one for each two cores of the rank
  int64_t lookahead = 32;      ///< steps
  std::string checksums;       ///< index of `weft data inspect --index`; "": none
  std::string machine;         ///< file of `weft probe --out`; "": none
  OnBad on_bad = OnBad::fail;
  int64_t bad_limit = 100;
  bool operator==(const LoadingKeys&) const = default;
};

/// Keys of [data] when kind = "images".
struct ImageKeys {
  bool augment = false;
  int64_t size = 0;                     ///< pixels of a side; 0: images are as they are
  std::array<double, 2> area{0.08, 1};  ///< with `size`: of the image, that is cut out at random
  double brightness = 0;                ///< colour jitter
  double contrast = 0;
  double saturation = 0;
  double hue = 0;                       ///< in turns
  int64_t cutout = 0;                   ///< pixels of a side; 0: none
  double mixup = 0;                     ///< alpha of Beta(alpha, alpha); 0: none
  std::vector<double> mean, deviation;  ///< of red, green and blue in [0, 1]; none: measured
  bool operator==(const ImageKeys&) const = default;
};

/// Keys of [data] when kind = "arrays".
struct ArrayKeys {
  enum class Channels { last, first, none };
  std::string input;   ///< field of the file; "": the first
  std::string target;  ///< "": the second
  Channels channels = Channels::last;
  bool log = false;
  std::vector<double> mean, deviation;  ///< of each channel, or one for all; none: 0 and 1
  std::vector<std::string> mirror;      ///< axes: depth, height, width
  bool rotate = false;
  bool operator==(const ArrayKeys&) const = default;
};

/// [data]: of text, images and arrays, only the struct named by `kind` means anything. Paths are relative to
/// the working directory.
struct DataSection {
  enum class Kind { text, images, arrays };
  Kind kind = Kind::text;
  std::string path;
  std::variant<double, std::string> validation = 0.1;  ///< a fraction of `path`, or a path of its own
  int64_t batch = 0;                                   ///< samples a step, over all ranks and microbatches
  bool shuffle = true;
  LoadingKeys loading;
  TextKeys text;
  ImageKeys images;
  ArrayKeys arrays;
  bool operator==(const DataSection&) const = default;
};

/// [optimizer]: see learning_rate_at() for the schedules.
struct OptimizerSection {
  enum class Kind { sgd, adamw };
  enum class Schedule { constant, cosine, step };
  Kind kind = Kind::adamw;
  double learning_rate = 0.0;
  Schedule schedule = Schedule::constant;
  double min_learning_rate = 0.0;   ///< cosine
  std::vector<int64_t> milestones;  ///< step: ascending step numbers
  double gamma = 0.1;               ///< step
  int64_t warmup = 0;               ///< steps
  double weight_decay = 0.0;
  double momentum = 0.0;                    ///< sgd
  std::array<double, 2> betas{0.9, 0.999};  ///< adamw
  double epsilon = 1e-8;                    ///< adamw
  double clip = 0.0;                        ///< largest norm of the gradient; 0: not clipped
  int64_t accumulate = 1;                   ///< microbatches a step; divides data.batch
  bool operator==(const OptimizerSection&) const = default;
};

/// Ranks that a mesh may have: one is planned in about a minute.
inline constexpr int kMostRanks = 1'000'000;

/// [parallel]: ranks along each axis of the mesh; their product is at most kMostRanks.
struct ParallelSection {
  int64_t data = 1;
  int64_t tensor = 1;
  int64_t height = 1;
  int64_t width = 1;
  int64_t depth = 1;
  bool shard_optimizer = false;
  bool oversubscribe = false;
  bool operator==(const ParallelSection&) const = default;
};

struct CheckpointSection {
  int64_t every = 0;  ///< steps; 0: only at the end
  int64_t keep = 2;   ///< newest checkpoints kept; 0: all
  bool resume = false;
  bool operator==(const CheckpointSection&) const = default;
};

struct LogSection {
  int64_t every = 10;            ///< steps
  int64_t evaluate_every = 0;    ///< steps; 0: only at the end
  int64_t evaluate_batches = 0;  ///< 0: all of the validation data
  bool tensorboard = false;
  int64_t sample_tokens = 0;  ///< text only: tokens generated at the end
  std::string prompt = "\n";  ///< text only
  bool operator==(const LogSection&) const = default;
};

struct Recipe {
  RunSection run;
  ModelSection model;
  DataSection data;
  OptimizerSection optimizer;
  ParallelSection parallel;
  CheckpointSection checkpoint;
  LogSection log;
  bool operator==(const Recipe&) const = default;
};

/// Whether neighbours of a training batch are mixed (data.mixup).
bool mixes_neighbours(const Recipe& recipe);

/// Reads the file at `path` and applies `overrides`, each "section.key=value" (the value as in TOML; the
/// quotes of a string may be left out). UserError: one sentence that names the file and line, or the
/// override.
Recipe load_recipe(const std::string& path, std::span<const std::string> overrides = {});

/// The same from text; `source_name` stands for the file in messages.
Recipe parse_recipe(std::string_view text, std::string_view source_name,
                    std::span<const std::string> overrides = {});

/// Every key that means anything in `recipe`, with its value, as TOML: parse_recipe gives back an equal one.
std::string to_toml(const Recipe& recipe);

/// The reference of all keys in Markdown: docs/recipes.md is this text.
std::string recipe_reference_markdown();

/// Where the run writes checkpoints and logs: run.output, or runs/<name> where that is empty.
std::string output_folder(const Recipe& recipe);

}  // namespace weft
