#pragma once
#include "weft/train/report.h"
#include "weft/train/session.h"

namespace weft {

/// What the executor has counted: a report's input, less metrics and recipe.
ReportInput run_report(const Session& session, std::string sample);

/// What is sent over a group of ranks, for people: "network over data, tensor".
std::string network_name(const Mesh& mesh, const std::vector<int>& axes);

}  // namespace weft
