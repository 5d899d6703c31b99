#include "weft/base/replaced_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::expect_user_error;

namespace fs = std::filesystem;

class ReplacedFileTest : public ::testing::Test {
 protected:
  ReplacedFileTest() { fs::create_directories(folder_); }
  ~ReplacedFileTest() override { fs::remove_all(folder_); }
  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  fs::path folder_ = fs::temp_directory_path() / fmt::format("weft-replaced-file-{}", getpid());
  fs::path file_ = folder_ / "a";
  int64_t names() const { return std::distance(fs::directory_iterator(folder_), fs::directory_iterator()); }
};

TEST_F(ReplacedFileTest, TakesItsPlaceWhenItIsWhole) {
  write(file_, "old");
  {
    ReplacedFile file(file_, "list");
    file.write("newer", 5);
    file.write_over(0, "N", 1);
    EXPECT_EQ(read(file_), "old");
    file.commit();
  }
  EXPECT_EQ(read(file_), "Newer");
  EXPECT_EQ(names(), 1);
}

TEST_F(ReplacedFileTest, LeavesNothingWhereItWasNotMadeWhole) {
  write(file_, "old");
  {
    ReplacedFile file(file_, "list");
    const std::string much(3'000'000, 'x');
    file.write(much.data(), much.size());
  }
  EXPECT_EQ(read(file_), "old");
  EXPECT_EQ(names(), 1);
}

TEST_F(ReplacedFileTest, ReplacesWhatALinkLeadsTo) {
  write(file_, "old");
  fs::create_symlink("a", folder_ / "link");
  ReplacedFile file(folder_ / "link", "list");
  file.write("new", 3);
  file.commit();
  EXPECT_EQ(read(file_), "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
}

TEST_F(ReplacedFileTest, SaysWhereItHasNoPlace) {
  expect_user_error([&] { ReplacedFile(folder_ / "none/a", "list"); },
                    "/none/a: the list cannot be written: No such file or directory");
  const std::string no_file = ": this is a folder, a device or a pipe, expected a place for a list";
  expect_user_error([&] { ReplacedFile(folder_, "list"); }, folder_.string() + no_file);
  expect_user_error([&] { ReplacedFile("/dev/null", "list"); }, "/dev/null" + no_file);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  expect_user_error([&] { ReplacedFile(file_, "list"); }, file_.string() + no_file);
}

}  // namespace
}  // namespace weft
