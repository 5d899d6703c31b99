// What a person sees: the line of progress, evaluations, and what loading has to say.
#include <fmt/format.h>
#include <unistd.h>

#include "weft/base/printable.h"
#include "weft/report/progress.h"
#include "weft/train/observer.h"

namespace weft {

namespace {

class ProgressObserver final : public RunObserver {
 public:
  explicit ProgressObserver(const RunView& run)
      : run_(run),
        progress_(run.total_steps, run.resumed_after.value_or(0), units_a_step(), run.session.data().unit) {}

  void step(const StepRecord& record) override {
    const TrainingData& data = run_.session.data();
    for (BatchSource* source : {data.train.get(), data.validation.get()}) {
      if (source == nullptr) continue;
      for (const std::string& notice : source->notices()) Progress::say(notice);
    }
    for (const std::string& notice : run_.session.feeder().notices()) Progress::say(notice);
    if (!run_.first_rank) return;
    const MetricsRow& row = record.row;
    if (record.validation) say_measured(record);
    const std::string skipped =
        record.skipped_updates > 0 ? fmt::format("  {} updates left out", record.skipped_updates) : "";
    const bool is_due = record.is_last || row.step % run_.session.recipe().log.every == 0;
    progress_.show(row.step, row.loss, measured_ + skipped, is_due);
  }

  void end(const RunEnd& end) override {
    if (!run_.first_rank || end.sample.empty()) return;
    fmt::print("{}\n", printable_on(STDOUT_FILENO, end.prompt + end.sample));
  }

 private:
  /// What is measured after every step first: it is what the numbers above it are of.
  void say_measured(const StepRecord& record) {
    const Evaluation& all = *record.validation;
    const Evaluation& usual = record.comparable ? *record.comparable : all;
    const bool are_two = usual.targets != all.targets;
    measured_ = "  validation " + usual.text();
    Progress::say(fmt::format("step {}{}{}", record.row.step, measured_,
                              are_two ? "; over all validation data " + all.text() : ""));
  }

  double units_a_step() const {
    return static_cast<double>(run_.session.recipe().data.batch * run_.session.data().units_a_sample);
  }

  const RunView& run_;
  std::string measured_;  ///< by the last evaluation
  Progress progress_;
};

}  // namespace

void register_progress_line(ObserverRegistry& registry) {
  registry.add("progress_line", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    return std::make_unique<ProgressObserver>(run);
  });
}

}  // namespace weft
