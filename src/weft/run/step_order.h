#pragma once
#include <vector>

#include "weft/run/executor.h"

namespace weft {

/// What a step runs, in order: `before` once, `each` once a microbatch, `after` once. Of the segments that
/// run once, only those run whose cadence says that they are due.
struct StepOrder {
  std::vector<SegmentId> before;
  std::vector<SegmentId> each;
  std::vector<SegmentId> after;
};

/// The order of the program's segments, without those on call. Where no segment runs each microbatch, all are
/// `before`.
StepOrder step_order(const Program& program);

/// Runs those of `segments` that are due in step `step`, counted from 0. Allocates nothing.
void run_due(Executor& executor, const std::vector<SegmentId>& segments, int64_t step);

}  // namespace weft
