#include "weft/data/load/fetch_ledger.h"

#include <utility>

namespace weft {

namespace {

void add(LoadStats::Traffic& traffic, int64_t records, int64_t bytes, double ms) {
  traffic.records += records;
  traffic.bytes += bytes;
  traffic.ms += ms;
}

LoadStats::Traffic& of(LoadStats& stats, Origin origin) { return stats.from[static_cast<size_t>(origin)]; }

}  // namespace

FetchLedger::FetchLedger(LoadCounters& counters, std::vector<const Tier*> tiers)
    : counters_(counters), tiers_(std::move(tiers)) {}

void FetchLedger::found_in_memory(int64_t records, int64_t bytes) {
  counters_.change([&](LoadStats& stats) {
    add(of(stats, Origin::memory), records, bytes, 0);
    count_tiers(stats);
  });
}

void FetchLedger::came(const RecordFetch& fetch, double ms, std::chrono::steady_clock::time_point now) {
  const auto took = std::chrono::nanoseconds(static_cast<int64_t>(ms * 1e6));
  counters_.add({fetch.origin(), fetch.sample, fetch.bytes, now - took, now});
  if (fetch.rows.empty()) {
    if (fetch.origin() != Origin::source) return;
    counters_.change([&](LoadStats& stats) {
      add(stats.read_for_peers, 1, fetch.bytes, ms);
      count_tiers(stats);
    });
    return;
  }
  counters_.change([&](LoadStats& stats) {
    add(of(stats, fetch.origin()), 1, fetch.bytes, ms);
    count_tiers(stats);
  });
  // Rows that waited for the same record found it in memory.
  const int64_t others = std::ssize(fetch.rows) - 1;
  if (others > 0) found_in_memory(others, others * fetch.bytes);
}

void FetchLedger::served(int64_t bytes) {
  counters_.change([&](LoadStats& stats) { add(stats.served, 1, bytes, 0); });
}

void FetchLedger::bad_copy() {
  counters_.change([](LoadStats& stats) { ++stats.corrupt; });
}

void FetchLedger::late_peer() {
  counters_.change([](LoadStats& stats) { ++stats.late_peers; });
}

void FetchLedger::bad_sample() {
  counters_.change([](LoadStats& stats) { ++stats.bad_samples; });
}

void FetchLedger::count_tiers(LoadStats& stats) const {
  stats.tiers.resize(tiers_.size());
  for (size_t i = 0; i < tiers_.size(); ++i) {
    if (stats.tiers[i].name.empty()) stats.tiers[i].name = tiers_[i]->name();
    stats.tiers[i].used = tiers_[i]->used();
    stats.tiers[i].capacity = tiers_[i]->capacity();
  }
}

}  // namespace weft
