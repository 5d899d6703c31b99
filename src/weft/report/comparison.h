#pragma once
#include <string>
#include <vector>

#include "weft/report/report.h"

namespace weft {

/// A run among those that are compared.
struct ComparedRun {
  std::string name;  ///< as people know it; names need not differ
  ReportInput input;
};

/// A line of a comparison: what of each run.
struct ComparedLine {
  std::string what;
  std::vector<std::string> values;  ///< in the order of the runs; "" where a run has none
};

/// How the runs went, side by side: state, steps, the loss at a quarter, half, three quarters and all of the
/// steps that all have reached, the best and the newest of every metric of the validation data, time of a
/// step.
std::vector<ComparedLine> compare_curves(const std::vector<ComparedRun>& runs);

/// Lines below a heading that numbers and names the runs; values too long for a column are cut.
std::string comparison_table(const std::vector<std::string>& names, const std::vector<ComparedLine>& lines);

}  // namespace weft
