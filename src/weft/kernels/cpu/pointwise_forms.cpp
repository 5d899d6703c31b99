#include "weft/kernels/cpu/pointwise_forms.h"

namespace weft::kernels {

std::optional<PointwiseBody> find_pointwise_form(const PointwiseSpec&, std::span<const TensorType>,
                                                 std::span<const TensorType>) {
  return std::nullopt;
}

}  // namespace weft::kernels
