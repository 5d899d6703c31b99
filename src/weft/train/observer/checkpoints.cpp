// Checkpoints: every so many steps, and after the last.
#include <fmt/format.h>

#include "weft/params/checkpoint.h"
#include "weft/report/run_files.h"
#include "weft/train/observer.h"

namespace weft {

namespace {

class CheckpointObserver final : public RunObserver {
 public:
  explicit CheckpointObserver(const RunView& run) : run_(run) {}

  void keep(const StepRecord& record) override {
    const Recipe& recipe = run_.session.recipe();
    const int64_t step = record.row.step;
    const int64_t every = recipe.checkpoint.every;
    const bool is_due = every > 0 && step % every == 0;
    if (!record.is_last && !record.is_interrupted && !is_due) return;
    const std::string extra =
        fmt::format(R"({{"data_position":{},"mesh":"{}"}})", step * recipe.optimizer.accumulate,
                    run_.session.executor().program().mesh.to_string());
    save_checkpoint(run_.session.store(), run_.session.world(), checkpoints_of(run_.options.out), step,
                    recipe.checkpoint.keep, extra);
  }

 private:
  const RunView& run_;
};

}  // namespace

void register_checkpoints(ObserverRegistry& registry) {
  registry.add("checkpoints", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    return std::make_unique<CheckpointObserver>(run);
  });
}

}  // namespace weft
