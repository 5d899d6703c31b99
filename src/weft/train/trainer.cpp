#include "weft/train/trainer.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "weft/base/check.h"
#include "weft/base/memory.h"
#include "weft/optimizers/schedule.h"
#include "weft/params/checkpoint.h"
#include "weft/train/evaluate.h"
#include "weft/train/generate.h"
#include "weft/train/hang_watch.h"
#include "weft/train/interrupt.h"
#include "weft/train/load_metrics.h"
#include "weft/train/load_recipe.h"
#include "weft/train/metrics_log.h"
#include "weft/train/progress.h"
#include "weft/train/report_facts.h"
#include "weft/train/run_folder.h"
#include "weft/train/run_report.h"
#include "weft/train/tensorboard.h"
#include "weft/train/training_step.h"

namespace weft {

namespace {

constexpr size_t kTraceEvents = 200'000;

class Trainer {
 public:
  Trainer(Session& session, const TrainOptions& options)
      : session_(session),
        recipe_(session.recipe()),
        options_(options),
        total_(total_steps(recipe_, session.data())),
        first_rank_(session.world().rank() == 0),
        step_runner_(session, [this](int64_t number) { feed(number); }) {}

  TrainResult run() {
    watch_for_interrupt();
    make_out_folder();
    start_or_resume();
    if (first_rank_) open_logs();
    if (!options_.trace.empty()) {
      trace_.emplace(kTraceEvents);
      trace_->write(trace_file(), session_.world().rank());  // a path that cannot be written is said now
      session_.executor().record(&*trace_);
    }
    hang_watch_.emplace(session_.executor(), session_.world());
    Progress progress(total_, step_);
    while (step_ < total_) {
      one_step(progress);
      if (agreed_interrupt()) {
        save();
        result_.end = TrainEnd::interrupted;
        break;
      }
    }
    finish();
    return result_;
  }

 private:
  /// A run's folder belongs to one run: a new one in it would lose to the old one's newer checkpoints.
  void make_out_folder() const {
    std::error_code error;
    std::filesystem::create_directories(options_.out, error);
    if (error) {
      user_error("--out {}: the folder cannot be made: {}", options_.out.string(), error.message());
    }
    if (recipe_.checkpoint.resume) return;
    int32_t old = first_rank_ && find_newest_good(checkpoints(), [](const std::string&) {}) ? 1 : 0;
    session_.world().broadcast(&old, sizeof(old), 0);
    if (old != 0) {
      user_error(
          "--out {}: holds the checkpoints of an earlier run; go on from it with --set "
          "checkpoint.resume=true, "
          "or name another folder",
          options_.out.string());
    }
  }

  void start_or_resume() {
    std::optional<int64_t> at;
    if (recipe_.checkpoint.resume) at = session_.load_newest(checkpoints());
    step_ = at.value_or(0);
    saved_ = at.value_or(-1);
    if (step_ > total_) {
      user_error("--out {}: its newest checkpoint is of step {}, and the recipe ends at step {}",
                 options_.out.string(), step_, total_);
    }
    if (at && first_rank_) {
      Progress::say(fmt::format("resuming after step {}{}", step_,
                                step_ == total_ ? ", the last: nothing is left to train" : ""));
    }
    if (!first_rank_) return;
    const std::filesystem::path metrics = options_.out / "metrics.jsonl";
    // Facts of an earlier run say nothing about this one.
    std::filesystem::remove(options_.out / "report.json");
    if (at) {
      truncate_after(metrics, step_);
    } else {
      std::filesystem::remove(metrics);
    }
    std::ofstream(options_.out / "recipe.toml") << to_toml(recipe_);
  }

  void open_logs() {
    metrics_.emplace(options_.out / "metrics.jsonl");
    if (!recipe_.log.tensorboard) return;
    std::optional<int64_t> after;
    if (step_ > 0) after = step_;
    tensorboard_.emplace(options_.out / "tensorboard", after);
  }

  std::filesystem::path checkpoints() const { return checkpoints_of(options_.out); }

  void one_step(Progress& progress) {
    const auto began = std::chrono::steady_clock::now();
    const std::map<std::vector<int>, int64_t> sent = session_.executor().network_bytes();
    const double rate = learning_rate_at(recipe_.optimizer, step_, total_);
    const double loss = compute(rate);
    ++step_;
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    MetricsRow row;
    row.step = step_;
    row.loss = loss;
    row.learning_rate = rate;
    row.step_ms = took.count();
    const TrainingData& data = session_.data();
    const int64_t samples = recipe_.data.batch * data.units_a_sample;
    row.samples_per_s = static_cast<double>(recipe_.data.batch) / (took.count() * 1e-3);
    if (data.tokenizer) row.tokens = step_ * samples;
    row.bytes = counted_bytes(sent);
    for (const std::string& notice : session_.data().train->notices()) Progress::say(notice);
    if (trace_) trace_fetches(session_.data().train->fetches(), *trace_);
    if (const std::optional<LoadStats> now = session_.data().train->stats()) {
      add_loading(loaded_, *now, row);
      loaded_ = *now;
    }
    result_.loss = loss;
    const bool last = step_ == total_;
    const LogSection& log = recipe_.log;
    if (last || (log.evaluate_every > 0 && step_ % log.evaluate_every == 0)) measure(row);
    if (first_rank_) {
      metrics_->write(row);
      if (tensorboard_) write_scalars(row);
      if (last || step_ % log.every == 0) {
        progress.show(step_, loss, static_cast<double>(samples) / (took.count() * 1e-3),
                      session_.data().unit);
      }
    }
    const int64_t every = recipe_.checkpoint.every;
    if (last || (every > 0 && step_ % every == 0)) save();
  }

  /// The step itself; returns its loss.
  double compute(double rate) {
    const double loss = step_runner_.run(step_, rate);
    if (!std::isfinite(loss)) not_finite(loss);
    return loss;
  }

  void feed(int64_t number) {
    hang_watch_->doing("the data of a step");
    static const std::string kPlace = "input";
    const int64_t start = trace_ ? trace_->now() : 0;
    session_.feed(*session_.data().train, number);
    if (trace_) trace_->add({&kPlace, "data", "data", "compute", start, trace_->now() - start});
  }

  /// The optimizer leaves parameters alone when gradients are not finite, so the step can be looked at once
  /// more.
  [[noreturn]] void not_finite(double loss) {
    const std::optional<NonFinite> found = step_runner_.find_non_finite();
    const std::string mine =
        found ? fmt::format("{}{}{}", found->op, found->label.empty() ? "" : " in ", found->label) : "";
    std::string first;
    for (const std::string& one : session_.world().all_gather_text(mine)) {
      if (first.empty()) first = one;
    }
    user_error("step {}: the loss is {}; the first result that is not finite comes from {}; {}", step_ + 1,
               loss, first.empty() ? "none of the step's ops" : first, last_good());
  }

  /// A checkpoint after the last step holds the very weights that gave a loss that is not finite.
  std::string last_good() const {
    std::string bad;
    for (const CheckpointName& checkpoint : list_checkpoints(checkpoints())) {
      if (checkpoint.step < step_) {
        return fmt::format("the last good checkpoint is {}{}", checkpoint.path.string(), bad);
      }
      bad = fmt::format("; {} holds the weights that gave this loss", checkpoint.path.string());
    }
    return "no good checkpoint was written yet" + bad;
  }

  void measure(MetricsRow& row) {
    const Evaluation evaluation = evaluate(session_, recipe_.log.evaluate_batches);
    result_.validation = evaluation;
    row.validation_loss = evaluation.loss;
    for (const MetricValue& metric : evaluation.metrics) {
      row.more.emplace_back("validation_" + metric.name, metric.value);
    }
    if (!first_rank_) return;
    Progress::say(fmt::format("step {}  validation {}", step_, evaluation.text()));
  }

  void write_scalars(const MetricsRow& row) {
    std::vector<ScalarValue> values{{"loss/train", row.loss},
                                    {"learning_rate", row.learning_rate},
                                    {"time/step_ms", row.step_ms},
                                    {"time/samples_per_s", row.samples_per_s}};
    if (row.validation_loss) values.push_back({"loss/validation", *row.validation_loss});
    for (const auto& [name, value] : row.more) values.push_back({name, value});
    tensorboard_->write(row.step, values);
  }

  /// What MPI was handed since `before`, in all and by group, and what of the process lies in memory.
  std::vector<std::pair<std::string, int64_t>> counted_bytes(
      const std::map<std::vector<int>, int64_t>& before) const {
    std::vector<std::pair<std::string, int64_t>> bytes{{"network", 0}};
    const Executor& executor = session_.executor();
    for (const auto& [axes, handed] : executor.network_bytes()) {
      const int64_t now = handed - before.at(axes);
      bytes.front().second += now;
      bytes.emplace_back("network " + over_axes(executor.program().mesh, axes), now);
    }
    bytes.emplace_back("resident", resident_bytes_of_process());
    return bytes;
  }

  /// Ranks may see the signal at different steps: all stop when any has seen it.
  bool agreed_interrupt() {
    hang_watch_->doing("the ranks' agreement on going on (all_reduce) after a step");
    int32_t seen = interrupted() ? 1 : 0;
    session_.world().all_reduce(&seen, 1, Element::i32, Reduce::max).wait();
    return seen != 0;
  }

  void save() {
    if (saved_ == step_) return;
    hang_watch_->doing("the writing of a checkpoint (all_gather)");
    const std::string extra =
        fmt::format(R"({{"data_position":{},"mesh":"{}"}})", step_ * recipe_.optimizer.accumulate,
                    session_.executor().program().mesh.to_string());
    save_checkpoint(session_.store(), session_.world(), checkpoints(), step_, recipe_.checkpoint.keep, extra);
    saved_ = step_;
  }

  void finish() {
    result_.steps = step_;
    hang_watch_->doing("the end of the run");
    std::string sample;
    const DataKind::Closing closing = recipe_.data.kind->closing();
    if (result_.end == TrainEnd::finished && closing.tokens > 0) {
      GenerateOptions generation;
      generation.prompt = closing.prompt;
      generation.tokens = closing.tokens;
      generation.seed = static_cast<uint64_t>(recipe_.run.seed);
      sample = generate(session_, generation);
    }
    if (trace_) {
      session_.executor().record(nullptr);
      trace_->write(trace_file(), session_.world().rank());
    }
    if (!first_rank_) return;
    result_.report = options_.out / "report.html";
    write_report_facts(options_.out, run_report(session_, sample));
    write_report(result_.report, read_report_input(options_.out));
    if (!sample.empty()) fmt::print("{}{}\n", closing.prompt, sample);
  }

  /// One file a rank.
  std::string trace_file() const {
    const Communicator& world = session_.world();
    return options_.trace.string() + (world.size() > 1 ? fmt::format(".{}", world.rank()) : std::string());
  }

  Session& session_;
  const Recipe& recipe_;
  const TrainOptions& options_;
  int64_t total_;
  bool first_rank_;
  TrainingStep step_runner_;
  int64_t step_ = 0;
  int64_t saved_ = -1;  ///< step of the newest checkpoint of this run
  std::optional<MetricsLog> metrics_;
  std::optional<TensorboardWriter> tensorboard_;
  std::optional<Trace> trace_;
  TrainResult result_;
  LoadStats loaded_;                     ///< up to the last step
  std::optional<HangWatch> hang_watch_;  ///< from the first step on
};

}  // namespace

TrainResult train(Session& session, const TrainOptions& options) { return Trainer(session, options).run(); }

}  // namespace weft
