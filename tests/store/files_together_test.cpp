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
  std::ofstream(folder_ / "one") << "older";
  fs::create_symlink("/dev/full", folder_ / "two");
  FilesTogether files(folder_, "--to");
  files.add("one").append("newer");
  files.add("two").append("2");
  testing::expect_user_error([&] { files.commit(); },
                             "could not write " + (folder_ / "two").string() + ": No space left on device");
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
