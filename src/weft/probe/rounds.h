#pragma once
// Measurements that are repeated in turn, so that a passing disturbance hits all of them a little and none
// wholly. Internal to probe/.
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace weft {

/// One figure of a machine.
struct Measurement {
  std::string key;    ///< of the figure in a machine's file: "memory_gbps"
  std::string title;  ///< for people: "copy in memory"
  std::string unit;   ///< "GB/s"
  /// Measures once and gives the figure, the same on all ranks; NaN where that cannot be done. Collective.
  std::function<double()> once;
  std::function<void(double median)> keep;  ///< what the figure is for
  std::string cannot;                       ///< what to say where it is NaN
};

/// What became of one.
struct Figure {
  double median = 0;
  double spread = 0;  ///< (p75 - p25) / median
  int rounds = 0;     ///< 0: it could not be measured
};

struct RoundLimits {
  int usual = 9;         ///< rounds, where none is too noisy
  int least = 3;         ///< however long these take
  int most = 40;         ///< of what is noisy
  double spread = 0.15;  ///< above it a figure is noisy
  double seconds = 20;   ///< after which no round begins, but for the least
};

/// Before something is measured: what, and how long all will take; below 0 where that is not known yet.
using RoundProgress = std::function<void(const std::string& title, double left_s)>;

/// All once to warm up, then the usual rounds of all; as long as some are too noisy and there is time, more
/// rounds of these. `elapsed_s` is the clock, the same on all ranks.
std::vector<Figure> measure_in_rounds(std::span<const Measurement> measurements, const RoundLimits& limits,
                                      const std::function<double()>& elapsed_s,
                                      const RoundProgress& progress);

/// Of what was measured more than once.
Figure figure_of(std::vector<double> values);

}  // namespace weft
