#include "weft/base/stack.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

class Stack : public ::testing::Test {
 protected:
  Stack() { ::getrlimit(RLIMIT_STACK, &before_); }
  ~Stack() override {
    ::setrlimit(RLIMIT_STACK, &before_);
    ::unsetenv("OMP_STACKSIZE");
  }
  void limit(rlim_t bytes) const {
    const rlimit soft{bytes, before_.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_STACK, &soft), 0);
  }
  rlimit before_{};
};

TEST_F(Stack, ALimitBelowWhatKernelsNeedIsSaid) {
  limit(static_cast<rlim_t>(kLeastStack));
  EXPECT_NO_THROW(check_stack());
  limit(RLIM_INFINITY);
  EXPECT_NO_THROW(check_stack());
  limit(rlim_t{700} << 10);
  testing::expect_user_error(
      [] { check_stack(); },
      "the limit of a stack is 700 KiB here, expected at least 1024; say ulimit -s 8192 "
      "before");
}

TEST_F(Stack, SoIsThatOfOpenMP) {
  for (const char* fine : {"1024", "1024K", "1 M", "2g", "1048576B", "many", "12 parsecs"}) {
    ::setenv("OMP_STACKSIZE", fine, 1);
    EXPECT_NO_THROW(check_stack()) << fine;
  }
  for (const char* little : {"512", "1023k", " 0 m", "1048575b"}) {
    ::setenv("OMP_STACKSIZE", little, 1);
    testing::expect_user_error([] { check_stack(); },
                               "gives threads less stack than the 1024 KiB that kernels");
  }
}

}  // namespace
}  // namespace weft
