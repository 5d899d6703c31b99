#include "weft/base/environment.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(Environment, SaysHowTheProcessWasStarted) {
  EXPECT_NE(command_line().find("test_"), std::string::npos) << command_line();
}

TEST(Environment, WordsOfTheCommandAreAsAShellReadsThem) {
  EXPECT_EQ(shell_word("--set"), "--set");
  EXPECT_EQ(shell_word("data.path=/a b"), "'data.path=/a b'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(Environment, NamesTheProcessorInOneLine) { EXPECT_EQ(processor_name().find('\n'), std::string::npos); }

}  // namespace
}  // namespace weft
