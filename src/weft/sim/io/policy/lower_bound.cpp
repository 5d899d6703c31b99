// What no loading can be faster than: every sample is there when it is asked for.
#include <algorithm>

#include "weft/sim/io/policy_registry.h"

namespace weft {

namespace {

class LowerBound final : public IoPolicy {
 public:
  void serve(const IoStep& step, double /*file_system_mb_s*/) override {
    for (IoAccess& access : step.accesses) access.served.from = Served::From::at_once;
  }
};

}  // namespace

void register_lower_bound(IoPolicyRegistry& registry) {
  registry.add("lower-bound", "no sample is ever waited for",
               [](const IoWorld& /*world*/) { return std::make_unique<LowerBound>(); });
}

}  // namespace weft
