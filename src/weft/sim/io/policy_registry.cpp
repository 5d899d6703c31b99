#include "weft/sim/io/policy_registry.h"

#include "weft/base/check.h"

namespace weft {

const IoPolicyRegistry& io_policies() {
  static const IoPolicyRegistry kRegistry = [] {
    IoPolicyRegistry registry;
    register_all_io_policies(registry);
    return registry;
  }();
  return kRegistry;
}

std::vector<std::string> io_policy_names() {
  std::vector<std::string> names;
  for (const auto& entry : io_policies().entries()) names.push_back(entry.name);
  return names;
}

std::optional<std::string> io_baseline() {
  for (const auto& entry : io_policies().entries()) {
    if (entry.is_baseline) return entry.name;
  }
  return std::nullopt;
}

std::unique_ptr<IoPolicy> make_io_policy(std::string_view name, const IoWorld& world) {
  for (const auto& entry : io_policies().entries()) {
    if (entry.name == name) return entry.make(world);
  }
  internal_error(__FILE__, __LINE__, "there is no policy {}", name);
}

}  // namespace weft
