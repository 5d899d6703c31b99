#include "weft/launch/mpi_launcher.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "weft/base/check.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOpenMpi = "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4";
constexpr const char* kMpich = "MPICH Version:      4.1.2";

TEST(LauncherKind, IsWhatTheVersionSays) {
  EXPECT_EQ(launcher_kind("mpirun (Open MPI) 4.1.4\n\nReport bugs to http://…"), LauncherKind::open_mpi_4);
  EXPECT_EQ(launcher_kind("mpirun (Open MPI) 3.1.0"), LauncherKind::open_mpi_4);
  EXPECT_EQ(launcher_kind("mpirun (Open MPI) 5.0.11"), LauncherKind::open_mpi_5);
  EXPECT_EQ(launcher_kind("mpirun (Open MPI) 5.0.0rc12"), LauncherKind::open_mpi_5);
  EXPECT_EQ(launcher_kind("HYDRA build details:\n    Version:  4.1.2\n"), LauncherKind::hydra);
  EXPECT_EQ(launcher_kind("Intel(R) MPI Library for Linux* OS, Version 2021.9"), LauncherKind::hydra);
}

TEST(LauncherKind, OfSomethingElseIsNone) {
  EXPECT_FALSE(launcher_kind(""));
  EXPECT_FALSE(launcher_kind("ls (GNU coreutils) 9.1"));
  EXPECT_FALSE(launcher_kind("mpirun (Open MPI) soon"));
}

class FindLauncher : public ::testing::Test {
 protected:
  FindLauncher() : folder_(fs::temp_directory_path() / fmt::format("weft-launcher-{}", getpid())) {
    fs::create_directories(folder_);
  }
  ~FindLauncher() override { fs::remove_all(folder_); }

  std::string program(const std::string& says) const {
    const fs::path path = folder_ / "mpirun";
    std::ofstream(path) << "#!/bin/sh\necho '" << says << "'\n";
    fs::permissions(path, fs::perms::owner_all);
    return path.string();
  }
  std::string refusal(const std::string& name, const char* library) const {
    try {
      find_launcher(name, library);
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_;
};

TEST_F(FindLauncher, TakesThatOfTheMpiWhichWeftWasBuiltWith) {
  EXPECT_EQ(find_launcher(program("mpirun (Open MPI) 5.0.1"), kOpenMpi).kind, LauncherKind::open_mpi_5);
  EXPECT_EQ(find_launcher(program("HYDRA build details:"), kMpich).kind, LauncherKind::hydra);
}

TEST_F(FindLauncher, SaysWhatIsMissing) {
  const std::string none = (folder_ / "none").string();
  EXPECT_EQ(
      refusal(none, kOpenMpi),
      fmt::format("launch: there is no program {} here; install Open MPI (Debian: openmpi-bin), load its "
                  "module, or name it with --mpirun",
                  none));
  const std::string other = program("something else");
  EXPECT_EQ(
      refusal(other, kOpenMpi),
      fmt::format("launch: {} --version names neither Open MPI nor Hydra; name one of them with --mpirun",
                  other));
}

TEST_F(FindLauncher, RefusesTheLauncherOfAnotherMpi) {
  const std::string hydra = program("HYDRA build details:");
  EXPECT_EQ(refusal(hydra, kOpenMpi),
            fmt::format("launch: {} is Hydra, of MPICH or its kin, and weft was built with Open MPI v4.1.4: "
                        "each rank would be alone; name the mpirun of that MPI with --mpirun",
                        hydra));
  EXPECT_NE(refusal(program("mpirun (Open MPI) 4.1.4"), kMpich)
                .find("is Open MPI's, and weft was built with MPICH"),
            std::string::npos);
}

}  // namespace
}  // namespace weft
