#include "weft/base/printable.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace weft {
namespace {

TEST(Printable, TextStaysAsItIs) {
  for (const std::string_view text : {"", "to be\n\tor not", "Größe \u4e2d\u00a0\U0001f600", "~"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, WhatATerminalWouldObeyIsReadInstead) {
  EXPECT_EQ(printable("a\x1b[2Jb\r\x7f\a"), "a\\x1b[2Jb\\x0d\\x7f\\x07");
  EXPECT_EQ(printable(std::string_view("\0z", 2)), "\\x00z");
  EXPECT_EQ(printable("\u009b2J\u0080"), "\\xc2\\x9b2J\\xc2\\x80");
}

TEST(Printable, BytesThatAreNoTextAreRead) {
  EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(printable("gr\xc3\xbc\xc3"), "gr\xc3\xbc\\xc3");
  EXPECT_EQ(printable("\x9b"
                      "2J"),
            "\\x9b2J");
  EXPECT_EQ(printable("\xe2\x82z"), "\\xe2\\x82z");
}

TEST(Printable, OnlyATerminalIsSpared) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  EXPECT_EQ(printable_on(terminal, "\x1b"), "\\x1b");
  close(terminal);
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  EXPECT_EQ(printable_on(pipe[1], "\x1b\xff"), "\x1b\xff");
  for (const int end : pipe) close(end);
}

}  // namespace
}  // namespace weft
