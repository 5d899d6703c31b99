#include "weft/train/observer/divergence.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "weft/report/progress.h"
#include "weft/train/observer.h"

namespace weft {

std::optional<std::string> Divergence::look_at(int64_t step, double loss) {
  if (!std::isfinite(loss)) return std::nullopt;  // of a step without targets
  last_.push_back(loss);
  if (last_.size() > kWindow) last_.pop_front();
  if (last_.size() < kWindow) return std::nullopt;
  const double mean = std::accumulate(last_.begin(), last_.end(), 0.0) / static_cast<double>(kWindow);
  if (!first_mean_ || mean < lowest_) {
    lowest_ = mean;
    lowest_at_ = step;
  }
  if (!first_mean_) first_mean_ = mean;
  // Of a loss that begins below zero, being twice as high says nothing.
  const bool is_high = *first_mean_ > 0 && mean > 2 * *first_mean_ && mean > kFactor * lowest_;
  if (is_high == exploded_) return std::nullopt;
  exploded_ = is_high;
  if (!is_high) return std::nullopt;
  return fmt::format(
      "warning: step {}: the loss explodes: {:.4g} over the last {} steps, and {:.4g} up to step {}; a lower "
      "optimizer.learning_rate, a longer optimizer.warmup or optimizer.clip = 1.0 may keep it down",
      step, mean, kWindow, lowest_, lowest_at_);
}

namespace {

class DivergenceObserver final : public RunObserver {
 public:
  void step(const StepRecord& record) override {
    if (const auto said = divergence_.look_at(record.row.step, record.row.loss)) Progress::say(*said);
  }

 private:
  Divergence divergence_;
};

}  // namespace

void register_divergence(ObserverRegistry& registry) {
  registry.add("divergence", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    if (!run.first_rank) return nullptr;
    return std::make_unique<DivergenceObserver>();
  });
}

}  // namespace weft
