#include "weft/tasks/loss.h"

namespace weft {

const KindsOf<Loss>& Loss::kinds() {
  static const auto kKinds = KindsOf<Loss>::from(register_all_losses);
  return kKinds;
}

}  // namespace weft
