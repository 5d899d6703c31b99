#include "weft/graph/op_registry.h"

#include "weft/base/check.h"

namespace weft {

void OpRegistry::add(OpDefinition definition) {
  std::string name(definition.prototype->name());
  WEFT_CHECK(definitions_.emplace(name, std::move(definition)).second, "two ops named {}", name);
}

}  // namespace weft
