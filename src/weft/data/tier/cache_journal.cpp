#include "weft/data/tier/cache_journal.h"

namespace weft {

namespace {

constexpr int64_t kDropped = -1;

}  // namespace

LogEntry kept_entry(RecordId record, const CachedExtent& extent) {
  return {record, extent.offset, extent.bytes, extent.checksum};
}

LogEntry dropped_entry(RecordId record) { return {record, 0, kDropped, 0}; }

std::unordered_map<RecordId, CachedExtent> replay_journal(std::span<const LogEntry> entries,
                                                          FreeExtents& space) {
  std::unordered_map<RecordId, CachedExtent> held;
  for (const LogEntry& entry : entries) {
    if (const auto at = held.find(entry.record); at != held.end()) {
      space.give(at->second.offset, at->second.bytes);
      held.erase(at);
    }
    if (entry.bytes >= 0 && space.take_at(entry.offset, entry.bytes)) {
      held.emplace(entry.record, CachedExtent{entry.offset, entry.bytes, entry.checksum});
    }
  }
  return held;
}

}  // namespace weft
