#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// Terms of a sum that nothing else reads, and that are computed element by element, are computed where they
/// are added.
Pass merge_terms();

}  // namespace weft
