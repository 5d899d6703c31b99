// Nothing is kept and nothing fetched ahead: each sample is read when it is asked for.
#include "weft/sim/io/policy_registry.h"

namespace weft {

namespace {

class Naive final : public IoPolicy {
 public:
  void serve(const IoStep& step, double /*file_system_mb_s*/) override {
    for (IoAccess& access : step.accesses) access.served.on_demand = true;
  }
};

}  // namespace

void register_naive(IoPolicyRegistry& registry) {
  const auto make = [](const IoWorld& /*world*/) { return std::make_unique<Naive>(); };
  registry.add("naive", "read from the file system when asked for", make, /*is_baseline=*/true);
}

}  // namespace weft
