// Any bytes are a machine that prices a collective and a reading by finite times, and is written and read
// again alike, or a UserError.
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#include "weft/base/check.h"
#include "weft/machine/machine.h"
#include "weft/machine/transfer_time.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(bytes), count);
    const weft::Machine machine = weft::parse_machine(text, "fuzz.json");
    const std::string written = weft::to_json(machine);
    WEFT_CHECK(weft::to_json(weft::parse_machine(written, "again.json")) == written, "{} changes", written);
    double last = 0;
    for (int ranks = 1; ranks <= 64; ++ranks) {
      std::vector<int> group(static_cast<size_t>(ranks));
      std::iota(group.begin(), group.end(), 0);
      const weft::NetworkLevel* level = machine.level_of(group);
      if (level == nullptr || level != machine.level_of(std::vector<int>{0})) break;
      const double s = weft::message_s(weft::for_group(*level, ranks), 1);
      WEFT_CHECK(std::isfinite(s) && s >= last * (1 - 1e-9), "{} ranks take {} s, fewer {} s", ranks, s,
                 last);
      last = s;
    }
    for (const auto& [name, rates] : machine.storage) {
      if (rates.read)
        WEFT_CHECK(std::isfinite(weft::storage_s(1, rates.read->at(3))), "{} has no rate", name);
    }
  } catch (const weft::UserError&) {
    return 0;
  }
  return 0;
}
