#pragma once
// report.html: what a run did, on one self-contained page (no external resources) that reads well on a phone,
// in light and in dark, and without a script.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "weft/report/metrics_log.h"
#include "weft/report/run_record.h"

namespace weft {

/// One computation of a step; times, `flops` and bytes are sums over its `calls`, of all parts of the run.
struct OpTime {
  std::string name;
  /// Of which kind it is: several computations may be of one kind, such as "pointwise".
  std::string kind;
  /// The segment, as "accumulate", or what else a step does; bars are coloured by it.
  std::string phase;
  /// The class of its work: "contraction", "normalisation", "element-wise", "movement".
  std::string work;
  int64_t calls = 0;
  double total_ms = 0;
  double predicted_ms = 0;
  double ceiling_ms = 0;  ///< at the rate of the ceiling that binds it
  double least_ms = 0;    ///< of the least bytes at the bandwidth of memory
  int64_t flops = 0;
  int64_t least_bytes = 0;
  int64_t bytes = 0;  ///< that its kernel moves between memory and cores

  /// Takes in what the other has counted.
  void add(const OpTime& other);
};

/// What a rank spent its time with. What is left of `wall_ms` is neither of these.
struct RankTime {
  std::string host;
  double wall_ms = 0;
  double compute_ms = 0;
  double communication_ms = 0;  ///< as much as the rank that spends least with the same
  double waiting_ms = 0;        ///< and what this one spends beyond it: for ranks that come later
  double loading_ms = 0;        ///< waiting for data, and putting them where the program reads them
  double keeping_ms = 0;        ///< checkpoints
};

/// Bytes of working memory in use while an operation of the step runs.
struct MemoryPoint {
  int64_t instruction = 0;
  int64_t live_bytes = 0;
};

/// Bytes of one class ("memory", "network over data", …): what the plan predicted beside what was counted.
struct ByteRow {
  std::string kind;
  int64_t predicted = 0;
  int64_t counted = 0;
  int64_t rounding = 0;  ///< so many more need no explanation: memory is counted in pages
};

/// Everything on the page; a section whose input is empty is left out.
struct ReportInput {
  std::string title;
  RunRecord run;
  /// Whether a process works on the run now; else a run that says that it goes on was killed.
  bool is_held = false;
  std::string recipe;
  /// In order of steps.
  std::vector<MetricsRow> metrics;
  std::vector<OpTime> ops;
  std::vector<RankTime> ranks;
  /// What the predicted times stand on, for people: the machine, and what of it nobody measured.
  std::string priced_for;
  std::vector<MemoryPoint> memory;
  /// What the plan reserves; 0 where there is none.
  int64_t planned_bytes = 0;
  std::string peak_op;
  std::vector<ByteRow> bytes;
  /// What the model wrote after `prompt`, where it writes.
  std::string prompt;
  std::string sample;
  int64_t sample_step = 0;
  std::vector<std::string> notes;
  std::string log_damage;  ///< lines of the log that could not be read, in a sentence; "": none
};

/// The page. All text of the input is escaped.
std::string report_html(const ReportInput& input);

/// Writes the page to `path`. UserError where that fails.
void write_report(const std::filesystem::path& path, const ReportInput& input);

}  // namespace weft
