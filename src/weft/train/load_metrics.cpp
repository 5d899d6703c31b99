#include "weft/train/load_metrics.h"

namespace weft {

void add_loading(const LoadStats& before, const LoadStats& now, MetricsRow& row) {
  row.more.emplace_back("stall_ms", now.stall_ms - before.stall_ms);
  for (size_t i = 0; i < kOrigins; ++i) {
    const std::string name(name_of(static_cast<Origin>(i)));
    int64_t bytes = now.from[i].bytes - before.from[i].bytes;
    if (i == static_cast<size_t>(Origin::source)) {
      bytes += now.read_for_peers.bytes - before.read_for_peers.bytes;
    }
    row.bytes.emplace_back("load_" + name, bytes);
    const int64_t records = now.from[i].records - before.from[i].records;
    if (i == static_cast<size_t>(Origin::memory) || records == 0) continue;
    row.more.emplace_back("latency_ms_" + name,
                          (now.from[i].ms - before.from[i].ms) / static_cast<double>(records));
  }
  for (const TierUse& tier : now.tiers) {
    row.more.emplace_back("held_bytes " + tier.name, static_cast<double>(tier.used));
  }
}

void trace_fetches(std::span<const FetchEvent> fetches, Trace& trace) {
  static const std::string kNoPlace;
  for (const FetchEvent& fetch : fetches) {
    const int64_t start = trace.at(fetch.start);
    trace.add({&kNoPlace, name_of(fetch.origin), "data", "fetch", start, trace.at(fetch.end) - start});
  }
}

}  // namespace weft
