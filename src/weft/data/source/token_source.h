#pragma once
// A token file (data/text/token_file.h) as samples: sample i is the tokens [i w, (i + 1) w + 1) with w =
// SourceOptions::window, so that it holds the inputs and, one further, the targets. Field "tokens", i32
// [w + 1]. Tokens at the end that fill no window are left out.
#include <memory>

#include "weft/data/source/source_registry.h"

namespace weft {

/// UserError as open_source.
std::unique_ptr<Source> open_tokens(const SourcePlace& place, const SourceOptions& options);

}  // namespace weft
