#include "weft/graph/op_registry.h"

#include "weft/base/check.h"

namespace weft {

void OpRegistry::add(OpDefinition definition) {
  std::string name = definition.name;
  WEFT_CHECK(definitions_.emplace(name, std::move(definition)).second, "two ops named {}", name);
}

Kernel OpRegistry::bind(Device device, const BindRequest& request) const {
  const auto found = definitions_.find(request.op.name());
  WEFT_CHECK(found != definitions_.end(), "no kernel is registered for {}", request.op.name());
  switch (device) {
    case Device::cpu:
      return found->second.cpu(request);
  }
  internal_error(__FILE__, __LINE__, "unknown device");
}

}  // namespace weft
