#include "weft/train/trainer.h"

#include <fmt/format.h>

#include <cmath>
#include <csignal>
#include <cstring>
#include <exception>

#include "weft/base/check.h"
#include "weft/base/exit_code.h"
#include "weft/base/plural.h"
#include "weft/machine/machine_cache.h"
#include "weft/optimizers/schedule.h"
#include "weft/params/checkpoint_files.h"
#include "weft/report/counter.h"
#include "weft/report/facts.h"
#include "weft/report/progress.h"
#include "weft/report/run_files.h"
#include "weft/train/folder/run_folder.h"
#include "weft/train/folder/run_lock.h"
#include "weft/train/generation/generate.h"
#include "weft/train/guard/run_control.h"
#include "weft/train/resume.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/step_record.h"
#include "weft/train/training_step.h"

namespace weft {

namespace {

constexpr Activity kData{"the data of a step", "data", Spent::loading};
constexpr Activity kAgreement{"the ranks' agreement on going on (all_reduce) after a step", nullptr,
                              Spent::waiting};
constexpr Activity kKeeping{"the writing of a checkpoint (all_gather)", nullptr, Spent::keeping};
constexpr Activity kEnd{"the end of the run"};

class Trainer {
 public:
  Trainer(Session& session, const TrainOptions& options)
      : session_(session),
        recipe_(session.recipe()),
        options_(options),
        total_(total_steps(recipe_, session.data())),
        first_rank_(session.world().rank() == 0) {}

  TrainResult run() {
    own_out_folder();
    std::optional<Resumed> resumed = start_or_resume();
    if (has_finished_) return nothing_to_do();
    RunView view{session_, options_, total_, {}, first_rank_, {}};
    if (resumed) {
      view.resumed_after = resumed->step;
      view.changes = std::move(resumed->changes);
    }
    Observers observers(view);
    try {
      go(observers);
    } catch (const std::exception& error) {
      observers.failed(error.what());
      throw;
    }
    return result_;
  }

 private:
  void go(Observers& observers) {
    StepRecorder recorder(session_);
    TrainingStep step(session_, [&](int64_t number) {
      const Observers::Doing doing(observers, kData);
      session_.feed(*session_.data().train, number);
    });
    step.ask_between([&] { return control_.goes_on(); });
    if (step_ < total_ && control_.is_over()) end_at_once();
    while (step_ < total_ && result_.end == TrainEnd::finished) {
      recorder.begin();
      const double rate = learning_rate_at(recipe_.optimizer, step_, total_);
      const StepOutcome made = step.run(step_, rate);
      if (made.is_whole) {
        complain_of(step, made, observers);
        ++step_;
      }
      StepRecord record = recorder.finish(step_, made, rate);
      record.is_whole = made.is_whole;
      record.skipped_updates = skipped_;
      observe(observers, std::move(record));
    }
    finish(observers);
    if (result_.end == TrainEnd::finished && result_.validation && !std::isfinite(result_.validation->loss)) {
      user_error("step {}: the validation loss is {}, though that of training is {}; {} holds the weights",
                 step_, result_.validation->loss, result_.loss, checkpoints().string());
    }
  }

  std::filesystem::path checkpoints() const { return checkpoints_of(options_.out); }

  void own_out_folder() {
    std::error_code error;
    std::filesystem::create_directories(options_.out, error);
    if (error) {
      user_error("--out {}: the folder cannot be made: {}", options_.out.string(), error.message());
    }
    lock_.emplace(options_.out, session_.world());
    if (!recipe_.checkpoint.resume) expect_no_checkpoints(options_.out, session_.world());
  }

  std::optional<Resumed> start_or_resume() {
    std::optional<Resumed> at;
    if (recipe_.checkpoint.resume) at = resume(session_, checkpoints());
    step_ = at ? at->step : 0;
    if (step_ > total_) {
      user_error("--out {}: its newest checkpoint is of step {}, and the recipe ends at step {}",
                 options_.out.string(), step_, total_);
    }
    has_finished_ = at && has_finished();
    if (has_finished_ || !first_rank_) return at;
    if (recipe_.checkpoint.resume && !at) {
      Progress::say(fmt::format("no checkpoint in {}: the run begins at step 1", checkpoints().string()));
    }
    if (at) {
      Progress::say(fmt::format("resuming after step {}{}", step_,
                                step_ == total_ ? ", the last: nothing is left to train" : ""));
    }
    keep_start();
    return at;
  }

  /// What a run that goes on begins with.
  void keep_start() const {
    keep_recipe(recipe_, options_.out);
    write_machine(session_.priced_by().machine, machine_of(options_.out));
  }

  /// Nothing is left to train, and the run has written all that it writes at its end: one that was killed
  /// before that does so now. Collective.
  bool has_finished() const {
    if (step_ < total_) return false;
    int32_t finished = first_rank_ && says_finished() ? 1 : 0;
    session_.world().broadcast(&finished, sizeof(finished), 0);
    return finished != 0;
  }

  bool says_finished() const {
    if (!std::filesystem::exists(report_facts_of(options_.out))) return false;
    try {
      const RunRecord run = read_report_facts(options_.out).run;
      return run.state == RunState::finished && run.step == step_;
    } catch (const UserError&) {
      return false;
    }
  }

  TrainResult nothing_to_do() {
    if (first_rank_) {
      Progress::say(
          fmt::format("the run has finished with step {}, and nothing is done; --set run.{}=MORE goes on",
                      step_, recipe_.run.epochs > 0 ? "epochs" : "steps"));
    }
    result_.steps = step_;
    result_.report = report_of(options_.out);
    return result_;
  }

  void observe(Observers& observers, StepRecord record) {
    record.is_last = step_ == total_;
    const LogSection& log = recipe_.log;
    const auto evaluates = [&](int64_t step) {
      return step == total_ || (log.evaluate_every > 0 && step % log.evaluate_every == 0);
    };
    if (record.is_whole && evaluates(step_)) {
      keep_longest(measuring_ms_, [&] { measure(record); });
    }
    const double evaluation_ms = evaluates(step_ + 1) ? measuring_ms_ : 0;
    const std::exception_ptr failed = failure_of([&] {
      if (record.is_whole) observers.step(record);
    });
    // Where somebody removed the run's folder, the checkpoint of its end needs a recipe beside it.
    if (failed && first_rank_ && !std::filesystem::exists(recipe_of(options_.out))) {
      keep_start();
    }
    {
      const Observers::Doing doing(observers, kAgreement);
      longest_ms_ = std::max(longest_ms_, record.row.step_ms);
      obey(control_.agree(failed != nullptr, 2 * longest_ms_ + keeping_ms_ + evaluation_ms), record);
    }
    {
      const Observers::Doing doing(observers, kKeeping);
      keep_longest(keeping_ms_, [&] { observers.keep(record); });
    }
    if (failed) std::rethrow_exception(failed);
    if (!record.is_whole) return;
    result_.loss = record.row.loss;
    result_.step_ms = record.row.step_ms;
  }

  /// What is kept already stays as it is.
  void end_at_once() {
    result_.end = TrainEnd::interrupted;
    result_.is_late = true;
    if (!first_rank_) return;
    Progress::say(
        "no step is made: the time that run.deadline or Slurm's job gives is over; "
        "--set run.deadline=2h gives another");
  }

  template <class Action>
  static void keep_longest(double& longest_ms, const Action& action) {
    const auto start = std::chrono::steady_clock::now();
    action();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    longest_ms = std::max(longest_ms, took.count());
  }

  void obey(const Orders& orders, StepRecord& record) {
    record.is_interrupted = orders.end;
    record.checkpoint_asked = orders.checkpoint;
    if (!orders.end) return;
    result_.end = TrainEnd::interrupted;
    result_.signal = orders.signal;
    result_.is_late = orders.is_late;
    result_.requeue = orders.requeue;
  }

  /// Nothing where the run is asked to end.
  std::optional<Evaluation> evaluate_on(int64_t batches) {
    Counter counter("evaluated batches:");
    return evaluate(session_, batches, [&](int64_t done, int64_t total) {
      if (first_rank_) counter.show(done, total);
      return control_.goes_on();
    });
  }

  static void add_metrics(MetricsRow& row, std::string_view begin, const Evaluation& measured) {
    for (const MetricValue& metric : measured.metrics) {
      row.more.emplace_back(fmt::format("{}{}", begin, metric.name), metric.value);
    }
  }

  void measure(StepRecord& record) {
    const int64_t all = session_.data().validation_batches;
    const auto counted = [&](int64_t asked) { return asked > 0 ? std::min(asked, all) : all; };
    const int64_t usual = counted(recipe_.log.evaluate_batches);
    // The last number is over all, whatever was measured on the way.
    const int64_t batches = record.is_last ? counted(options_.last_batches) : usual;
    record.comparable = evaluate_on(usual);
    record.validation = batches == usual ? record.comparable : evaluate_on(batches);
    if (!record.validation) return;
    MetricsRow& row = record.row;
    row.validation_loss = record.comparable->loss;
    add_metrics(row, kOnValidation, *record.comparable);
    const Evaluation& evaluation = *record.validation;
    if (batches != usual) {
      row.more.emplace_back(fmt::format("{}loss", kFinally), evaluation.loss);
      add_metrics(row, kFinally, evaluation);
    }
    if (!std::isfinite(evaluation.loss) && first_rank_) {
      Progress::say(fmt::format("warning: step {}: the validation loss is {}", step_, evaluation.loss));
    }
    result_.validation = evaluation;
    result_.validated_after = step_;
  }

  /// The optimizer leaves parameters alone when gradients are not finite, so the step can be looked at once
  /// more.
  [[noreturn]] void not_finite(TrainingStep& step, const std::string& what) {
    const std::optional<NonFinite> found = step.find_non_finite();
    const std::string mine =
        found ? fmt::format("{}{}{}", found->op, found->label.empty() ? "" : " in ", found->label) : "";
    std::string first;
    for (const std::string& one : session_.world().all_gather_text(mine)) {
      if (first.empty()) first = one;
    }
    // Before the first update no rate has done anything.
    const char* const cure = step_ > 0 ? "; a lower optimizer.learning_rate, a longer optimizer.warmup or "
                                         "optimizer.clip = 1.0 may keep it finite"
                                       : "";
    user_error("step {}: {}; the first result that is not finite comes from {}; {}{}", step_ + 1, what,
               first.empty() ? "none of the step's ops" : first, last_good(), cure);
  }

  /// A loss or a gradient that is not finite, and targets of which none counts. All ranks see the same.
  void complain_of(TrainingStep& step, const StepOutcome& made, Observers& observers) {
    in_a_row_ = made.updated() ? 0 : in_a_row_ + 1;
    const bool is_over = in_a_row_ > recipe_.optimizer.skip_limit;
    if (!std::isfinite(made.loss) || is_over) observers.fail();
    if (!std::isfinite(made.loss)) not_finite(step, fmt::format("the loss is {}", made.loss));
    if (made.updated()) return;
    ++skipped_;
    if (is_over) end_with_skipped(step, made);
    if (!first_rank_) return;
    Progress::say(
        fmt::format("warning: step {}: the update was left out, because {}", step_ + 1,
                    made.has_targets ? "the gradient is not finite" : "no target of the batch counts"));
  }

  [[noreturn]] void end_with_skipped(TrainingStep& step, const StepOutcome& made) {
    const int64_t limit = recipe_.optimizer.skip_limit;
    if (made.has_targets) {
      not_finite(step, fmt::format("the gradient is not finite, {} in a row (optimizer.skip_limit = {})",
                                   plural(in_a_row_, "time"), limit));
    }
    user_error(
        "step {}: no target of its batch counts, {} in a row (optimizer.skip_limit = {}): all are "
        "missing, ignored, or of samples that were left out; {}",
        step_ + 1, plural(in_a_row_, "time"), limit, last_good());
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

  std::string why_interrupted() const {
    if (result_.is_late) return "its deadline";
    if (result_.requeue) return "SIGUSR1 (run.usr1 = \"requeue\")";
    if (result_.signal == 0) return "an error of another rank";
    const char* const name = sigabbrev_np(result_.signal);
    return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", result_.signal);
  }

  /// A log that cannot be written ends the run as a signal does: the weights are kept.
  template <class Action>
  static std::exception_ptr failure_of(const Action& action) {
    try {
      action();
    } catch (const UserError&) {
      return std::current_exception();
    }
    return nullptr;
  }

  void finish(Observers& observers) {
    const Observers::Doing doing(observers, kEnd);
    result_.steps = step_;
    RunEnd end;
    end.end = result_.end;
    end.step = step_;
    if (result_.end == TrainEnd::interrupted) end.why = why_interrupted();
    const DataKind::Closing closing = recipe_.data.kind->closing();
    if (result_.end == TrainEnd::finished && closing.tokens > 0) {
      end.prompt = closing.prompt;
      end.sample = sample(closing);
    }
    observers.end(end);
    result_.report = report_of(options_.out);
  }

  /// All is trained and kept by now, so that a signal cuts the text short and nothing else.
  std::string sample(const DataKind::Closing& closing) {
    Counter counter("tokens of the sample:");
    GenerateOptions generation;
    generation.prompt = closing.prompt;
    generation.tokens = closing.tokens;
    generation.seed = static_cast<uint64_t>(recipe_.run.seed);
    generation.goes_on = [&](int64_t tokens) {
      if (first_rank_) counter.show(tokens, closing.tokens);
      if (control_.goes_on()) return true;
      if (first_rank_) {
        Progress::say(fmt::format("the sample ends after {} of {} tokens, as a signal or the deadline asks",
                                  tokens, closing.tokens));
      }
      return false;
    };
    return generate(session_, generation);
  }

  Session& session_;
  const Recipe& recipe_;
  const TrainOptions& options_;
  int64_t total_;
  bool first_rank_;
  std::optional<RunLock> lock_;
  RunControl control_{recipe_.run, session_.world()};
  int64_t step_ = 0;
  bool has_finished_ = false;  ///< before this start
  double longest_ms_ = 0;      ///< of a step
  double keeping_ms_ = 0;      ///< of what is kept after one
  double measuring_ms_ = 0;    ///< of the longest evaluation
  int64_t skipped_ = 0;        ///< updates that changed nothing
  int64_t in_a_row_ = 0;       ///< of these, at the end
  TrainResult result_;
};

}  // namespace

std::string TrainResult::measured() const {
  if (!validation) return "";
  return validation->lines(validated_after == steps ? "" : fmt::format(", of step {}", validated_after));
}

int TrainResult::exit_code() const {
  if (end == TrainEnd::finished) return 0;
  return kSignalled + (signal != 0 ? signal : SIGTERM);
}

TrainResult train(Session& session, const TrainOptions& options) { return Trainer(session, options).run(); }

}  // namespace weft
