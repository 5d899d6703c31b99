#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// See its description, or docs/passes.md.
Pass separate_attention();

}  // namespace weft
