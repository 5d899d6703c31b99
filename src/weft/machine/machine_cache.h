#pragma once
// Where `weft probe` keeps what it measured, and plans find it again.
#include <filesystem>
#include <optional>
#include <string>

#include "weft/machine/machine.h"

namespace weft {

/// $XDG_CACHE_HOME/weft, else ~/.cache/weft; nothing where the environment names neither by an absolute path.
std::optional<std::filesystem::path> machine_cache_folder();

/// The place in a cache of rates of this processor, these ranks on a host and these threads, such as
/// machine-amd-epyc-9b14-2-cores-1x2.json. The version of oneDNN is not part of it: what another version has
/// measured is found, and said.
std::filesystem::path cached_machine_path(const std::filesystem::path& folder, const MeasuredOn& here);

/// What a cache has.
struct CachedMachine {
  std::optional<Machine> machine;
  /// Why a file that is there is of no use: it cannot be read, says what cannot be, or was measured with
  /// something else. A sentence without an end.
  std::string trouble;
};
CachedMachine read_cached_machine(const std::filesystem::path& folder, const MeasuredOn& here);

/// Writes the description; what was there stays until the new is whole. UserError.
void write_machine(const Machine& machine, const std::filesystem::path& path);

}  // namespace weft
