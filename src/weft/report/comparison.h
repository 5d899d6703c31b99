#pragma once
#include <optional>
#include <string>
#include <vector>

#include "weft/report/report.h"
#include "weft/report/verdict.h"

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

/// What was measured on the validation data of any of the runs, as measured_on_validation() names it.
std::vector<std::string> names_of_measured(const std::vector<ComparedRun>& runs);
/// Nothing where it was not measured.
std::optional<Measured> find_measured(const ReportInput& input, const std::string& name);

/// How the runs went, side by side: state, steps, the mean loss of the steps up to a quarter, half, three
/// quarters and all of those that all have reached, the best and the last of what was measured on validation
/// data, time of a step.
std::vector<ComparedLine> compare_courses(const std::vector<ComparedRun>& runs);

/// Lines below a heading that numbers and names the runs; values too long for a column are cut.
std::string comparison_table(const std::vector<ComparedRun>& runs, const std::vector<ComparedLine>& lines);

/// What the recipes do not tell, as they are those of the newest part of each run: "2: runs/b: resumed after
/// step 183 with changes: optimizer.learning_rate 0.003 -> 0.0001".
std::vector<std::string> comparison_notes(const std::vector<ComparedRun>& runs);

/// A page with both tables whole and every curve of all runs in one chart each; `keys`: what differs in the
/// recipes.
std::string comparison_html(const std::vector<ComparedRun>& runs, const std::vector<ComparedLine>& keys);

}  // namespace weft
