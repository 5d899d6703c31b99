#include "weft/plan/solve/timeline.h"

#include <algorithm>

namespace weft {

namespace {

template <class Body>
void for_lives(Network& network, const Body& body) {
  for (int32_t id = 0; id < static_cast<int32_t>(network.size()); ++id) {
    Network::Node& node = network.node(id);
    if (!node.is_there) continue;
    for (Life& life : node.lives) body(life);
  }
}

void sum_up(std::vector<int64_t>& changes) {
  for (size_t t = 1; t < changes.size(); ++t) changes[t] += changes[t - 1];
}

/// Subtracts the least usage of each life from all its options, and from what is free.
void settle_least(Network& network, Capacity& capacity) {
  std::vector<int64_t> used(capacity.size() + 1);
  for_lives(network, [&](Life& life) {
    const int64_t least = *std::ranges::min_element(life.usage);
    used[static_cast<size_t>(life.begin)] += least;
    used[static_cast<size_t>(life.end)] -= least;
    for (int64_t& usage : life.usage) usage -= least;
  });
  sum_up(used);
  for (size_t t = 0; t < capacity.size(); ++t) capacity[t] -= used[t];
}

/// Of each slot: whether its limit is implied by what a choice can use at most, or by a neighbouring slot.
std::vector<bool> slack_slots(Network& network, const Capacity& capacity) {
  std::vector<int64_t> most(capacity.size() + 1);
  std::vector<bool> begins(capacity.size() + 1);
  std::vector<bool> ends(capacity.size() + 1);
  for_lives(network, [&](const Life& life) {
    const int64_t largest = *std::ranges::max_element(life.usage);
    if (largest == 0) return;
    most[static_cast<size_t>(life.begin)] += largest;
    most[static_cast<size_t>(life.end)] -= largest;
    begins[static_cast<size_t>(life.begin)] = true;
    ends[static_cast<size_t>(life.end)] = true;
  });
  sum_up(most);
  std::vector<bool> slack(capacity.size());
  // Whatever lives in slot t lives in `before` too, the last slot that is kept, unless a life began since.
  size_t before = capacity.size();
  bool has_begun = false;
  bool has_ended = false;
  for (size_t t = 0; t < capacity.size(); ++t) {
    has_begun = has_begun || begins[t];
    has_ended = has_ended || ends[t];
    if (most[t] <= capacity[t]) {
      slack[t] = true;
      continue;
    }
    if (before < t) {
      if (!has_begun && capacity[t] >= capacity[before]) {
        slack[t] = true;
        continue;
      }
      if (!has_ended && capacity[before] >= capacity[t]) slack[before] = true;
    }
    before = t;
    has_begun = false;
    has_ended = false;
  }
  return slack;
}

void merge_equal(std::vector<Life>& lives) {
  std::ranges::sort(lives, [](const Life& a, const Life& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::vector<Life> merged;
  for (Life& life : lives) {
    if (merged.empty() || merged.back().begin != life.begin || merged.back().end != life.end) {
      merged.push_back(std::move(life));
      continue;
    }
    for (size_t s = 0; s < life.usage.size(); ++s) merged.back().usage[s] += life.usage[s];
  }
  lives = std::move(merged);
}

}  // namespace

Capacity number_times(Network& network, int64_t limit) {
  std::vector<int64_t> times;
  for_lives(network, [&](const Life& life) {
    times.push_back(life.begin);
    times.push_back(life.end);
  });
  std::ranges::sort(times);
  times.erase(std::unique(times.begin(), times.end()), times.end());
  const auto slot = [&](int64_t time) { return std::ranges::lower_bound(times, time) - times.begin(); };
  for_lives(network, [&](Life& life) {
    life.begin = slot(life.begin);
    life.end = slot(life.end);
  });
  return Capacity(times.empty() ? 0 : times.size() - 1, limit);
}

bool drop_slack_times(Network& network, Capacity& capacity) {
  settle_least(network, capacity);
  if (std::ranges::any_of(capacity, [](int64_t room) { return room < 0; })) return false;
  const std::vector<bool> slack = slack_slots(network, capacity);
  std::vector<int64_t> number(capacity.size() + 1);
  Capacity kept;
  for (size_t t = 0; t < capacity.size(); ++t) {
    number[t] = std::ssize(kept);
    if (!slack[t]) kept.push_back(capacity[t]);
  }
  number.back() = std::ssize(kept);
  capacity = std::move(kept);
  for (int32_t id = 0; id < static_cast<int32_t>(network.size()); ++id) {
    std::vector<Life>& lives = network.node(id).lives;
    for (Life& life : lives) {
      life.begin = number[static_cast<size_t>(life.begin)];
      life.end = number[static_cast<size_t>(life.end)];
    }
    std::erase_if(lives, [](const Life& life) {
      return life.begin >= life.end || std::ranges::all_of(life.usage, [](int64_t one) { return one == 0; });
    });
    merge_equal(lives);
  }
  return true;
}

}  // namespace weft
