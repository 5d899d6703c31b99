#include "weft/store/files_together.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/ops/expect_error.h"
#include "weft/base/text_file.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class FilesTogetherTest : public ::testing::Test {
 protected:
  FilesTogetherTest() { fs::create_directories(folder_); }
  ~FilesTogetherTest() override { fs::remove_all(folder_); }
  int64_t entries() const { return std::distance(fs::directory_iterator(folder_), fs::directory_iterator()); }
  fs::path folder_ = fs::temp_directory_path() / fmt::format("weft-together-{}", getpid());
};

TEST_F(FilesTogetherTest, HaveTheirNamesWhenAllAreWhole) {
  const fs::path inner = folder_ / "a/b";
  FilesTogether files(inner, "--to");
  files.add("one").append("1");
  files.add("two").append("22");
  EXPECT_FALSE(fs::exists(inner / "one"));
  files.commit();
  EXPECT_EQ(read_text(inner / "one", "file"), "1");
  EXPECT_EQ(read_text(inner / "two", "file"), "22");
  EXPECT_EQ(std::distance(fs::directory_iterator(inner), fs::directory_iterator()), 2);
}

TEST_F(FilesTogetherTest, AnErrorLeavesWhatWasThere) {
  for (const char* name : {"one", "two"}) std::ofstream(folder_ / name) << "older";
  fs::create_symlink("/dev/full", PartFile::part_of(folder_ / "two"));
  {
    FilesTogether files(folder_, "--to");
    files.add("one").append("newer");
    files.add("two").append("2");
    testing::expect_user_error([&] { files.commit(); },
                               "could not write " + (folder_ / "two").string() + ": No space left on device");
  }
  for (const char* name : {"one", "two"}) EXPECT_EQ(read_text(folder_ / name, "file"), "older");
  EXPECT_EQ(entries(), 2);
}

/// Wherever a kill, or an error as here, ends it while it gives the names, the last file is not there.
TEST_F(FilesTogetherTest, TheLastNameIsTakenAwayFirstAndGivenLast) {
  for (const std::string stop_at : {"one", "two"}) {
    for (const char* name : {"one", "two", "last"}) std::ofstream(folder_ / name) << "older";
    FilesTogether files(folder_, "--to");
    for (const char* name : {"one", "two", "last"}) files.add(name).append("newer");
    fs::remove(folder_ / stop_at);
    fs::create_directories(folder_ / stop_at);  // whose name cannot be given
    testing::expect_user_error([&] { files.commit(); },
                               "could not name " + (folder_ / stop_at).string() + ": Is a directory");
    EXPECT_FALSE(fs::exists(folder_ / "last")) << stop_at;
    const bool is_first = stop_at == "one";
    EXPECT_EQ(read_text(folder_ / (is_first ? "two" : "one"), "file"), is_first ? "older" : "newer");
    fs::remove(folder_ / stop_at);
  }
}

TEST_F(FilesTogetherTest, ThatAreOneTakeNothingAwayFirst) {
  std::ofstream(folder_ / "one") << "older";
  FilesTogether files(folder_, "--to");
  files.add("one").append("newer");
  fs::remove(PartFile::part_of(folder_ / "one"));
  testing::expect_user_error([&] { files.commit(); }, "could not name ");
  EXPECT_EQ(read_text(folder_ / "one", "file"), "older");
}

TEST_F(FilesTogetherTest, LeavesNoFolderThatItHadToMake) {
  {
    FilesTogether files(folder_ / "a/b/", "--to");
    files.add("one").append("1");
    EXPECT_EQ(entries(), 1);
  }
  EXPECT_EQ(entries(), 0);
  std::ofstream(folder_ / "file") << "x";
  testing::expect_user_error([&] { FilesTogether(folder_ / "file/there", "--to"); },
                             "/file/there: the folder cannot be made: Not a directory");
  EXPECT_EQ(entries(), 1);
}

}  // namespace
}  // namespace weft
