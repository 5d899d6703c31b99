#pragma once
// report.html: what a run did, on one self-contained page (no external resources) that reads well on a phone,
// in light and in dark.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "weft/report/metrics_log.h"

namespace weft {

/// One kind of instruction of a step; `flops`, `bytes` and `total_ms` are sums over its `calls`.
struct OpTime {
  std::string name;
  /// The segment, as "accumulate", or what else a step does; bars are coloured by it.
  std::string phase;
  int64_t calls = 0;
  double total_ms = 0;
  int64_t flops = 0;
  int64_t bytes = 0;
};

/// Bytes of the arena in use while an instruction of the step runs.
struct MemoryPoint {
  int64_t instruction = 0;
  int64_t live_bytes = 0;
};

/// Bytes of one class ("arena, in memory", "network over data", …): what the plan predicted
/// beside what was counted.
struct ByteRow {
  std::string kind;
  int64_t predicted = 0;
  int64_t counted = 0;
};

/// Everything on the page; a section whose input is empty is left out.
struct ReportInput {
  std::string title;
  /// One line beneath the title: model, machine, ranks.
  std::string subtitle;
  std::string recipe;
  /// In order of steps.
  std::vector<MetricsRow> metrics;
  std::vector<OpTime> ops;
  std::vector<MemoryPoint> memory;
  /// What the plan reserves; 0 where there is none.
  int64_t arena_bytes = 0;
  std::string peak_op;
  std::vector<ByteRow> bytes;
  /// What the model wrote, where it writes.
  std::string sample;
  std::vector<std::string> notes;
};

/// The page. All text of the input is escaped.
std::string report_html(const ReportInput& input);

/// Writes the page to `path`. UserError where that fails.
void write_report(const std::filesystem::path& path, const ReportInput& input);

}  // namespace weft
