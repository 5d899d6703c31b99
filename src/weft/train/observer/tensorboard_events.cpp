// Event files for TensorBoard, where log.tensorboard asks for them.
#include "weft/report/tensorboard.h"
#include "weft/train/observer.h"

namespace weft {

namespace {

class TensorboardObserver final : public RunObserver {
 public:
  TensorboardObserver(const std::filesystem::path& folder, std::optional<int64_t> resumed_after)
      : writer_(folder, resumed_after) {}

  void step(const StepRecord& record) override {
    const MetricsRow& row = record.row;
    std::vector<ScalarValue> values{{"loss/train", row.loss},
                                    {"learning_rate", row.learning_rate},
                                    {"time/step_ms", row.step_ms},
                                    {"time/samples_per_s", row.samples_per_s}};
    if (row.validation_loss) values.push_back({"loss/validation", *row.validation_loss});
    for (const auto& [name, value] : row.more) values.push_back({name, value});
    writer_.write(row.step, values);
  }

 private:
  TensorboardWriter writer_;
};

}  // namespace

void register_tensorboard_events(ObserverRegistry& registry) {
  registry.add("tensorboard_events", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    if (!run.first_rank || !run.session.recipe().log.tensorboard) return nullptr;
    return std::make_unique<TensorboardObserver>(run.options.out / "tensorboard", run.resumed_after);
  });
}

}  // namespace weft
