#include "weft/data/stream/stratified_sampler.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "weft/base/philox.h"
#include "weft/data/stream/permutation.h"

namespace weft {

namespace {

constexpr uint64_t kOrderStream = 0x7374'7261'7469'6679;  // "stratify"

}  // namespace

/// The samples of a class, shuffled, are spread evenly over [0, 1), and all classes' are put in that order.
/// Where a class begins between two of its places is drawn too, or those of one sample would all come in the
/// middle.
StratifiedSampler::StratifiedSampler(std::span<const int32_t> labels, uint64_t seed) {
  std::map<int32_t, std::vector<int64_t>> classes;
  for (size_t sample = 0; sample < labels.size(); ++sample) {
    classes[labels[sample]].push_back(static_cast<int64_t>(sample));
  }
  std::vector<double> places(labels.size());
  for (const auto& [label, members] : classes) {
    const RandomStream stream{seed, kOrderStream, static_cast<uint64_t>(int64_t{label} + 1)};
    const Permutation shuffled(std::ssize(members), stream);
    constexpr uint64_t kParts = 1 << 20;
    const double begin =
        static_cast<double>(stream.below(uint64_t{1} << 40, kParts)) / static_cast<double>(kParts);
    for (int64_t i = 0; i < std::ssize(members); ++i) {
      places[static_cast<size_t>(members[static_cast<size_t>(shuffled.at(i))])] =
          (static_cast<double>(i) + begin) / static_cast<double>(members.size());
    }
  }
  order_.resize(labels.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::ranges::stable_sort(order_, {}, [&](int64_t sample) { return places[static_cast<size_t>(sample)]; });
  positions_.resize(order_.size());
  for (int64_t position = 0; position < std::ssize(order_); ++position) {
    positions_[static_cast<size_t>(order_[static_cast<size_t>(position)])] = position;
  }
}

int64_t StratifiedSampler::at(int64_t /*epoch*/, int64_t position) const {
  return order_[static_cast<size_t>(position)];
}

std::optional<int64_t> StratifiedSampler::find(int64_t /*epoch*/, int64_t sample, int64_t from) const {
  const int64_t position = positions_[static_cast<size_t>(sample)];
  return position >= from ? std::optional(position) : std::nullopt;
}

}  // namespace weft
