// Event files for TensorBoard, unless log.tensorboard says that there shall be none.
#include <algorithm>
#include <string_view>

#include "weft/report/tensorboard.h"
#include "weft/train/observer.h"

namespace weft {

namespace {

/// TensorBoard shows groups by the alphabet: with these names losses come first, then metrics.
std::string tag_of(const std::string& name) {
  if (name.starts_with(kFinally)) return "final/validation_" + name.substr(kFinally.size());
  if (name.starts_with(kOnValidation)) return "metrics/" + name.substr(kOnValidation.size());
  if (name.starts_with("held_bytes")) return "system/" + name;
  return (name.find("_ms") != std::string::npos ? "time/" : "optimizer/") + name;
}

class TensorboardObserver final : public RunObserver {
 public:
  TensorboardObserver(const std::filesystem::path& folder, std::optional<int64_t> resumed_after)
      : writer_(folder, resumed_after) {}

  void step(const StepRecord& record) override {
    const MetricsRow& row = record.row;
    std::vector<ScalarValue> values{{"loss/train", row.loss},
                                    {"optimizer/learning_rate", row.learning_rate},
                                    {"time/samples_per_s", row.samples_per_s},
                                    {"time/step_ms", row.step_ms}};
    if (row.validation_loss) values.push_back({"loss/validation", *row.validation_loss});
    for (const auto& [name, value] : row.more) values.push_back({tag_of(name), value});
    std::ranges::sort(values, {}, &ScalarValue::tag);
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
