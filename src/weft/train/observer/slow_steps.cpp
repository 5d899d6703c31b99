#include "weft/train/observer/slow_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "weft/report/progress.h"
#include "weft/train/observer.h"

namespace weft {

namespace {

double stall_of(const MetricsRow& row) {
  const auto stall =
      std::ranges::find(row.more, std::string("stall_ms"), &std::pair<std::string, double>::first);
  return stall == row.more.end() ? 0 : stall->second;
}

}  // namespace

std::optional<std::string> SlowSteps::look_at(const MetricsRow& row) {
  ++steps_since_;
  ms_since_ += row.step_ms;
  if (is_slow(row)) {
    ++untold_.count;
    untold_.stalled_ms += stall_of(row);
    if (row.step_ms > untold_.longest.step_ms) untold_.longest = row;
  }
  remember(row.step_ms);
  return ms_since_ >= kQuietMs ? rest() : std::nullopt;
}

std::optional<std::string> SlowSteps::rest() {
  if (untold_.count == 0) return std::nullopt;
  std::string said = tell();
  untold_ = {};
  steps_since_ = 0;
  ms_since_ = 0;
  return said;
}

std::string SlowSteps::tell() {
  const MetricsRow& longest = untold_.longest;
  const auto usual = static_cast<int64_t>(untold_.usual_ms);
  const std::string waited = untold_.stalled_ms > 0
                                 ? fmt::format("; {} waited {:.1f} s for data",
                                               untold_.count == 1 ? "it" : "they", untold_.stalled_ms / 1000)
                                 : "";
  if (untold_.count == 1) {
    return fmt::format("step {} took {:.1f} s, where {} ms are usual{}", longest.step, longest.step_ms / 1000,
                       usual, waited);
  }
  return fmt::format(
      "{} of the last {} steps were slow, where {} ms are usual; the longest, step {}, took {:.1f} s{}",
      untold_.count, steps_since_, usual, longest.step, longest.step_ms / 1000, waited);
}

bool SlowSteps::is_slow(const MetricsRow& row) {
  if (last_.size() < kWindow || row.step_ms < kLeastMs) return false;
  std::vector<double> sorted = last_;
  std::ranges::nth_element(sorted, sorted.begin() + kWindow / 2);
  const double median = sorted[kWindow / 2];
  if (row.step_ms <= kFactor * median) return false;
  untold_.usual_ms = median;
  return true;
}

void SlowSteps::remember(double step_ms) {
  if (last_.size() < kWindow) {
    last_.push_back(step_ms);
  } else {
    last_[next_] = step_ms;
    next_ = (next_ + 1) % kWindow;
  }
}

namespace {

class SlowStepsObserver final : public RunObserver {
 public:
  void step(const StepRecord& record) override {
    if (const auto said = steps_.look_at(record.row)) Progress::say(*said);
  }
  void end(const RunEnd& /*end*/) override {
    if (const auto said = steps_.rest()) Progress::say(*said);
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
