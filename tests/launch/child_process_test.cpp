#include "weft/launch/child_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "weft/base/check.h"

namespace weft {
namespace {

using std::chrono::milliseconds;

std::vector<std::string> shell(const std::string& command) { return {"/bin/sh", "-c", command}; }

/// The code of `pid`, once it has ended.
int code_of(const SupervisedProcesses& processes, pid_t pid) {
  for (int look = 0; look < 200; ++look) {
    if (const std::optional<int> code = SupervisedProcesses::reap(pid)) return *code;
    processes.wait_for_signal(milliseconds(50));
  }
  return -1;
}

TEST(OutputOf, IsBothStreams) {
  EXPECT_EQ(output_of(shell("echo a; echo b >&2")), "a\nb\n");
  EXPECT_EQ(output_of({"/nowhere/program"}), "");
}

TEST(SupervisedProcesses, EndWithTheCodeThatAShellWouldSay) {
  SupervisedProcesses processes;
  EXPECT_EQ(code_of(processes, processes.start(shell("exit 7"), {})), 7);
  EXPECT_EQ(code_of(processes, processes.start(shell("kill -9 $$"), {})), 137);
}

TEST(SupervisedProcesses, HaveTheirEnvironmentTheirOwnGroupAndNothingToRead) {
  SupervisedProcesses processes;
  EXPECT_EQ(code_of(processes, processes.start(shell("test \"$WEFT_TEST_VARIABLE\" = 'a b'"),
                                               {{"WEFT_TEST_VARIABLE", "a b"}})),
            0);
  EXPECT_EQ(code_of(processes, processes.start(shell("test $(ps -o pgid= $$) = $$ && ! read line"), {})), 0);
}

TEST(SupervisedProcesses, AreAskedToEndBySignalsThatTheyDoNotInherit) {
  SupervisedProcesses processes;
  const pid_t pid = processes.start(shell("sleep 100"), {});
  kill(getpid(), SIGTERM);  // noted, not obeyed
  EXPECT_EQ(processes.wait_for_signal(milliseconds(1000)), SIGTERM);
  kill(pid, SIGTERM);
  EXPECT_EQ(code_of(processes, pid), 143);
  EXPECT_EQ(processes.wait_for_signal(milliseconds(0)), 0);
}

TEST(SupervisedProcesses, ThatTheirParentLeftBehindAreFound) {
  SupervisedProcesses processes;
  EXPECT_EQ(code_of(processes, processes.start(shell("sleep 100 & sleep 100 & exit 0"), {})), 0);
  EXPECT_EQ(SupervisedProcesses::signal_descendants(0), 2);
  EXPECT_EQ(SupervisedProcesses::signal_descendants(SIGKILL), 2);
  for (int look = 0; look < 100 && SupervisedProcesses::signal_descendants(0) > 0; ++look) {
    processes.wait_for_signal(milliseconds(20));
    SupervisedProcesses::reap(0);
  }
  EXPECT_EQ(SupervisedProcesses::signal_descendants(0), 0);
}

TEST(SupervisedProcesses, OfAProgramThatIsNotThere) {
  SupervisedProcesses processes;
  try {
    processes.start({"/nowhere/program"}, {});
    FAIL() << "it started";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "launch: /nowhere/program cannot be started: No such file or directory");
  }
}

}  // namespace
}  // namespace weft
