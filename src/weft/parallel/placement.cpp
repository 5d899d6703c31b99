#include "weft/parallel/placement.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft {

std::vector<int> Placement::sharding_axes() const {
  std::vector<int> axes;
  for (const std::vector<int>& dim : sharded) axes.insert(axes.end(), dim.begin(), dim.end());
  std::sort(axes.begin(), axes.end());
  return axes;
}

Range owned_range(int64_t size, const std::vector<int>& axes, const Mesh& mesh, int rank) {
  Range range{0, size};
  for (const int a : axes) {
    const Range part = split_range(range.size(), mesh.axis(a).size, mesh.coordinate(rank, a));
    range = {range.begin + part.begin, range.begin + part.end};
  }
  return range;
}

Region owned_region(const Placement& placement, const Dims& shape, const Mesh& mesh, int rank) {
  Region region;
  for (size_t d = 0; d < shape.size(); ++d) {
    region.ranges.push_back(owned_range(shape[d], placement.sharded[d], mesh, rank));
  }
  return region;
}

std::string to_string(const Placement& placement, const Mesh& mesh) {
  std::string text;
  for (size_t d = 0; d < placement.sharded.size(); ++d) {
    for (const int a : placement.sharded[d]) {
      text += fmt::format("{}{}: Shard({})", text.empty() ? "" : ", ", mesh.axis(a).name, d);
    }
  }
  for (const int a : placement.partial) {
    text += fmt::format("{}{}: Partial({})", text.empty() ? "" : ", ", mesh.axis(a).name,
                        name_of(placement.combine));
  }
  return text.empty() ? "Replicate" : text;
}

}  // namespace weft
