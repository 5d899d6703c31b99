#include "weft/graph/device.h"

#include "weft/base/check.h"

namespace weft {

void Device::add(std::string_view op, KernelBinder binder) {
  WEFT_CHECK(binders_.emplace(std::string(op), std::move(binder)).second, "{}: two kernels for {}", name_,
             op);
}

Kernel Device::bind(const BindRequest& request) const {
  const auto found = binders_.find(request.op.name());
  if (found == binders_.end()) user_error("run.device: {} has no kernel for {}", name_, request.op.name());
  return found->second(request);
}

std::optional<PackedForm> Device::packed_form(const BindRequest& request) const {
  const auto found = packings_.find(request.op.name());
  return found != packings_.end() ? found->second(request) : std::nullopt;
}

Device& DeviceRegistry::add(const std::string& name) {
  const auto [at, added] = devices_.emplace(name, Device(name));
  WEFT_CHECK(added, "two devices named {}", name);
  return at->second;
}

const Device& DeviceRegistry::find(std::string_view name) const {
  if (const auto found = devices_.find(name); found != devices_.end()) {
    found->second.require();
    return found->second;
  }
  std::string all;
  for (const auto& [known, device] : devices_) all += (all.empty() ? "" : ", ") + known;
  user_error("run.device: there is no device \"{}\", expected one of {}", name, all);
}

}  // namespace weft
