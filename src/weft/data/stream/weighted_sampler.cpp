#include "weft/data/stream/weighted_sampler.h"

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/base/philox.h"

namespace weft {

namespace {

constexpr uint64_t kDrawStream = 0x6472'6177;  // "draw"

double checked_sum(std::span<const double> weights) {
  double sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (!std::isfinite(weights[i]) || weights[i] < 0) {
      user_error("data.weights: sample {} has the weight {}, and weights are finite and at least 0", i,
                 weights[i]);
    }
    sum += weights[i];
  }
  if (!(sum > 0)) user_error("data.weights: all {} weights are 0", weights.size());
  return sum;
}

}  // namespace

WeightedSampler::WeightedSampler(std::span<const double> weights, int64_t size, uint64_t seed)
    : size_(size), seed_(seed), keep_(weights.size(), 1), alias_(weights.size()) {
  const double scale = static_cast<double>(weights.size()) / checked_sum(weights);
  std::vector<int64_t> small;
  std::vector<int64_t> large;
  for (size_t i = 0; i < weights.size(); ++i) {
    keep_[i] = weights[i] * scale;
    alias_[i] = static_cast<int64_t>(i);
    (keep_[i] < 1 ? small : large).push_back(static_cast<int64_t>(i));
  }
  while (!small.empty() && !large.empty()) {
    const auto poor = static_cast<size_t>(small.back());
    const auto rich = static_cast<size_t>(large.back());
    small.pop_back();
    alias_[poor] = static_cast<int64_t>(rich);
    keep_[rich] -= 1 - keep_[poor];
    if (keep_[rich] < 1) {
      large.pop_back();
      small.push_back(static_cast<int64_t>(rich));
    }
  }
  // What is left is 1 but for rounding; a weight of zero must stay impossible all the same.
  for (const int64_t slot : large) keep_[static_cast<size_t>(slot)] = 1;
  for (const int64_t slot : small) {
    if (weights[static_cast<size_t>(slot)] > 0) keep_[static_cast<size_t>(slot)] = 1;
  }
  const auto heaviest = std::max_element(weights.begin(), weights.end()) - weights.begin();
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0 && alias_[i] == static_cast<int64_t>(i)) alias_[i] = heaviest;
  }
}

int64_t WeightedSampler::at(int64_t epoch, int64_t position) const {
  const RandomStream stream{seed_, kDrawStream, static_cast<uint64_t>(epoch)};
  const auto draw = static_cast<uint64_t>(position) * 2;
  const uint64_t slot = stream.below(draw, alias_.size());
  const PhiloxBlock block = stream.block(draw + 1);
  const double uniform = block[0] * (1.0 / 4294967296.0);
  return uniform < keep_[slot] ? static_cast<int64_t>(slot) : alias_[slot];
}

std::optional<int64_t> WeightedSampler::find(int64_t epoch, int64_t sample, int64_t from) const {
  const int64_t end = std::min(size_, from + kHorizon);
  for (int64_t position = from; position < end; ++position) {
    if (at(epoch, position) == sample) return position;
  }
  return std::nullopt;
}

}  // namespace weft
