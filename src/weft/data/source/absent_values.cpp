#include "weft/data/source/absent_values.h"

#include <algorithm>

namespace weft {

bool AbsentValues::includes(int64_t stored) const {
  const Bounds<int64_t> bounds = bounds_of<int64_t>(*this);
  const std::vector<int64_t> all = values_as<int64_t>(*this);
  return stored < bounds.least || stored > bounds.most ||
         std::find(all.begin(), all.end(), stored) != all.end();
}

}  // namespace weft
