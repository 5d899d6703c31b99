#include "weft/plan/copy_state.h"

#include <cstring>

namespace weft {

namespace {

class CopyState final : public Op {
 public:
  std::string_view name() const override { return "copy_state"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override { return {inputs[0]}; }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    IndexMap map;
    for (const int64_t size : inputs[0].shape) map.axes.push_back({"", size, AxisKind::parallel});
    map.inputs = {along_axes(0, static_cast<int>(map.axes.size()))};
    map.outputs = map.inputs;
    return map;
  }
  Traits traits() const override { return {.flops_per_point = 0}; }
};

}  // namespace

Instruction copy_state(const Slot& from, const Slot& to, const std::string& name,
                       const DeviceMemoryPtr& memory) {
  Instruction made;
  made.op = std::make_shared<CopyState>();
  made.label = name;
  made.inputs = {from};
  made.outputs = {to};
  made.kernel.run = [memory](const KernelContext& context) {
    const View& target = context.outputs[0];
    if (memory != nullptr) return memory->copy(target.data, context.inputs[0].data, target.bytes());
    std::memcpy(target.data, context.inputs[0].data, static_cast<size_t>(target.bytes()));
  };
  return made;
}

}  // namespace weft
