#pragma once
#include "weft/report/run_record.h"
#include "weft/train/observer.h"

namespace weft {

/// What is known of a run when this process begins to work on it: its facts, and the part that is this
/// process's own.
RunRecord begin_record(const RunView& run);

/// Seconds since 1970.
double seconds_now();

}  // namespace weft
