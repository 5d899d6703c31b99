#pragma once
// What became of a run, in a few sentences.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/report/points.h"
#include "weft/report/report.h"

namespace weft {

enum class Outcome : uint8_t { finished, going_on, interrupted, failed, unsaid };

/// `unsaid`: it says that it goes on, and nobody works on it.
Outcome outcome_of(const ReportInput& input);

/// The last step that is known of.
int64_t last_step(const ReportInput& input);

struct Verdict {
  Outcome outcome = Outcome::unsaid;
  std::string headline;  ///< "Interrupted at step 36 of 400"
  std::vector<std::string> sentences;
};
Verdict verdict_of(const ReportInput& input);

/// Something that is measured on the way, and which way it gets better.
struct Measured {
  std::string name;
  std::string better;  ///< as MetricFact has it
  bool is_share = false;
  Points points;  ///< by step
};
inline constexpr std::string_view kValidationLoss = "Validation loss";
/// The loss and the metrics of the validation data, of those that were measured.
std::vector<Measured> measured_on_validation(const ReportInput& input);
/// Likewise what was measured at the end over all of the data, where it was over fewer batches on the way,
/// which it must not be compared with.
std::vector<Measured> measured_finally(const ReportInput& input);
/// The same as "validation loss 1.665, accuracy 91.20%"; empty where nothing was.
std::string finally_text(const ReportInput& input);
std::optional<std::pair<double, double>> best_of(const Measured& measured);

enum class Trend : uint8_t { unknown, better, same, worse };
struct Change {
  Trend trend = Trend::unknown;
  double share = 0;  ///< how much of the value, as 0.02
};
/// What the last fifth of the values is like beside the fifth before it: another where they differ by more
/// than twice the noise of their means and by two thousandths, or a hundredth where they are too few to tell.
Change change_at_the_end(const Measured& measured);

std::string value_text(double value, bool is_share);

}  // namespace weft
