#include "weft/tasks/task/language_modelling.h"

namespace weft {

void register_language_modelling(KindsOf<Task>& kinds) { kinds.add<LanguageModelling>(); }

}  // namespace weft
