#pragma once
// Whether what [data] names is there.
#include "weft/recipe/recipe.h"

namespace weft {

/// UserError naming the key where a file or folder that [data] names does not exist. A relative path is one
/// from the working directory, which the sentence names: a run that is resumed or evaluated from elsewhere
/// finds no data. Patterns of tar files ({000..999}) are left to whoever reads them.
void expect_data_there(const DataSection& data);

}  // namespace weft
