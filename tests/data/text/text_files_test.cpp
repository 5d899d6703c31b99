#include "weft/data/text/text_files.h"

#include <sys/stat.h>

#include "tests/data/source/source_fixture.h"
#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::expect_user_error;

class TextFilesTest : public SourceTest {};

TEST_F(TextFilesTest, WhatIsLeftOutOfAFolderIsCounted) {
  const fs::path text = folder_ / "text";
  write(text / "b/two.txt", "cd");
  write(text / "a.txt", "ab");
  EXPECT_EQ(find_text(text, "--text").left_out, "");
  write(text / "utf16.txt", std::string("a\0b\0", 4));
  write(text / ".git/HEAD", "ref");
  write(text / ".hidden", "x");
  fs::create_symlink("a.txt", text / "link.txt");
  fs::create_symlink("nowhere", text / "dangling.txt");
  ASSERT_EQ(::mkfifo((text / "pipe").c_str(), 0600), 0);
  const TextFiles found = find_text(text, "--text");
  EXPECT_EQ(found.paths, (std::vector<fs::path>{text / "a.txt", text / "b/two.txt"}));
  EXPECT_EQ(found.left_out,
            "--text: 6 files in " + text.string() + " left out, such as " + (text / ".git").string() +
                ": 1 with a zero byte (binary, or UTF-16), 2 whose name begins with a dot, 1 behind "
                "a link that leads nowhere, 1 read already by another name, 1 special (device, pipe or "
                "socket)");
}

TEST_F(TextFilesTest, APatternNamesFiles) {
  for (const char* name : {"b.txt", "a.txt", "c.md"}) write(folder_ / name, "ab");
  fs::create_directories(folder_ / "d.txt");
  ASSERT_EQ(::mkfifo((folder_ / "e.txt").c_str(), 0600), 0);
  const TextFiles found = find_text(folder_ / "*.txt", "--text");
  EXPECT_EQ(found.paths, (std::vector<fs::path>{folder_ / "a.txt", folder_ / "b.txt"}));
  EXPECT_EQ(found.left_out, "--text: 1 file in " + found.root.string() + " left out, " +
                                (folder_ / "e.txt").string() + ": 1 special (device, pipe or socket)");
  expect_user_error([&] { find_text(folder_ / "*.rst", "--text"); },
                    "--text: " + (folder_ / "*.rst").string() + ": no file has this name");
  expect_user_error([&] { find_text(folder_ / "{7..8}.txt", "--text"); },
                    "--text: " + (folder_ / "7.txt").string() + " cannot be read: No such file or directory");
}

TEST_F(TextFilesTest, LinksToFoldersAreFollowedOnce) {
  const fs::path text = folder_ / "text";
  write(text / "b/two.txt", "cd");
  write(folder_ / "other/sub/one.txt", "ab");
  fs::create_directory_symlink(".", text / "a_loop");
  fs::create_directory_symlink("b", text / "a_same");
  fs::create_directory_symlink("../other", text / "a_other");
  fs::create_directory_symlink("../other", text / "again");
  fs::create_directory_symlink("..", folder_ / "other/loop");
  const TextFiles found = find_text(text, "--text");
  EXPECT_EQ(found.paths, (std::vector<fs::path>{text / "a_other/sub/one.txt", text / "b/two.txt"}));
  EXPECT_EQ(found.left_out, "");
}

TEST_F(TextFilesTest, AFolderOfBinaryFilesIsNoText) {
  write(folder_ / "a.txt", "ab");
  write(folder_ / "b.png", std::string("\0", 1));
  EXPECT_NO_THROW(find_text(folder_, "--text"));
  write(folder_ / "c.png", std::string("\0", 1));
  expect_user_error([&] { find_text(folder_, "--text"); },
                    "--text: 2 of 3 files in " + folder_.string() +
                        " have a zero byte and are taken for binary, expected text in most");
  expect_user_error([&] { find_text(folder_ / "c.png", "--text"); },
                    "c.png has a zero byte and is taken for binary (or UTF-16), expected text");
}

TEST_F(TextFilesTest, ATokenFileIsKnownByItsNameOrItsBytes) {
  write(folder_ / "a.bin", std::string("WEFTTOK1\0", 9));
  EXPECT_EQ(find_text(folder_ / "a.bin", "--text").paths.size(), 1U);
  write(folder_ / "b.tokens", std::string("\0", 1));
  EXPECT_TRUE(is_token_file(folder_ / "b.tokens"));
  EXPECT_FALSE(is_token_file(folder_ / "none"));
}

TEST_F(TextFilesTest, DevicesAndPipesAreNotRead) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  for (const std::string& path : {std::string("/dev/zero"), (folder_ / "pipe").string()}) {
    expect_user_error([&] { find_text(path, "data.path"); },
                      "data.path: " + path + " is a device or a pipe, expected a file or a folder of text");
  }
}

}  // namespace
}  // namespace weft
