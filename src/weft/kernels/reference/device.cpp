#include <cstdlib>
#include <cstring>

#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/graph/device.h"

namespace weft::reference {

namespace {

/// Memory that nobody but the kernels uses: whoever reads or writes a tensor of this device without an upload
/// or a download is caught on a machine that has no other device.
class OwnMemory final : public DeviceMemory {
 public:
  std::string_view name() const override { return "reference"; }
  std::byte* allocate(int64_t bytes) const override {
    const auto rounded = static_cast<size_t>(aligned(bytes + 1));  // none asks for nothing
    auto* data = static_cast<std::byte*>(std::aligned_alloc(kAlignment, rounded));
    if (data == nullptr)
      user_error("not enough memory: {} bytes cannot be had on the reference device", bytes);
    std::memset(data, 0, rounded);
    return data;
  }
  void release(std::byte* data, int64_t /*bytes*/) const override { std::free(data); }
  void upload(std::byte* device, const std::byte* host, int64_t bytes) const override {
    std::memcpy(device, host, static_cast<size_t>(bytes));
  }
  void download(std::byte* host, const std::byte* device, int64_t bytes) const override {
    std::memcpy(host, device, static_cast<size_t>(bytes));
  }
  void copy(std::byte* to, const std::byte* from, int64_t bytes) const override {
    std::memcpy(to, from, static_cast<size_t>(bytes));
  }
};

}  // namespace

void register_device(Device& device) {
  device.describe(
      "the definitions of the ops: f64 inside, one thread, slow; for tests and for questions of numerics");
  device.use_memory(std::make_shared<OwnMemory>());
}

}  // namespace weft::reference
