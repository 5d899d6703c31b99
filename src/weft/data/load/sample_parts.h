#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "weft/data/tier/tier.h"
#include "weft/tensor/region.h"

namespace weft {

/// Which parts of a sample are records of their own, and which of them each member of a group reads. A group
/// is the ranks that take the same rows, because they split samples in space, or weights. Records are
/// numbered alike on every rank: each part of each sample has one.
class SampleParts {
 public:
  /// The part that this rank reads of a sample in an epoch.
  using Choice = std::function<int(int64_t epoch, int64_t sample)>;

  /// Whole samples, which every member of a group of `group` reads.
  explicit SampleParts(int group = 1, int member = 0);
  /// `regions[m]`: what member m reads of each field. Members that read the same share records.
  SampleParts(const std::vector<std::vector<Region>>& regions, int member);

  int group() const { return static_cast<int>(part_of_.size()); }
  int member() const { return member_; }
  int count() const { return static_cast<int>(parts_.size()); }
  /// Regions of a part, one a field; none: the whole sample.
  const std::vector<Region>& regions(int part) const { return parts_[static_cast<size_t>(part)]; }
  /// The part that this rank is given.
  int own() const { return part_of_[static_cast<size_t>(member_)]; }
  /// How many members read the part of this one: they keep its records together.
  int sharers() const { return static_cast<int>(readers_[static_cast<size_t>(own())].size()); }

  /// In place of own(): where volumes are turned over, a rank reads the part that lands on its own.
  void choose(Choice choice) { choice_ = std::move(choice); }
  int wanted(int64_t epoch, int64_t sample) const { return choice_ ? choice_(epoch, sample) : own(); }

  RecordId record(int64_t sample, int part) const { return sample * count() + part; }
  int64_t sample_of(RecordId record) const { return record / count(); }
  int part_of(RecordId record) const { return static_cast<int>(record % count()); }
  /// The member of a group that keeps a record, where the group keeps its sample: those that read it take
  /// turns.
  int keeper(RecordId record) const;

 private:
  int member_ = 0;
  std::vector<std::vector<Region>> parts_;
  std::vector<int> part_of_;               ///< of each member
  std::vector<std::vector<int>> readers_;  ///< members, of each part
  Choice choice_;
};

}  // namespace weft
