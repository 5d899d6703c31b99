#include "weft/optimizers/optimizer.h"

namespace weft {

const KindsOf<Optimizer>& Optimizer::kinds() {
  static const auto kKinds = KindsOf<Optimizer>::from(register_all_optimizers);
  return kKinds;
}

ValueId ParameterUpdate::state(const std::string& kind, const TensorType& type) const {
  return build.state(kind + "." + build.graph().value(parameter).name, type, {}, {kind});
}

}  // namespace weft
