#pragma once
#include "weft/report/report.h"
#include "weft/train/session/session.h"

namespace weft {

/// What the executor has counted: a report's input, less metrics and recipe.
ReportInput run_report(const Session& session, std::string sample);

}  // namespace weft
