#pragma once
#include "weft/train/report.h"
#include "weft/train/session.h"

namespace weft {

/// What the executor has counted: a report's input, less metrics and recipe.
ReportInput run_report(const Session& session, std::string sample);

/// Bytes that this rank sends in one run of the segment, as planned, by kind of communication.
std::map<std::string, int64_t> planned_network_bytes(const SegmentProgram& code);

/// Least bytes that the compute instructions of the segment move between memory and cores, as planned.
int64_t planned_memory_bytes(const SegmentProgram& code);

}  // namespace weft
