#include "weft/train/run_facts.h"

#include <fmt/format.h>

#include "weft/base/byte_size.h"
#include "weft/base/environment.h"
#include "weft/base/plural.h"
#include "weft/base/threads.h"
#include "weft/models/model.h"
#include "weft/optimizers/optimizer.h"
#include "weft/optimizers/schedule.h"
#include "weft/params/checkpoint_snapshot.h"
#include "weft/plan/costs.h"
#include "weft/report/progress.h"
#include "weft/report/text.h"

namespace weft {

namespace {

std::string counted(int64_t count, std::string_view one) {
  return plural(count, one, human_count(static_cast<double>(count)));
}

/// "gpt: layers 4, heads 4". A 0 or an empty text says that the key is left to others.
std::string with_keys(const Kind& kind) {
  std::string keys;
  for (const KeyInfo& key : kind.keys()) {
    const std::string value = toml_text(key.initial);
    if (value == "0" || value == "\"\"") continue;
    keys += fmt::format("{} {} {}", keys.empty() ? ":" : ",", key.name, value);
  }
  return std::string(kind.name()) + keys;
}

class Facts {
 public:
  explicit Facts(const RunView& run)
      : run_(run), recipe_(run.session.recipe()), program_(run.session.executor().program()) {}

  std::vector<RunFact> all() {
    add("model", fmt::format("{}; {}, {}", with_keys(*recipe_.model.kind),
                             counted(program_.parameters(), "parameter"), name_of(recipe_.run.precision)));
    add("data", data());
    add("sample", text_of(run_.session.data().facts));
    add("steps", steps());
    add("update", update());
    add("ranks", ranks());
    add("memory", memory());
    add("time", time());
    return std::move(facts_);
  }

 private:
  void add(const char* name, std::string text) { facts_.push_back({name, std::move(text)}); }

  std::string data() const {
    return fmt::format("{} of {}: {}; {}", recipe_.data.kind->name(), recipe_.data.path,
                       counted(run_.session.data().train_samples, "training sample"), validation());
  }

  /// The last evaluation is over all data, and need not be comparable with those before.
  std::string validation() const {
    if (run_.session.data().validation == nullptr) return "nothing to validate on";
    const int64_t batches = run_.session.data().validation_batches;
    const LogSection& log = recipe_.log;
    std::string text =
        fmt::format("validation, {} of {}, ", batches == 1 ? "a batch" : fmt::format("{} batches", batches),
                    recipe_.microbatch_rows());
    if (log.evaluate_every == 0) return text + "at the end";
    text += log.evaluate_every == 1 ? "after every step"
                                    : fmt::format("every {}", counted(log.evaluate_every, "step"));
    const bool is_part = log.evaluate_batches > 0 && log.evaluate_batches < batches;
    return is_part ? text + fmt::format(" on {} of them, at the end on all", log.evaluate_batches) : text;
  }

  std::string steps() const {
    const int64_t accumulate = recipe_.optimizer.accumulate;
    std::string text =
        fmt::format("{} of {}", counted(run_.total_steps, "step"), counted(recipe_.data.batch, "sample"));
    if (accumulate > 1) text += fmt::format(" in {} microbatches", accumulate);
    if (const int64_t epoch = run_.session.data().epoch_batches; epoch > 0) {
      text += fmt::format(", {} epochs", human_number(static_cast<double>(run_.total_steps * accumulate) /
                                                      static_cast<double>(epoch)));
    }
    return text;
  }

  std::string update() const {
    const OptimizerSection& optimizer = recipe_.optimizer;
    std::string text = fmt::format("{}; learning rate {} ({})", with_keys(*optimizer.kind),
                                   optimizer.learning_rate, optimizer.schedule->name());
    if (optimizer.warmup == 0) return text;
    const int64_t warmup = warmup_of(optimizer, run_.total_steps);
    text += fmt::format(" after {} of warmup", counted(warmup, "step"));
    if (warmup < optimizer.warmup)
      text += fmt::format(", shortened from {} as the run is no longer", optimizer.warmup);
    return text;
  }

  std::string ranks() const {
    std::string text = fmt::format("{}; {} each, on {} by {}", program_.mesh.to_string(),
                                   counted(threads(), "thread"), host_name(), recipe_.run.device);
    const int64_t rows = recipe_.microbatch_rows();
    const int64_t parts = recipe_.parallel.data;
    if (rows >= parts) return text;
    return text + fmt::format("; a {} of {} has {} parts (parallel.data), with nothing to compute in {}",
                              recipe_.optimizer.accumulate > 1 ? "microbatch" : "batch",
                              plural(rows, "sample"), parts, parts - rows);
  }

  std::string memory() const {
    std::string text = fmt::format("a rank plans {} for weights and optimizer state, {} to work in",
                                   format_bytes(program_.state_bytes), format_bytes(program_.arena_bytes));
    if (recipe_.checkpoint.wants_copy(CommSession::mpi_runs())) {
      text += fmt::format(", {} for the copy that a checkpoint is written from",
                          format_bytes(CheckpointSnapshot::bytes_of(run_.session.store())));
    }
    return text;
  }

  std::string time() const {
    const double ms = cost_of_step(program_, recipe_.optimizer.accumulate).ms;
    const int64_t left = run_.total_steps - run_.resumed_after.value_or(0);
    const PricedBy& by = run_.session.priced_by();
    return fmt::format("{} {} a step, {} for {}; {}", by.is_measured() ? "predicted" : "roughly guessed",
                       human_ms(ms), clock_text(ms * 1e-3 * static_cast<double>(left)), plural(left, "step"),
                       by.is_measured() ? "priced by " + by.what : by.cure);
  }

  const RunView& run_;
  const Recipe& recipe_;
  const Program& program_;
  std::vector<RunFact> facts_;
};

}  // namespace

std::vector<RunFact> run_facts(const RunView& run) { return Facts(run).all(); }

}  // namespace weft
