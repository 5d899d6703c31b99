#include "weft/tasks/task/classification.h"

namespace weft {

void register_classification(KindsOf<Task>& kinds) { kinds.add<Classification>(); }

}  // namespace weft
