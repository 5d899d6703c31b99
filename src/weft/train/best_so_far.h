#pragma once
#include <limits>
#include <optional>
#include <string>

#include "weft/params/best_checkpoint.h"
#include "weft/tasks/best_measure.h"
#include "weft/train/observer.h"

namespace weft {

/// Tells which steps did better than all before them (checkpoint.best). All ranks see the same.
class BestSoFar {
 public:
  /// Collective: what a run that goes on had found is rank 0's to say, if it was measured as now.
  explicit BestSoFar(const RunView& run);

  /// What the checkpoint of this step is marked as; nothing where one before was as good,
  /// and its loss no higher.
  std::optional<BestCheckpoint> look_at(const StepRecord& record);

 private:
  void find_earlier(const RunView& run);
  bool is_beaten_by(double value, double loss) const;
  bool is_comparable(const BestCheckpoint& best, const RunView& run) const;
  std::string why_not_comparable(const BestCheckpoint& best, const RunView& run) const;

  std::string name_;
  std::optional<BestMeasure> measure_;
  std::optional<double> value_;
  double loss_ = std::numeric_limits<double>::quiet_NaN();  ///< beside it; NaN: not known
};

}  // namespace weft
