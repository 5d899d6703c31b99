// Any bytes are a scenario or a UserError, and a small scenario can be simulated.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "weft/base/check.h"
#include "weft/sim/io/simulate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  constexpr int64_t kSmall = 2000;
  try {
    const std::string_view text(reinterpret_cast<const char*>(bytes), count);
    const weft::IoScenario scenario = weft::parse_io_scenario(text, "fuzz.toml");
    if (scenario.samples * scenario.epochs > kSmall || scenario.ranks > kSmall) return 0;
    for (const weft::IoResult& run : weft::simulate_io(scenario, nullptr).runs) {
      WEFT_CHECK(!std::isnan(run.seconds) && run.seconds >= 0, "{} takes {} s", run.policy, run.seconds);
    }
  } catch (const weft::UserError&) {
    return 0;
  }
  return 0;
}
