#include "weft/data/stream/mixture_sampler.h"

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/data/stream/permutation.h"

namespace weft {

namespace {

constexpr uint64_t kBlockStream = 0x626c'6f63;  // "bloc"
constexpr uint64_t kGroupStream = 0x6772'6f75;  // "grou"

int64_t size_of(const MixtureSampler::Group& group) {
  return group.members.empty() ? group.count : static_cast<int64_t>(group.members.size());
}

double checked_shares(std::span<const MixtureSampler::Group> groups) {
  if (groups.empty()) user_error("data.mixture: there is nothing to mix");
  double sum = 0;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (size_of(groups[i]) < 1) user_error("data.mixture: part {} has no samples", i);
    if (!std::isfinite(groups[i].share) || groups[i].share <= 0) {
      user_error("data.mixture: part {} has the share {}, and shares are finite and above 0", i,
                 groups[i].share);
    }
    sum += groups[i].share;
  }
  return sum;
}

}  // namespace

MixtureSampler::MixtureSampler(std::vector<Group> groups, int64_t size, uint64_t seed)
    : groups_(std::move(groups)), size_(size), seed_(seed) {
  const double sum = checked_shares(groups_);
  double before = 0;
  for (size_t i = 0; i < groups_.size(); ++i) {
    first_slot_.push_back(std::llround(before / sum * kBlock));
    before += groups_[i].share;
    if (std::llround(before / sum * kBlock) == first_slot_.back()) {
      user_error("data.mixture: part {} has {} of the shares, and the least is 1/{}", i,
                 groups_[i].share / sum, kBlock);
    }
    for (const int64_t sample : groups_[i].members) samples_ = std::max(samples_, sample + 1);
    samples_ = std::max(samples_, groups_[i].begin + groups_[i].count);
  }
  first_slot_.push_back(kBlock);
  for (size_t i = 0; i < groups_.size(); ++i) {
    const std::vector<int64_t>& members = groups_[i].members;
    if (!members.empty()) members_.resize(static_cast<size_t>(samples_), Member{-1, 0});
    for (size_t k = 0; k < members.size(); ++k) {
      members_[static_cast<size_t>(members[k])] = {static_cast<int64_t>(i), static_cast<int64_t>(k)};
    }
  }
}

int64_t MixtureSampler::at(int64_t epoch, int64_t position) const {
  const int64_t total = epoch * size_ + position;
  const Permutation block(kBlock, {seed_, kBlockStream, static_cast<uint64_t>(total / kBlock)});
  const int64_t slot = block.at(total % kBlock);
  const int64_t group =
      std::upper_bound(first_slot_.begin(), first_slot_.end(), slot) - first_slot_.begin() - 1;
  const Group& from = groups_[static_cast<size_t>(group)];
  const int64_t occurrence = total / kBlock * slots(group) + slot - first_slot_[static_cast<size_t>(group)];
  const int64_t count = size_of(from);
  const Permutation order(count, {seed_ ^ static_cast<uint64_t>(group + 1), kGroupStream,
                                  static_cast<uint64_t>(occurrence / count)});
  const int64_t index = order.at(occurrence % count);
  return from.members.empty() ? from.begin + index : from.members[static_cast<size_t>(index)];
}

MixtureSampler::Member MixtureSampler::member_of(int64_t sample) const {
  if (!members_.empty() && members_[static_cast<size_t>(sample)].group >= 0) {
    return members_[static_cast<size_t>(sample)];
  }
  for (size_t i = 0; i < groups_.size(); ++i) {
    const Group& group = groups_[i];
    if (group.members.empty() && sample >= group.begin && sample < group.begin + group.count) {
      return {static_cast<int64_t>(i), sample - group.begin};
    }
  }
  return {-1, 0};
}

int64_t MixtureSampler::group_position(int64_t group, int64_t occurrence) const {
  const int64_t block = occurrence / slots(group);
  const int64_t slot = first_slot_[static_cast<size_t>(group)] + occurrence % slots(group);
  const Permutation order(kBlock, {seed_, kBlockStream, static_cast<uint64_t>(block)});
  return block * kBlock + order.inverse(slot);
}

std::optional<int64_t> MixtureSampler::find(int64_t epoch, int64_t sample, int64_t from) const {
  const Member member = member_of(sample);
  if (member.group < 0) return std::nullopt;
  const int64_t count = size_of(groups_[static_cast<size_t>(member.group)]);
  const int64_t first = epoch * size_ + from;
  const int64_t end = (epoch + 1) * size_;
  // Positions of one block are in no order, so that the pass that holds the answer may begin a block earlier,
  // and a later pass may come before it within one block.
  const int64_t first_block = first / kBlock;
  std::optional<int64_t> best;
  for (int64_t pass = first_block * slots(member.group) / count;; ++pass) {
    const int64_t begin_block = pass * count / slots(member.group);
    if (begin_block * kBlock >= end || (best && begin_block > *best / kBlock)) break;
    const Permutation order(
        count, {seed_ ^ static_cast<uint64_t>(member.group + 1), kGroupStream, static_cast<uint64_t>(pass)});
    const int64_t position = group_position(member.group, pass * count + order.inverse(member.index));
    if (position >= first && position < end && (!best || position < *best)) best = position;
  }
  if (!best) return std::nullopt;
  return *best - epoch * size_;
}

MixtureSampler class_balanced(std::span<const int32_t> labels, int64_t size, uint64_t seed) {
  std::vector<MixtureSampler::Group> classes;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    const auto label = static_cast<size_t>(labels[i]);
    if (classes.size() <= label) classes.resize(label + 1);
    classes[label].members.push_back(static_cast<int64_t>(i));
  }
  std::erase_if(classes, [](const MixtureSampler::Group& group) { return group.members.empty(); });
  if (classes.empty()) user_error("data.sampler = \"class_balanced\": no sample has a class");
  return {std::move(classes), size, seed};
}

}  // namespace weft
