#include "weft/graph/op_reference.h"

#include <fmt/format.h>

namespace weft {

namespace {

std::string attribute_rows(const Op& op) {
  std::string text;
  for (const Attribute& attribute : op.attributes()) {
    if (text.empty()) text = "\n| attribute | type | meaning |\n|---|---|---|\n";
    text += fmt::format("| `{}` | {} | {} |\n", attribute.name, attribute.type, attribute.meaning);
  }
  return text;
}

std::string kernels_of(const std::string& op, const DeviceRegistry& devices) {
  std::string text;
  for (const auto& [name, device] : devices.devices()) {
    if (device.has(op)) text += (text.empty() ? "" : ", ") + name;
  }
  return text.empty() ? "none" : text;
}

}  // namespace

std::string op_reference(const OpRegistry& ops, const DeviceRegistry& devices) {
  std::string text =
      "# Ops\n\nMade by `build/weft inspect --ops > docs/ops.md` from the ops' schemas. How to add one: "
      "[add-an-op.md](add-an-op.md).\n\n| device | what it is |\n|---|---|\n";
  for (const auto& [name, device] : devices.devices()) {
    text += fmt::format("| `{}` | {} |\n", name, device.meaning());
  }
  for (const auto& [name, prototype] : ops.prototypes()) {
    text += fmt::format("\n## {}\n\n{}\n{}\nKernels: {}.\n", name, prototype->meaning(),
                        attribute_rows(*prototype), kernels_of(name, devices));
  }
  return text;
}

}  // namespace weft
