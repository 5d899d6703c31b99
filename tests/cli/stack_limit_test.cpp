// Of train/session/launch.cpp: what is looked at before ranks begin.
#include <sys/resource.h>

#include "tests/cli/command.h"

namespace weft::testing {
namespace {

TEST_F(Cli, AStackThatIsTooSmallIsOneSentence) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_STACK, &before), 0);
  const rlimit small{rlim_t{100} << 10, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_STACK, &small), 0);
  const Outcome train = run("train " + recipe() + " --out " + out());
  const Outcome listed = run("runs " + out());
  ASSERT_EQ(::setrlimit(RLIMIT_STACK, &before), 0);
  EXPECT_NE(listed.text.find("there is no folder"), std::string::npos) << listed.text;
  EXPECT_EQ(train.code, 1);
  EXPECT_EQ(
      train.text,
      "weft: the limit of a stack is 100 KiB here, expected at least 1024; say ulimit -s 8192 before\n");
}

}  // namespace
}  // namespace weft::testing
