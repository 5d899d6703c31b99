#include "weft/train/generation/sampling.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The greatest logit.
double greatest(std::span<const double> logits) {
  double top = -kInfinity;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (!(logits[i] < kInfinity)) {
      user_error("the model gives token {} the logit {}, expected a finite number: it has not learnt well", i,
                 logits[i]);
    }
    if (logits[i] > top) top = logits[i];
  }
  if (top == -kInfinity) {
    user_error("the model gives all {} tokens the logit -inf, expected a finite number", logits.size());
  }
  return top;
}

}  // namespace

bool NextToken::is_likelier(const Candidate& a, const Candidate& b) {
  return a.weight > b.weight || (a.weight == b.weight && a.id < b.id);
}

/// The k-th greatest logit.
double NextToken::least_of_top(std::span<const double> logits) {
  const int64_t k = sampling_.top_k;
  if (k <= 0 || k >= std::ssize(logits)) return -kInfinity;
  sorted_.assign(logits.begin(), logits.end());
  const auto last = sorted_.begin() + static_cast<std::ptrdiff_t>(k - 1);
  std::nth_element(sorted_.begin(), last, sorted_.end(), std::greater<>());
  return *last;
}

/// Weights that are to each other as the probabilities, before top-p; returns their sum.
double NextToken::weigh(std::span<const double> logits, double top) {
  const double least = least_of_top(logits);
  weights_.resize(logits.size());
  double sum = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    weights_[i] = logits[i] < least ? 0 : std::exp((logits[i] - top) / sampling_.temperature);
    sum += weights_[i];
  }
  return sum;
}

/// Those that may be among the likeliest that have the probability top_p together: what all others have, each
/// less than an equal share of the rest, is no more than the rest.
void NextToken::find_likely(double sum) {
  // A half, because sums are rounded.
  const double least = 0.5 * (1 - sampling_.top_p) * sum / static_cast<double>(weights_.size());
  likely_.clear();
  for (size_t i = 0; i < weights_.size(); ++i) {
    if (weights_[i] > least) likely_.push_back({weights_[i], static_cast<int32_t>(i)});
  }
}

/// The last of the likeliest that are needed for `mass`. Halves the range in which it lies, so that the walks
/// add up to two walks over all.
NextToken::Candidate NextToken::last_needed(double mass) {
  size_t begin = 0;
  size_t end = likely_.size();
  while (end - begin > 1) {
    const size_t middle = begin + (end - begin) / 2;
    const auto at = [&](size_t i) { return likely_.begin() + static_cast<std::ptrdiff_t>(i); };
    std::nth_element(at(begin), at(middle), at(end), is_likelier);
    double before = 0;
    for (size_t i = begin; i < middle; ++i) before += likely_[i].weight;
    if (before < mass) {
      mass -= before;
      begin = middle;
    } else {
      end = middle;
    }
  }
  return likely_[begin];
}

/// Top-p: weights of others become 0; returns the sum of the rest.
double NextToken::leave_likely(double sum) {
  find_likely(sum);
  const Candidate last = last_needed(sampling_.top_p * sum);
  std::ranges::fill(weights_, 0);
  double rest = 0;
  for (const Candidate& candidate : likely_) {
    if (is_likelier(last, candidate)) continue;
    weights_[static_cast<size_t>(candidate.id)] = candidate.weight;
    rest += candidate.weight;
  }
  return rest;
}

std::span<const double> NextToken::probabilities(std::span<const double> logits) {
  const double top = greatest(logits);
  if (sampling_.temperature <= 0) {
    weights_.assign(logits.size(), 0);
    weights_[static_cast<size_t>(std::ranges::find(logits, top) - logits.begin())] = 1;
    return weights_;
  }
  double sum = weigh(logits, top);
  if (sampling_.top_p < 1) sum = leave_likely(sum);
  for (double& weight : weights_) weight /= sum;
  return weights_;
}

int32_t draw(std::span<const double> probabilities, double u) {
  size_t last = 0;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] <= 0) continue;
    last = i;
    u -= probabilities[i];
    if (u < 0) break;
  }
  return static_cast<int32_t>(last);
}

}  // namespace weft
