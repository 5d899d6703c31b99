#pragma once
#include "weft/graph/device.h"
#include "weft/plan/passes/plan_options.h"
#include "weft/plan/program.h"

namespace weft {

/// The last step of planning: offsets for every buffer, kernels bound to their types, costs predicted.
/// UserError where a segment has more than one slot.
Program emit_program(const LocalGraph& local, const Device& device, const PlanOptions& options);

/// Bytes of staging that a communication of these operands needs between its start and its wait.
int64_t staging_bytes(const CommSpec& spec, std::span<const TensorType> operands);

}  // namespace weft
