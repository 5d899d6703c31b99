#pragma once
// What the host sees of a Program whose device has memory of its own: inputs before a segment runs, outputs
// after it.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "weft/graph/device_memory.h"
#include "weft/graph/ids.h"
#include "weft/run/host_buffer.h"

namespace weft {

class HostSide {
 public:
  explicit HostSide(DeviceMemoryPtr memory) : memory_(std::move(memory)) {}

  void add_input(const std::string& name, const View& device);
  void add_output(SegmentId segment, const std::string& name, const View& device);

  /// The host's copy.
  View input(const std::string& name) const { return inputs_.at(name).host.view(); }
  View output(SegmentId segment, std::string_view name) const;
  /// From now on the input comes from `source`, or from its own copy again (null).
  void read_input_from(const std::string& name, const std::byte* source) { inputs_.at(name).source = source; }

  /// Before a segment. Allocates nothing, as the next.
  void upload() const;
  /// After a segment.
  void download(SegmentId segment) const;

 private:
  struct Mirror {
    HostBuffer host;
    View device;
    const std::byte* source = nullptr;  ///< inputs: null for `host`
  };
  DeviceMemoryPtr memory_;
  std::map<std::string, Mirror> inputs_;
  std::map<SegmentId, std::map<std::string, Mirror, std::less<>>> outputs_;
};

}  // namespace weft
