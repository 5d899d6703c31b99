#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/data/batch/origin.h"
#include "weft/data/load/replicas.h"
#include "weft/data/load/sample_parts.h"
#include "weft/data/place/homes.h"
#include "weft/data/stream/access_stream.h"
#include "weft/data/tier/tier.h"

namespace weft {

/// What this rank keeps in its tiers: the records that are at home here, and second copies in the room that
/// they leave. The fetcher's thread alone uses it.
class KeptCopies {
 public:
  struct Options {
    const AccessStream* stream = nullptr;
    const Homes* homes = nullptr;  ///< null: nothing is kept
    std::vector<Tier*> tiers;      ///< fastest first, as the homes count them
    SampleParts parts;
    int rank = 0;  ///< of the stream's ranks
  };
  /// What `options` points at outlives this. The tiers may hold `records` from before: what is at home
  /// elsewhere now becomes a second copy from `first_step` on, or is dropped.
  KeptCopies(Options options, int64_t records, int64_t first_step);

  /// The rank, among those of the link, where a record is at home; nothing: nowhere.
  std::optional<int> home_of(RecordId record) const;
  bool is_home(RecordId record) const { return home_of(record) == own_; }

  /// A copy in memory, and one in any tier.
  std::optional<Tier::Stored> find_in_memory(RecordId record) const;
  std::optional<Tier::Stored> find(RecordId record) const;
  /// Every copy: one of them is bad.
  void drop(RecordId record);

  /// A second copy was used in `step`: it is kept, or gives way to one that is used sooner.
  void used(RecordId record, std::span<const std::byte> bytes, uint64_t checksum, int64_t step);
  /// A record has come from `origin`. Kept where it is at home here, else, where this rank used it in `step`,
  /// as a second copy.
  void came(RecordId record, Origin origin, std::span<const std::byte> bytes, uint64_t checksum,
            std::optional<int64_t> step);

  /// The tiers' work in the background; appends sentences about what broke.
  void progress(std::vector<std::string>& troubles);

 private:
  static constexpr int64_t kEpochsAhead = 4;  ///< in which a second copy is used again, to be worth its room

  void adopt(int64_t records, int64_t first_step);
  void keep_at_home(RecordId record, std::span<const std::byte> bytes, uint64_t checksum);
  /// The step of this rank's next use of a record from `from_step` on.
  std::optional<int64_t> next_use(RecordId record, int64_t from_step) const;

  Options options_;
  int own_;  ///< this rank's number in the link
  Replicas replicas_;
};

}  // namespace weft
