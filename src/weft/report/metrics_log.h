#pragma once
// metrics.jsonl: what a run measured, one JSON object a line, in order of steps; survives crashes and
// resumes.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft {

/// What the names of further numbers begin with that an evaluation after the step measured.
inline constexpr std::string_view kOnValidation = "validation_";
/// Likewise after the last step, over all of the validation data, where the others are over fewer batches.
inline constexpr std::string_view kFinally = "final_validation_";

/// One line. A number that is not finite is stored as null and read back as NaN.
struct MetricsRow {
  int64_t step = 0;
  double loss = 0;  ///< NaN also where no target of the step counts
  std::optional<double> validation_loss;
  double learning_rate = 0;
  /// Wall time of the step.
  double step_ms = 0;
  double samples_per_s = 0;
  /// Tokens trained on since the start of the run; nothing where samples are not text.
  std::optional<int64_t> tokens;
  /// When the step ended, in seconds since 1970.
  std::optional<double> time;
  /// Bytes counted in this step by class ("network over data", "resident", …).
  std::vector<std::pair<std::string, int64_t>> bytes;
  /// Further numbers by name; the names above are taken.
  std::vector<std::pair<std::string, double>> more;
};

/// Appends rows to a file; each is handed to the system at once, whole lines only.
class MetricsLog {
 public:
  /// Opens (or makes) the file; a line torn by a crash at its end is dropped first. UserError where that
  /// fails.
  explicit MetricsLog(const std::filesystem::path& path);
  /// UserError where the write fails (a full disk).
  void write(const MetricsRow& row);

 private:
  std::filesystem::path path_;
  std::ofstream out_;
};

/// For a resume from the checkpoint of `step`: leaves out the rows of later steps (and any torn last line),
/// so that no step is there twice; lines that are no rows stay where they are. Nothing to do where the file
/// does not exist. Returns the last step that is kept; 0: none. UserError where most lines are no rows, or
/// the file cannot be changed.
int64_t truncate_after(const std::filesystem::path& path, int64_t step);

/// All rows of the text of a log, which `name` names; a torn last line is ignored. Lines that are no rows, as
/// a damaged disk leaves them, are left out, and `left_out` becomes a sentence that counts them. UserError
/// where most lines are none.
std::vector<MetricsRow> metrics_from(std::string_view text, const std::string& name,
                                     std::string* left_out = nullptr);
/// Likewise of a file. UserError also where there is none.
std::vector<MetricsRow> read_metrics(const std::filesystem::path& path, std::string* left_out = nullptr);

}  // namespace weft
