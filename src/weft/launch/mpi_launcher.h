#pragma once
// Which program starts ranks on this machine, and which habits it has.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace weft {

/// Programs called mpirun differ in their options and in how they end a job.
enum class LauncherKind : uint8_t { open_mpi_4, open_mpi_5, hydra };

/// What `mpirun --version` says it is; nothing where it is none of them. `hydra` is MPICH's, and that of its
/// kin.
std::optional<LauncherKind> launcher_kind(std::string_view version_text);

struct MpiLauncher {
  std::filesystem::path path;
  LauncherKind kind = LauncherKind::open_mpi_4;
};

/// The mpirun that `name` means: a path, or a program of PATH. UserError where there is none, where it is of
/// no known kind, or where it starts ranks of another MPI than `library` (as MPI_Get_library_version has it).
MpiLauncher find_launcher(const std::string& name, std::string_view library);

}  // namespace weft
