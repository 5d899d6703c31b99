#include "weft/launch/mpirun_command.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

const MpiLauncher kOld{"mpirun", LauncherKind::open_mpi_4};
const MpiLauncher kNew{"mpirun", LauncherKind::open_mpi_5};
const MpiLauncher kHydra{"mpiexec", LauncherKind::hydra};
const std::vector<std::string> kTrain{"weft", "train", "a b.toml"};

LaunchMachine machine_of(int cores) {
  LaunchMachine machine;
  machine.cores = cores;
  return machine;
}

std::string text(const MpiLauncher& launcher, const LaunchPlace& place, const LaunchMachine& machine) {
  return shell_text(mpirun_command(launcher, place, machine, kTrain).words);
}

TEST(MpirunCommand, OfOneMachineBindsNothing) {
  const LaunchPlace place{.ranks = 4};
  EXPECT_EQ(text(kOld, place, machine_of(8)),
            "mpirun -n 4 --map-by slot:OVERSUBSCRIBE --bind-to none --mca odls_base_sigkill_timeout 3 "
            "-x WEFT_LAUNCHED=1 weft train 'a b.toml'");
  EXPECT_EQ(
      text(kNew, place, machine_of(8)),
      "mpirun -n 4 --map-by slot:OVERSUBSCRIBE --bind-to none -x WEFT_LAUNCHED=1 weft train 'a b.toml'");
  EXPECT_EQ(text(kHydra, place, machine_of(8)),
            "mpiexec -n 4 -bind-to none -genv WEFT_LAUNCHED 1 weft train 'a b.toml'");
}

TEST(MpirunCommand, TellsRanksWhereTheirTextEnds) {
  LaunchMachine machine = machine_of(8);
  machine.terminals = "stdout,stderr";
  for (const MpiLauncher& launcher : {kOld, kNew}) {
    EXPECT_NE(text(launcher, {}, machine).find(" -x WEFT_TERMINALS=stdout,stderr weft train"),
              std::string::npos);
  }
  EXPECT_NE(text(kHydra, {}, machine).find(" -genv WEFT_TERMINALS stdout,stderr weft train"),
            std::string::npos);
}

TEST(MpirunCommand, SaysThatRanksShareCores) {
  const LaunchCommand command = mpirun_command(kOld, {.ranks = 4}, machine_of(1), kTrain);
  ASSERT_EQ(command.remarks.size(), 1U);
  EXPECT_EQ(command.remarks[0], "launch: 4 ranks share the 1 core of this machine");
  EXPECT_NE(shell_text(command.words).find("--mca mpi_yield_when_idle 1"), std::string::npos);
}

TEST(MpirunCommand, RunsAsRootOnlyAsRoot) {
  LaunchMachine machine = machine_of(8);
  EXPECT_EQ(text(kOld, {}, machine).find("root"), std::string::npos);
  machine.is_root = true;
  EXPECT_NE(text(kOld, {}, machine).find(" --allow-run-as-root "), std::string::npos);
  EXPECT_NE(text(kNew, {}, machine).find(" --allow-run-as-root "), std::string::npos);
  EXPECT_EQ(text(kHydra, {}, machine).find("root"), std::string::npos);
}

TEST(MpirunCommand, CopiesThroughSharedMemoryWherePeersMayNotBeRead) {
  LaunchMachine machine = machine_of(8);
  machine.reads_peers = false;
  const LaunchCommand command = mpirun_command(kOld, {.ranks = 2}, machine, kTrain);
  EXPECT_NE(shell_text(command.words).find("--mca btl_vader_single_copy_mechanism none"), std::string::npos);
  EXPECT_EQ(command.remarks.size(), 1U);
  EXPECT_EQ(text(kNew, {.ranks = 2}, machine).find("vader"), std::string::npos);
}

TEST(MpirunCommand, LeavesToTheEnvironmentWhatItSets) {
  LaunchMachine machine = machine_of(1);
  machine.reads_peers = false;
  machine.environment = {{"OMPI_MCA_btl_vader_single_copy_mechanism", "emulated"},
                         {"OMPI_MCA_odls_base_sigkill_timeout", "60"},
                         {"OMPI_MCA_mpi_yield_when_idle", "0"}};
  EXPECT_EQ(text(kOld, {.ranks = 2}, machine).find("--mca"), std::string::npos);
}

TEST(MpirunCommand, OnOtherHostsForwardsTheEnvironmentAndLeavesSlotsToThem) {
  LaunchMachine machine = machine_of(1);
  machine.environment = {{"HOME", "/root"},
                         {"OMP_NUM_THREADS", "4"},
                         {"SLURM_PROCID", "0"},
                         {"SLURM_JOB_ID", "17"},
                         {"WEFT_LAUNCHED", "1"},
                         {"WEFT_TERMINALS", "none"},
                         {"LD_LIBRARY_PATH", "/opt/lib"},
                         {"PASSWORD", "secret"},
                         {"SLURM_JOB_END_TIME", "9"}};
  EXPECT_EQ(text(kOld, {.ranks = 8, .hostfile = "hosts", .grace_s = 30}, machine),
            "mpirun -n 8 --hostfile hosts --map-by slot --bind-to none --mca odls_base_sigkill_timeout 30 "
            "-x WEFT_LAUNCHED=1 -x OMP_NUM_THREADS -x SLURM_JOB_ID -x LD_LIBRARY_PATH -x SLURM_JOB_END_TIME "
            "weft train 'a b.toml'");
  EXPECT_NE(text(kNew, {.ranks = 8, .host = "a:4,b:4", .oversubscribe = true}, machine)
                .find("--host a:4,b:4 --map-by slot:OVERSUBSCRIBE"),
            std::string::npos);
  EXPECT_NE(text(kHydra, {.ranks = 8, .hostfile = "hosts"}, machine).find("-n 8 -f hosts "),
            std::string::npos);
  EXPECT_NE(text(kHydra, {.ranks = 8, .host = "a,b"}, machine).find("-n 8 -hosts a,b "), std::string::npos);
}

TEST(MpirunCommand, InASchedulersJobLeavesHostsToIt) {
  LaunchMachine machine = machine_of(2);
  machine.has_allocation = true;
  const LaunchCommand command = mpirun_command(kOld, {.ranks = 64}, machine, kTrain);
  EXPECT_TRUE(command.remarks.empty());
  EXPECT_NE(shell_text(command.words).find("--map-by slot --bind-to none"), std::string::npos);
}

TEST(ShellText, QuotesWhatAShellWouldChange) {
  EXPECT_EQ(shell_text({"a", "", "b c", "it's", "--set", "x=[1,2]", "$HOME", "ü"}),
            "a '' 'b c' 'it'\\''s' --set 'x=[1,2]' '$HOME' 'ü'");
}

}  // namespace
}  // namespace weft
