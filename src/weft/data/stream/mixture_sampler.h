#pragma once
#include <span>
#include <vector>

#include "weft/data/stream/sampler.h"

namespace weft {

/// Positions shared out among groups of samples in fixed proportions; each group shuffled on its own, and
/// begun again when it runs out. Two uses: a mixture of data sets (groups are runs of sample numbers), and
/// classes in balance (groups are the samples of a class). Every block of 1024 positions has each group's
/// share to within one, in an order drawn by (seed, block), so that both directions cost O(log groups).
class MixtureSampler final : public Sampler {
 public:
  struct Group {
    std::vector<int64_t> members;  ///< sample numbers; empty: the run [begin, begin + count)
    int64_t begin = 0;
    int64_t count = 0;
    double share = 1;  ///< in proportion to the others'
  };
  /// `size`: positions of an epoch. Groups are disjoint. UserError where there is no group, one is empty, a
  /// share is not positive, or one is below 1/1024 of all.
  MixtureSampler(std::vector<Group> groups, int64_t size, uint64_t seed);
  int64_t size() const override { return size_; }
  int64_t samples() const override { return samples_; }
  bool repeats() const override { return true; }
  int64_t at(int64_t epoch, int64_t position) const override;
  /// The first time in the group's own order; a group that comes round more than once an epoch is followed as
  /// far as the epoch goes.
  std::optional<int64_t> find(int64_t epoch, int64_t sample, int64_t from) const override;

  static constexpr int64_t kBlock = 1024;

 private:
  struct Member {
    int64_t group = 0;
    int64_t index = 0;
  };
  int64_t slots(int64_t group) const {
    return first_slot_[static_cast<size_t>(group) + 1] - first_slot_[static_cast<size_t>(group)];
  }
  Member member_of(int64_t sample) const;
  int64_t group_position(int64_t group, int64_t occurrence) const;

  std::vector<Group> groups_;
  std::vector<int64_t> first_slot_;  ///< of each group in a block before it is shuffled; ends with kBlock
  std::vector<Member> members_;      ///< by sample number, where groups list members
  int64_t size_;
  int64_t samples_ = 0;
  uint64_t seed_;
};

/// One group a class, equal shares. Labels below 0 never come. UserError where no label is at least 0.
MixtureSampler class_balanced(std::span<const int32_t> labels, int64_t size, uint64_t seed);

}  // namespace weft
