#include "weft/launch/mpi_launcher.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <sstream>

#include "weft/base/check.h"
#include "weft/launch/child_process.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

bool contains(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

std::optional<fs::path> program_of(const std::string& name) {
  if (contains(name, "/")) {
    if (access(name.c_str(), X_OK) == 0) return fs::path(name);
    return std::nullopt;
  }
  const char* folders = std::getenv("PATH");
  std::istringstream all(folders == nullptr ? "" : folders);
  for (std::string folder; std::getline(all, folder, ':');) {
    const fs::path path = fs::path(folder) / name;
    if (access(path.c_str(), X_OK) == 0 && !fs::is_directory(path)) return path;
  }
  return std::nullopt;
}

}  // namespace

std::optional<LauncherKind> launcher_kind(std::string_view version_text) {
  constexpr std::string_view kOpenMpi = "(Open MPI) ";
  if (const size_t at = version_text.find(kOpenMpi); at != std::string_view::npos) {
    int major = 0;
    const std::string_view rest = version_text.substr(at + kOpenMpi.size());
    std::from_chars(rest.data(), rest.data() + rest.size(), major);
    if (major < 1) return std::nullopt;
    return major < 5 ? LauncherKind::open_mpi_4 : LauncherKind::open_mpi_5;
  }
  if (contains(version_text, "HYDRA") || contains(version_text, "Intel(R) MPI")) return LauncherKind::hydra;
  return std::nullopt;
}

MpiLauncher find_launcher(const std::string& name, std::string_view library) {
  const std::optional<fs::path> path = program_of(name);
  if (!path) {
    user_error(
        "launch: there is no program {} here; install Open MPI (Debian: openmpi-bin), load its module, or "
        "name it with --mpirun",
        name);
  }
  const std::string text = output_of({path->string(), "--version"});
  const std::optional<LauncherKind> kind = launcher_kind(text);
  if (!kind) {
    user_error("launch: {} --version names neither Open MPI nor Hydra; name one of them with --mpirun",
               path->string());
  }
  const bool starts_open_mpi = *kind != LauncherKind::hydra;
  if (starts_open_mpi != contains(library, "Open MPI")) {
    user_error(
        "launch: {} is {}, and weft was built with {}: each rank would be alone; name the mpirun of that MPI "
        "with --mpirun",
        path->string(), starts_open_mpi ? "Open MPI's" : "Hydra, of MPICH or its kin",
        library.substr(0, library.find_first_of(",\n")));
  }
  return {*path, *kind};
}

}  // namespace weft
