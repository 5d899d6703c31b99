#include "weft/train/observer/slow_steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "weft/report/progress.h"
#include "weft/train/observer.h"

namespace weft {

std::optional<std::string> SlowSteps::look_at(const MetricsRow& row) {
  std::optional<std::string> said;
  if (last_.size() == kWindow) {
    std::vector<double> sorted = last_;
    std::ranges::nth_element(sorted, sorted.begin() + kWindow / 2);
    const double median = sorted[kWindow / 2];
    if (row.step_ms >= kLeastMs && row.step_ms > kFactor * median) {
      const auto stall =
          std::ranges::find(row.more, std::string("stall_ms"), &std::pair<std::string, double>::first);
      said = fmt::format("step {} took {:.1f} s, where {} ms are usual", row.step, row.step_ms / 1000,
                         static_cast<int64_t>(median));
      if (stall != row.more.end())
        *said += fmt::format("; it waited {:.1f} s for data", stall->second / 1000);
    }
  }
  if (last_.size() < kWindow) {
    last_.push_back(row.step_ms);
  } else {
    last_[next_] = row.step_ms;
    next_ = (next_ + 1) % kWindow;
  }
  return said;
}

namespace {

class SlowStepsObserver final : public RunObserver {
 public:
  void step(const StepRecord& record) override {
    if (const auto said = steps_.look_at(record.row)) Progress::say(*said);
  }

 private:
  SlowSteps steps_;
};

}  // namespace

void register_slow_steps(ObserverRegistry& registry) {
  registry.add("slow_steps", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    if (!run.first_rank) return nullptr;
    return std::make_unique<SlowStepsObserver>();
  });
}

}  // namespace weft
