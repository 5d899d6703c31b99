#include "weft/base/part_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "tests/ops/expect_error.h"
#include "weft/base/text_file.h"

namespace weft {
namespace {

namespace fs = std::filesystem;
using testing::expect_user_error;

class PartFileTest : public ::testing::TestWithParam<PartFile::Name> {
 protected:
  PartFileTest() { fs::create_directories(folder_); }
  ~PartFileTest() override { fs::remove_all(folder_); }
  int64_t names() const { return std::distance(fs::directory_iterator(folder_), fs::directory_iterator()); }

  fs::path folder_ = fs::temp_directory_path() / fmt::format("weft-part-{}", getpid());
  fs::path file_ = folder_ / "a";
};

TEST_P(PartFileTest, HasThePlaceOnceItIsTaken) {
  std::ofstream(file_) << "old";
  PartFile part(file_, "list", GetParam());
  EXPECT_EQ(part.sync(), ENOENT);
  std::ofstream(part.part()) << "new";
  EXPECT_EQ(part.sync(), 0);
  EXPECT_EQ(read_text(file_, "file"), "old");
  EXPECT_EQ(part.take(), 0);
  EXPECT_EQ(read_text(file_, "file"), "new");
  EXPECT_EQ(names(), 1);
}

TEST_P(PartFileTest, LeavesNothingWhereItIsNotTaken) {
  std::ofstream(file_) << "old";
  {
    const PartFile part(file_, "list", GetParam());
    std::ofstream(part.part()) << "new";
  }
  EXPECT_EQ(read_text(file_, "file"), "old");
  EXPECT_EQ(names(), 1);
}

TEST_P(PartFileTest, ReplacesWhatALinkLeadsTo) {
  fs::create_directories(folder_ / "there");
  std::ofstream(folder_ / "there/b") << "old";
  fs::create_symlink("there/b", file_);
  PartFile part(file_, "list", GetParam());
  EXPECT_EQ(part.part().parent_path(), folder_ / "there") << "a rename must not leave its file system";
  std::ofstream(part.part()) << "new";
  EXPECT_EQ(part.take(), 0);
  EXPECT_EQ(read_text(folder_ / "there/b", "file"), "new");
  EXPECT_TRUE(fs::is_symlink(file_));
}

TEST_P(PartFileTest, MakesWhatLinksLeadToWhereNothingIsThereYet) {
  fs::create_directories(folder_ / "there");
  fs::create_symlink("there/b", file_);
  fs::create_symlink(folder_ / "there/c", folder_ / "there/b");
  PartFile part(file_, "list", GetParam());
  EXPECT_EQ(part.place(), folder_ / "there/c");
  std::ofstream(part.part()) << "new";
  EXPECT_EQ(part.take(), 0);
  EXPECT_EQ(read_text(folder_ / "there/c", "file"), "new");
  EXPECT_TRUE(fs::is_symlink(file_));
}

TEST_P(PartFileTest, TakesNoPlaceOfWhatIsNoFile) {
  const std::string no_file = ": this is a folder, a device or a pipe, expected a place for a list";
  expect_user_error([&] { PartFile(folder_, "list", GetParam()); }, folder_.string() + no_file);
  expect_user_error([&] { PartFile("/dev/null", "list", GetParam()); }, "/dev/null" + no_file);
  fs::create_symlink("/dev/null", folder_ / "link");
  expect_user_error([&] { PartFile(folder_ / "link", "list", GetParam()); }, "/dev/null" + no_file);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  expect_user_error([&] { PartFile(file_, "list", GetParam()); }, file_.string() + no_file);
}

TEST_P(PartFileTest, SaysWhyItCannotBeTaken) {
  PartFile part(file_, "list", GetParam());
  std::ofstream(part.part()) << "new";
  fs::create_directories(file_);
  EXPECT_EQ(part.take(), EISDIR);
  EXPECT_TRUE(fs::exists(part.part()));
}

TEST(PartFile, OfAProcessesOwnHasItsNumber) {
  EXPECT_EQ(PartFile("/tmp/a", "list", PartFile::Name::known).part(), "/tmp/a.part");
  EXPECT_EQ(PartFile("/tmp/a", "list", PartFile::Name::own).part(), fmt::format("/tmp/a.{}.part", getpid()));
}

INSTANTIATE_TEST_SUITE_P(Names, PartFileTest, ::testing::Values(PartFile::Name::known, PartFile::Name::own));

}  // namespace
}  // namespace weft
