#pragma once
// What loading did in a step, for metrics.jsonl and for the timeline.
#include <span>

#include "weft/data/batch/load_stats.h"
#include "weft/report/metrics_log.h"
#include "weft/run/trace.h"

namespace weft {

/// Adds to a step's row what changed from `before` to `now`: `stall_ms`, that the step waited;
/// `bytes.load_memory|disk|peer|source`, by where records came from (the source's with those read for peers);
/// `latency_ms_disk|peer|source`, the mean from asking for a record to having it, of those that came;
/// `held_bytes NAME`, what each tier holds. All of this rank.
void add_loading(const LoadStats& before, const LoadStats& now, MetricsRow& row);

/// Fetches as events of the timeline, beside those of the executor.
void trace_fetches(std::span<const FetchEvent> fetches, Trace& trace);

}  // namespace weft
