#pragma once
#include "weft/report/report.h"
#include "weft/train/session/session.h"

namespace weft {

/// Fills in what the executor has counted, and what the data had to say: times by op, memory, bytes, notes.
void add_counted(const Session& session, ReportInput& input);

/// Adds the times of an earlier part of the same run.
void add_earlier(const ReportInput& earlier, ReportInput& input);

}  // namespace weft
