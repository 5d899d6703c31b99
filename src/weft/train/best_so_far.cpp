#include "weft/train/best_so_far.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>

#include "weft/base/check.h"
#include "weft/params/checkpoint_files.h"
#include "weft/report/progress.h"
#include "weft/report/run_files.h"
#include "weft/train/session/run_identity.h"

namespace weft {

BestSoFar::BestSoFar(const RunView& run)
    : name_(run.session.recipe().checkpoint.best),
      measure_(best_measure(run.session.recipe(), run.session.data().facts)) {
  if (measure_) find_earlier(run);
}

std::optional<BestCheckpoint> BestSoFar::look_at(const StepRecord& record) {
  if (!measure_ || !record.comparable) return std::nullopt;
  const Evaluation& measured = *record.comparable;
  const double value = measure_->metric == nullptr ? measured.loss : *measured.metric(name_);
  if (!std::isfinite(value) || !is_beaten_by(value, measured.loss)) return std::nullopt;
  value_ = value;
  loss_ = measured.loss;
  const bool has_loss = std::isfinite(loss_);
  return BestCheckpoint{record.row.step, name_, value, has_loss ? std::optional(loss_) : std::nullopt};
}

bool BestSoFar::is_beaten_by(double value, double loss) const {
  if (!value_ || is_better(measure_->better(), value, *value_)) return true;
  return value == *value_ && loss < loss_;
}

void BestSoFar::find_earlier(const RunView& run) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::array<double, 2> found{kNone, kNone};
  if (run.first_rank && run.resumed_after) {
    const std::optional<BestCheckpoint> best = read_best(checkpoints_of(run.options.out));
    if (best && is_comparable(*best, run)) found = {best->value, best->loss.value_or(kNone)};
  }
  run.session.world().broadcast(found.data(), sizeof(found), 0);
  if (std::isnan(found[0])) return;
  value_ = found[0];
  loss_ = found[1];
}

bool BestSoFar::is_comparable(const BestCheckpoint& best, const RunView& run) const {
  const std::string why = why_not_comparable(best, run);
  if (why.empty()) return true;
  Progress::say(fmt::format("the best checkpoint so far, of step {} ({} {}), is no longer compared with: {}",
                            best.step, best.metric, best.value, why));
  return false;
}

/// No exception: other ranks wait.
std::string BestSoFar::why_not_comparable(const BestCheckpoint& best, const RunView& run) const {
  if (best.metric != name_) return fmt::format("checkpoint.best {} -> {}", best.metric, name_);
  try {
    const CheckpointReader reader(checkpoint_folder(checkpoints_of(run.options.out), best.step));
    const auto then = RunIdentity::from_json(reader.extra_json(), reader.folder().string());
    return then ? fmt::format("{}", fmt::join(differences(*then, run.session).measuring, ", ")) : "";
  } catch (const UserError& error) {
    return error.what();
  }
}

}  // namespace weft
