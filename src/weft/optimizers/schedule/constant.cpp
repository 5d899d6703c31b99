#include "weft/optimizers/schedule/constant.h"

namespace weft {

void register_constant(KindsOf<Schedule>& kinds) { kinds.add<ConstantSchedule>(); }

}  // namespace weft
