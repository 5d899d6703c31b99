#include "weft/base/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace weft {
namespace {

constexpr const char* kTold = "WEFT_TERMINALS";

/// While it lives, a terminal stands where a descriptor leads; nobody tells of any.
class TerminalAt {
 public:
  explicit TerminalAt(int descriptor) : descriptor_(descriptor), before_(::dup(descriptor)) {
    ::unsetenv(kTold);
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    ::dup2(terminal, descriptor);
    ::close(terminal);
  }
  ~TerminalAt() {
    ::unsetenv(kTold);
    ::dup2(before_, descriptor_);
    ::close(before_);
  }
  TerminalAt(const TerminalAt&) = delete;
  TerminalAt& operator=(const TerminalAt&) = delete;

 private:
  int descriptor_;
  int before_;
};

TEST(Terminal, IsWhatTheSystemSays) {
  const TerminalAt error(STDERR_FILENO);
  EXPECT_TRUE(is_terminal(STDERR_FILENO));
  EXPECT_FALSE(is_terminal(-1));
}

TEST(Terminal, OfARankIsWhatLaunchSays) {
  const TerminalAt out(STDOUT_FILENO);
  const TerminalAt error(STDERR_FILENO);
  ::setenv(kTold, "none", 1);
  EXPECT_FALSE(is_terminal(STDOUT_FILENO));
  EXPECT_FALSE(is_terminal(STDERR_FILENO));
  ::setenv(kTold, "stdout", 1);
  EXPECT_TRUE(is_terminal(STDOUT_FILENO));
  EXPECT_FALSE(is_terminal(STDERR_FILENO));
}

TEST(Terminal, OfOtherDescriptorsIsNotLaunchs) {
  const TerminalAt out(STDOUT_FILENO);
  ::setenv(kTold, "none", 1);
  const int other = ::dup(STDOUT_FILENO);
  EXPECT_TRUE(is_terminal(other));
  ::close(other);
}

TEST(Terminal, WhatIsToldIsReadAlike) {
  for (const char* told : {"none", "stdout", "stderr", "stdout,stderr"}) {
    ::setenv(kTold, told, 1);
    EXPECT_EQ(terminals_told(), told);
  }
  ::unsetenv(kTold);
}

}  // namespace
}  // namespace weft
