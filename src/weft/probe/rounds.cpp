#include "weft/probe/rounds.h"

#include <algorithm>
#include <cmath>

namespace weft {

namespace {

/// Between the two nearest values, on a straight line.
double quantile(const std::vector<double>& sorted, double part) {
  const double at = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - static_cast<double>(below));
}

class Rounds {
 public:
  Rounds(std::span<const Measurement> measurements, const RoundLimits& limits,
         const std::function<double()>& elapsed_s, const RoundProgress& progress)
      : measurements_(measurements),
        limits_(limits),
        elapsed_s_(elapsed_s),
        progress_(progress),
        values_(measurements.size()),
        is_over_(measurements.size(), false) {}

  std::vector<Figure> run() {
    round(-1);
    for (std::vector<double>& values : values_) values.clear();
    const double began = elapsed_s_();
    for (int done = 0; done < limits_.usual; ++done) {
      const double now = elapsed_s_();
      if (done >= limits_.least && now > limits_.seconds) break;
      const double each = done > 0 ? (now - began) / done : now;
      const double usual = each * (limits_.usual - done);
      const double least = each * std::max(0, limits_.least - done);
      round(std::clamp(limits_.seconds - now, least, std::max(least, usual)));
    }
    for (int done = limits_.usual; done < limits_.most; ++done) {
      leave_quiet();
      const double now = elapsed_s_();
      if (now > limits_.seconds || std::find(is_over_.begin(), is_over_.end(), false) == is_over_.end())
        break;
      round(limits_.seconds - now);
    }
    std::vector<Figure> figures;
    for (const std::vector<double>& values : values_) figures.push_back(figure_of(values));
    return figures;
  }

 private:
  void round(double left_s) {
    for (size_t i = 0; i < measurements_.size(); ++i) {
      if (is_over_[i]) continue;
      if (progress_) progress_(measurements_[i].title, left_s);
      values_[i].push_back(measurements_[i].once());
      if (!std::isfinite(values_[i].back())) is_over_[i] = true;
    }
  }

  void leave_quiet() {
    for (size_t i = 0; i < values_.size(); ++i) {
      if (!is_over_[i] && figure_of(values_[i]).spread <= limits_.spread) is_over_[i] = true;
    }
  }

  std::span<const Measurement> measurements_;
  const RoundLimits& limits_;
  const std::function<double()>& elapsed_s_;
  const RoundProgress& progress_;
  std::vector<std::vector<double>> values_;
  std::vector<bool> is_over_;  ///< it needs no more rounds, or there can be none
};

}  // namespace

Figure figure_of(std::vector<double> values) {
  const auto is_wrong = [](double value) { return !(value > 0) || !std::isfinite(value); };
  if (values.empty() || std::ranges::any_of(values, is_wrong)) return {};
  std::ranges::sort(values);
  const double median = quantile(values, 0.5);
  return {median, (quantile(values, 0.75) - quantile(values, 0.25)) / median,
          static_cast<int>(values.size())};
}

std::vector<Figure> measure_in_rounds(std::span<const Measurement> measurements, const RoundLimits& limits,
                                      const std::function<double()>& elapsed_s,
                                      const RoundProgress& progress) {
  return Rounds(measurements, limits, elapsed_s, progress).run();
}

}  // namespace weft
