#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace weft {

/// Tells a loss that explodes without becoming infinite: its mean over the last kWindow steps far above the
/// lowest such mean so far.
class Divergence {
 public:
  static constexpr size_t kWindow = 10;
  /// A loss that rises above twice where it began, and kFactor times its lowest, is no noise.
  static constexpr double kFactor = 4;

  /// The loss of the next step. A sentence at the step at which it explodes; not again before it has come
  /// down.
  std::optional<std::string> look_at(int64_t step, double loss);

 private:
  std::deque<double> last_;
  std::optional<double> first_mean_;
  double lowest_ = 0;
  int64_t lowest_at_ = 0;
  bool exploded_ = false;
};

}  // namespace weft
