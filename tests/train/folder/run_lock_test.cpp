#include "weft/train/folder/run_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/ops/expect_error.h"
#include "weft/base/environment.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class RunLockTest : public ::testing::Test {
 protected:
  RunLockTest() { fs::create_directories(folder_); }
  ~RunLockTest() override { fs::remove_all(folder_); }
  const Communicator world_ = Communicator::world();
  fs::path folder_ = fs::temp_directory_path() / fmt::format("weft-lock-{}", getpid());
};

TEST_F(RunLockTest, ASecondRunIsRefusedAndToldWhoIsThere) {
  EXPECT_FALSE(RunLock::is_held(folder_));
  {
    const RunLock first(folder_, world_);
    EXPECT_TRUE(RunLock::is_held(folder_));
    std::string refusal;
    try {
      const RunLock second(folder_, world_);
    } catch (const UserError& error) {
      refusal = error.what();
    }
    EXPECT_TRUE(refusal.starts_with(fmt::format("--out {}: another run writes there now (process {} of host ",
                                                folder_.string(), getpid())))
        << refusal;
    EXPECT_TRUE(refusal.ends_with("; name another folder, or wait for its end")) << refusal;
  }
  EXPECT_FALSE(RunLock::is_held(folder_));
  const RunLock later(folder_, world_);
}

TEST_F(RunLockTest, ItEndsWithItsProcess) {
  const pid_t child = fork();
  if (child == 0) {
    const RunLock lock(folder_, world_);
    _exit(RunLock::is_held(folder_) ? 3 : 4);  // as if killed: nothing is cleaned up
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 3);
  EXPECT_FALSE(RunLock::is_held(folder_));
}

TEST_F(RunLockTest, AFolderThatCannotBeWrittenIsOneSentence) {
  testing::expect_user_error([&] { const RunLock lock(folder_ / "none", world_); },
                             fmt::format("--out {}: no file can be made there: No such file or directory",
                                         (folder_ / "none").string()));
}

/// While it lives, one more file can be opened.
class OneDescriptor {
 public:
  OneDescriptor() {
    const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(next);
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit one{static_cast<rlim_t>(next + 1), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &one);
  }
  ~OneDescriptor() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  OneDescriptor(const OneDescriptor&) = delete;
  OneDescriptor& operator=(const OneDescriptor&) = delete;

 private:
  rlimit before_{};
};

TEST_F(RunLockTest, ARankThatCannotReadSaysWhy) {
  // Copies: a sanitizer opens files to look at an object whose members are used.
  const fs::path folder = folder_;
  const Communicator& world = world_;
  const OneDescriptor for_the_lock;
  testing::expect_user_error(
      [&] { const RunLock lock(folder, world); },
      fmt::format("--out {}: rank 0 on host {} cannot read what rank 0 wrote there: Too many open files",
                  folder.string(), host_name()));
}

}  // namespace
}  // namespace weft
