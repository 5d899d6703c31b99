#include "weft/run/host_side.h"

#include "weft/base/check.h"

namespace weft {

void HostSide::add_input(const std::string& name, const View& device) {
  inputs_.emplace(name, Mirror{HostBuffer(device.type), device});
}

void HostSide::add_output(SegmentId segment, const std::string& name, const View& device) {
  outputs_[segment].emplace(name, Mirror{HostBuffer(device.type), device});
}

View HostSide::output(SegmentId segment, std::string_view name) const {
  return outputs_.at(segment).find(name)->second.host.view();
}

void HostSide::upload() const {
  for (const auto& [name, input] : inputs_) {
    const std::byte* source = input.source != nullptr ? input.source : input.host.view().data;
    memory_->upload(input.device.data, source, input.device.bytes());
  }
}

void HostSide::download(SegmentId segment) const {
  const auto found = outputs_.find(segment);
  if (found == outputs_.end()) return;
  for (const auto& [name, output] : found->second) {
    memory_->download(output.host.view().data, output.device.data, output.device.bytes());
  }
}

}  // namespace weft
