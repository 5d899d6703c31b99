#include "weft/plan/node_prices.h"

#include "weft/graph/op.h"

namespace weft {

Price NodePrices::of(const Op& op, std::span<const TensorType> inputs, std::span<const TensorType> outputs,
                     int64_t extra_bytes) {
  const CommSpec* spec = op.communication();
  if (spec == nullptr) return price({op, inputs, outputs, {}, extra_bytes}, options_.machine);
  std::vector<int>& group = groups_[spec->mesh_axes];
  if (group.empty()) group = options_.mesh.group(options_.rank, spec->mesh_axes);
  return price({op, inputs, outputs, group}, options_.machine);
}

}  // namespace weft
