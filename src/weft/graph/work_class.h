#pragma once
// What kind of work a node is: Ivanov et al., "Data Movement Is All You Need" (MLSys 2021), section 2.3.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "weft/graph/op.h"

namespace weft {

enum class WorkClass : uint8_t {
  contraction,    ///< products, summed: matrix products, convolutions, attention
  normalisation,  ///< other work that reduces along an axis: sums, means, norms, a softmax, pooling
  elementwise,    ///< arithmetic without a reduction
  movement,       ///< no arithmetic: copies, transposes, gathers, packing, communication
};
inline constexpr std::array kWorkClasses = {WorkClass::contraction, WorkClass::normalisation,
                                            WorkClass::elementwise, WorkClass::movement};

/// "contraction", "normalisation", "element-wise", "movement".
std::string_view name_of(WorkClass work);

/// Follows from the op's traits, its arithmetic and its index map.
WorkClass class_of(const Op& op, std::span<const TensorType> inputs, std::span<const TensorType> outputs);

}  // namespace weft
