#pragma once
// Two ways of one thing, timed in turn.
#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace weft {

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

inline double seconds_of(const std::function<void()>& run, int repeats) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < repeats; ++i) run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / repeats;
}

/// Medians over rounds.
struct Measured {
  double ratio = 0;  ///< old / new
  double old_us = 0;
  double new_us = 0;
};

/// Each round times `repeats` runs of both; one round before them warms up.
inline Measured interleaved(const std::function<void()>& old_run, const std::function<void()>& new_run,
                            int repeats, int rounds) {
  seconds_of(old_run, repeats);
  seconds_of(new_run, repeats);
  std::vector<double> ratios, old_times, new_times;
  for (int round = 0; round < rounds; ++round) {
    old_times.push_back(seconds_of(old_run, repeats));
    new_times.push_back(seconds_of(new_run, repeats));
    ratios.push_back(old_times.back() / new_times.back());
  }
  return {median(ratios), median(old_times) * 1e6, median(new_times) * 1e6};
}

}  // namespace weft
