#pragma once
// Which cores of this host the process may use, and which of them nobody else has bound threads to.
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace weft {

/// The cores of the process's affinity mask at its start, before any thread was bound.
const std::vector<int>& cores_of_process();

/// Cores' worth of time that control groups grant (a container with --cpus=2); nothing where they set no
/// limit. `root`: of the file system, "/" but in tests.
std::optional<double> core_quota_under(const std::filesystem::path& root);

/// Cores that this process may keep busy: of its affinity mask, its control groups' quota, and what Slurm has
/// given the job on this host or the task. At least one.
int available_cores();

/// The first `count` of `cores` that no other process has claimed, claimed for as long as this process lives;
/// fewer, and nothing claimed, where there are not that many. Claims are advisory locks of one file a core,
/// so that two jobs on one host do not bind their threads to the same ones.
std::vector<int> claim_cores(std::span<const int> cores, int count);

}  // namespace weft
