#pragma once
// What a record log means as the journal of a directory tier: entries are records that were written to the
// data file, or dropped from it.
#include <span>
#include <unordered_map>

#include "weft/data/tier/free_extents.h"
#include "weft/data/tier/tier.h"
#include "weft/data/verify/record_log.h"

namespace weft {

/// A record in the data file.
struct CachedExtent {
  int64_t offset = 0;
  int64_t bytes = 0;
  uint64_t checksum = 0;
  bool operator==(const CachedExtent&) const = default;
};

LogEntry kept_entry(RecordId record, const CachedExtent& extent);
LogEntry dropped_entry(RecordId record);

/// What the data file holds after these entries; takes its extents from `space`, all of which is free.
/// Entries that do not fit there, or overlap others, are left out: no tier wrote them.
std::unordered_map<RecordId, CachedExtent> replay_journal(std::span<const LogEntry> entries,
                                                          FreeExtents& space);

}  // namespace weft
