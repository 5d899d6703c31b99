// Double buffering, as in PyTorch's DataLoader and tf.data: samples are fetched ahead, always from the file
// system, and dropped after use.
#include "weft/sim/io/policy_registry.h"

namespace weft {

namespace {

class StagingBuffer final : public IoPolicy {
 public:
  void serve(const IoStep& /*step*/, double /*file_system_mb_s*/) override {}
};

}  // namespace

void register_staging_buffer(IoPolicyRegistry& registry) {
  registry.add("staging-buffer", "double buffering: fetched ahead, always from the file system",
               [](const IoWorld& /*world*/) { return std::make_unique<StagingBuffer>(); });
}

}  // namespace weft
