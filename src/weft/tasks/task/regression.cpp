#include "weft/tasks/task/regression.h"

namespace weft {

void register_regression(KindsOf<Task>& kinds) { kinds.add<Regression>(); }

}  // namespace weft
