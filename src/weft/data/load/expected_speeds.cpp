#include "weft/data/load/expected_speeds.h"

#include <numeric>
#include <vector>

#include "weft/machine/transfer_time.h"

namespace weft {

ExpectedSpeeds expected_speeds(const Machine& machine, int ranks) {
  constexpr double kMsPerByte = 1e-3;  // of a second for 10^6 bytes
  ExpectedSpeeds speeds;
  const auto file_system = machine.storage.find(kFileSystem);
  if (file_system != machine.storage.end() && file_system->second.read) {
    speeds.source_ms_per_byte = kMsPerByte * storage_s(1, file_system->second.read->at(ranks) / ranks);
  }
  std::vector<int> all(static_cast<size_t>(ranks));
  std::iota(all.begin(), all.end(), 0);
  const NetworkLevel* level = machine.level_of(all);
  if (level != nullptr && level->mb_s) {
    speeds.peer_ms_per_byte = kMsPerByte * storage_s(1, network_mb_s(*level));
  }
  return speeds;
}

}  // namespace weft
