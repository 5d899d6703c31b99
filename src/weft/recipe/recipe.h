#pragma once
// A recipe says what to train, on what, how and where. It is written in TOML. A section's struct says its
// keys; what a recipe chooses by name (model.kind, data.kind, …) says its own (recipe/kind.h). Parsing,
// defaults, checks, overrides, printing and docs/recipes.md follow from both.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "weft/base/deadline.h"
#include "weft/recipe/declared_data.h"
#include "weft/recipe/kind.h"
#include "weft/recipe/loading_keys.h"
#include "weft/tensor/dtype.h"

namespace weft {

class Model;      // models/model.h
class Task;       // tasks/task.h
class Loss;       // tasks/loss.h
class Metric;     // tasks/metric.h
class DataKind;   // datasets/data_kind.h
class Optimizer;  // optimizers/optimizer.h
class Schedule;   // optimizers/schedule.h

/// What SIGUSR1 asks of a run.
enum class OnUsr1 : uint8_t { checkpoint, requeue };

template <>
struct EnumNames<OnUsr1> {
  static constexpr std::string_view kNames[] = {"checkpoint", "requeue"};
};

template <>
struct Conversion<Deadline> {
  static constexpr bool kIsText = true;
  static std::string expected() { return "a time such as \"2h30m\" or \"2026-11-28 07:30\", or \"\""; }
  static std::optional<Deadline> from(const RecipeValue& value) {
    const std::string* text = value.as<std::string>();
    return text == nullptr ? std::nullopt : Deadline::parse(*text);
  }
  static RecipeValue to(const Deadline& deadline) { return {deadline.text()}; }
};

/// [run]: exactly one of `steps` and `epochs` is above 0 in a parsed recipe.
struct RunSection {
  static constexpr std::string_view kName = "run";
  static constexpr std::string_view kMeaning =
      "The run as a whole. Exactly one of `steps` and `epochs` is given.";
  std::string name = "run";
  std::string output;  ///< "" means a folder of its own: see run_folder()
  int64_t seed = 1337;
  int64_t steps = 0;
  int64_t epochs = 0;
  DType precision = DType::f32;  ///< f32, bf16 or f64
  std::string device = "cpu";    ///< a folder of kernels/
  int64_t threads = 0;           ///< 0: all cores of this rank
  bool pin = true;
  Deadline deadline;
  OnUsr1 usr1 = OnUsr1::checkpoint;
  bool operator==(const RunSection&) const = default;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.free("name", self.name, "what the run is called");
    key.free("output", self.output, "folder for checkpoints and logs; empty: `runs/NAME-DATE`");
    key("seed", self.seed, from_zero(),
        "seed of every random number; results depend on it, not on ranks or threads");
    key.free("steps", self.steps, at_least(0),
             "optimizer steps; 0: `epochs` decides. On the command line it takes the place of `epochs`");
    key.free("epochs", self.epochs, at_least(0),
             "passes over the training data; 0: `steps` decides. On the command line it takes the place of "
             "`steps`");
    key("precision", self.precision,
        "of the arithmetic; \"bf16\" keeps weights and optimizer state in f32, \"f64\" is for checks");
    key.free(
        "device", self.device,
        "whose kernels run: \"cpu\", or \"reference\", which computes in f64 on one thread by the plainest "
        "loops: some 20 to 40 times slower, for questions of numerics; docs/ops.md lists all devices");
    key.free("threads", self.threads, at_least(0),
             "threads of each rank; 0: all cores that the rank may use");
    key.free("deadline", self.deadline,
             "when the run must have ended, with a checkpoint to go on from: so long after its start, or a "
             "time; Slurm's own end of the job counts too, where it is told (SLURM_JOB_END_TIME)");
    key.free("usr1", self.usr1,
             "what SIGUSR1 makes of the run: it keeps a checkpoint and goes on, or keeps one, has Slurm "
             "start the job again (scontrol requeue) and ends");
    key.free("pin", self.pin,
             "whether each thread is bound to a core of its own, where ranks do not share cores");
  }
};

struct ModelSection {
  static constexpr std::string_view kName = "model";
  static constexpr std::string_view kMeaning = "The network.";
  Choice<Model> kind;
  double dropout = 0.0;
  bool operator==(const ModelSection&) const = default;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.choice("kind", self.kind, kRequired, "which network");
    key("dropout", self.dropout, from_zero_below_one(),
        "probability that an activation is dropped in training");
  }
};

/// [data]. Paths are relative to the working directory.
struct DataSection {
  static constexpr std::string_view kName = "data";
  static constexpr std::string_view kMeaning = "The data. Paths are relative to the working directory.";
  Choice<DataKind> kind;
  std::string path;
  DeclaredData declare;
  std::variant<double, std::string> validation = 0.1;  ///< a fraction of `path`, or a path of its own
  int64_t batch = 0;                                   ///< samples a step, over all ranks and microbatches
  bool shuffle = true;
  std::optional<int64_t> ignore_index;
  LoadingKeys loading;
  bool operator==(const DataSection&) const = default;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.choice("kind", self.kind, kRequired, "what a sample is");
    key("path", self.path,
        "file or folder of the training data, or a pattern of files (`a-*.tar`, `a-{000..009}.tar`); without "
        "it `declare` must say what a sample is, and the recipe can be planned, not trained");
    key.free(
        "declare", self.declare,
        "what a sample is, so that `weft plan` reads no data: the shape of `sample` (channels last), and "
        "the number of `classes` or the shape of a `target` of numbers; of text the `vocabulary`. Data "
        "that are something else are refused. With the number of `samples` the plan says how many steps an "
        "epoch has");
    key("validation", self.validation, from_zero_below_one(),
        "a file or folder, or the fraction of `path` that is held out; images and arrays below a folder with "
        "`test`, `val`, `valid` or `validation` are validated on that instead");
    key.required("batch", self.batch, at_least(1), "samples a step, over all ranks and microbatches");
    key("shuffle", self.shuffle, "whether training samples come in random order");
    key("ignore_index", self.ignore_index,
        "an id that targets may have beside those of classes or tokens, and that does not count, such as "
        "-100; empty: none");
    LoadingKeys::visit(key, self.loading);
  }
};

struct TaskSection {
  static constexpr std::string_view kName = "task";
  static constexpr std::string_view kMeaning = "What the network is trained for.";
  Choice<Task> kind;
  Choices<Metric> metrics;
  bool operator==(const TaskSection&) const = default;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.choice("kind", self.kind, "", "which task; left out: the one that the data's targets are of");
    key.choices("metrics", self.metrics,
                "what is measured on the validation data beside the loss, in a list; empty: what the task "
                "usually measures");
  }
};

struct LossSection {
  static constexpr std::string_view kName = "loss";
  static constexpr std::string_view kMeaning = "What training makes small.";
  Choice<Loss> kind;
  bool operator==(const LossSection&) const = default;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.choice("kind", self.kind, "", "which loss; left out: the task's own");
  }
};

struct OptimizerSection {
  static constexpr std::string_view kName = "optimizer";
  static constexpr std::string_view kMeaning = "How weights follow gradients.";
  Choice<Optimizer> kind;
  double learning_rate = 0.0;
  Choice<Schedule> schedule;
  int64_t warmup = 0;  ///< steps
  double weight_decay = 0.0;
  double clip = 0.0;       ///< largest norm of the gradient; 0: not clipped
  int64_t accumulate = 1;  ///< microbatches a step; divides data.batch
  int64_t skip_limit = 3;  ///< updates in a row that may change nothing
  bool operator==(const OptimizerSection&) const = default;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.choice("kind", self.kind, "adamw", "the update rule");
    key.required("learning_rate", self.learning_rate, above_zero(), "the peak, after the warmup");
    key.choice("schedule", self.schedule, "constant", "how the learning rate goes on after the warmup");
    key("warmup", self.warmup, at_least(0),
        "steps over which the learning rate rises linearly; at most all of the run's");
    key("weight_decay", self.weight_decay, from_zero(),
        "decay of weights, not of biases and norms; the update rule says how it is applied");
    key("clip", self.clip, from_zero(), "largest norm of the gradient; 0: not clipped");
    key("accumulate", self.accumulate, at_least(1),
        "microbatches a step; divides `data.batch`; batch norm and dropout see each by itself");
    key.free("skip_limit", self.skip_limit, at_least(0),
             "updates in a row that may be left out, because the gradient is not finite or no target counts, "
             "before the run ends");
  }
};

/// Ranks that a mesh may have.
inline constexpr int kMostRanks = 1'000'000;

/// [parallel]: ranks along each axis of the mesh; their product is at most kMostRanks.
struct ParallelSection {
  static constexpr std::string_view kName = "parallel";
  static constexpr std::string_view kMeaning =
      "Ranks along each axis of the mesh; their product is the number of ranks.";
  int64_t data = 1;
  int64_t tensor = 1;
  int64_t sequence = 1;
  int64_t height = 1;
  int64_t width = 1;
  int64_t depth = 1;
  bool shard_optimizer = false;
  bool oversubscribe = false;
  bool operator==(const ParallelSection&) const = default;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.free("data", self.data, at_least(1), "parts of the batch");
    key.free("tensor", self.tensor, at_least(1), "parts of each weight matrix: heads and features");
    key.free("sequence", self.sequence, at_least(1), "parts of each sequence of tokens");
    key.free("height", self.height, at_least(1), "parts of each image, from top to bottom");
    key.free("width", self.width, at_least(1), "parts of each image, from left to right");
    key.free("depth", self.depth, at_least(1), "parts of each volume, from front to back");
    key.free("shard_optimizer", self.shard_optimizer,
             "whether optimizer state is split over `data` instead of repeated");
    key.free("oversubscribe", self.oversubscribe,
             "whether `threads` may be more than a rank's share of the cores");
  }
};

/// What becomes of a run that goes on as another one.
enum class ResumeChanges : uint8_t { refuse, allow };

template <>
struct EnumNames<ResumeChanges> {
  static constexpr std::string_view kNames[] = {"refuse", "allow"};
};

struct CheckpointSection {
  static constexpr std::string_view kName = "checkpoint";
  static constexpr std::string_view kMeaning = "What is kept to go on from.";
  int64_t every = 0;  ///< steps; 0: only at the end
  int64_t keep = 2;   ///< newest checkpoints kept; 0: all
  std::string best;   ///< the metric that tells the best, which is kept too; "": none is
  bool asynchronous = true;
  bool resume = false;
  ResumeChanges changes = ResumeChanges::refuse;
  bool operator==(const CheckpointSection&) const = default;

  /// Whether a run has a copy of its states to write from: there are checkpoints on the way, or it runs under
  /// a launcher, which does not wait long for one where it ends a job.
  bool wants_copy(bool is_launched) const {
    return asynchronous && (every > 0 || !best.empty() || is_launched);
  }

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.free("every", self.every, at_least(0), "steps between checkpoints; 0: only at the end");
    key.free("keep", self.keep, at_least(0), "newest checkpoints that are kept; 0: all");
    key.free(
        "best", self.best,
        "what tells the best checkpoint, which is kept beside the newest: `loss` of the validation data, or "
        "one of `task.metrics`; empty: none is");
    key.free("asynchronous", self.asynchronous,
             "whether training goes on while a checkpoint is written, from a copy of weights and optimizer "
             "state in memory");
    key.free("resume", self.resume,
             "whether to go on from the newest checkpoint of the output folder, if it has one");
    key.free(
        "changes", self.changes,
        "whether a run may go on with keys or data that change what is learnt: it is refused, or listed and "
        "allowed (what a new optimizer remembers is at its start then)");
  }
};

struct LogSection {
  static constexpr std::string_view kName = "log";
  static constexpr std::string_view kMeaning = "What is reported on the way.";
  int64_t every = 10;            ///< steps
  int64_t evaluate_every = 0;    ///< steps; 0: only at the end
  int64_t evaluate_batches = 0;  ///< 0: all of the validation data
  bool tensorboard = true;
  bool operator==(const LogSection&) const = default;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.free("every", self.every, at_least(1), "steps between lines");
    key.free("evaluate_every", self.evaluate_every, at_least(0),
             "steps between evaluations; 0: only at the end");
    key.free("evaluate_batches", self.evaluate_batches, at_least(0),
             "batches of an evaluation on the way, the same each time, drawn from the validation data by the "
             "seed with the classes in their proportions; 0: all of the data, as the last evaluation has "
             "them in any case");
    key.free("tensorboard", self.tensorboard, "whether to write event files for TensorBoard");
  }
};

struct Recipe {
  RunSection run;
  ModelSection model;
  DataSection data;
  TaskSection task;
  LossSection loss;
  OptimizerSection optimizer;
  ParallelSection parallel;
  CheckpointSection checkpoint;
  LogSection log;
  bool operator==(const Recipe&) const = default;

  /// Rows of a microbatch, over all ranks.
  int64_t microbatch_rows() const { return data.batch / optimizer.accumulate; }
};

}  // namespace weft
