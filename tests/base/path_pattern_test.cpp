#include "weft/base/path_pattern.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

namespace fs = std::filesystem;
using testing::message_of;

class PathPattern : public ::testing::Test {
 protected:
  PathPattern() : folder_(fs::temp_directory_path() / fmt::format("weft-pattern-{}", getpid())) {
    fs::create_directories(folder_ / "folder.tar");
    for (const char* name : {"b.tar", "a.tar", "c.txt", "d[1].tar", ".hidden.tar"})
      std::ofstream(folder_ / name);
  }
  ~PathPattern() override { fs::remove_all(folder_); }

  /// Names of files in the folder.
  std::vector<std::string> named(const std::string& pattern) const {
    std::vector<std::string> names;
    for (const fs::path& file : files_of_pattern(folder_ / pattern)) {
      EXPECT_EQ(file.parent_path(), folder_);
      names.push_back(file.filename().string());
    }
    return names;
  }
  using Names = std::vector<std::string>;
  fs::path folder_;
};

TEST_F(PathPattern, NamesTheFilesThatMatchInTheOrderOfTheirNames) {
  EXPECT_EQ(named("*.tar"), (Names{"a.tar", "b.tar", "d[1].tar"})) << "no folder, and nothing hidden";
  EXPECT_EQ(named("[bc].*"), (Names{"b.tar", "c.txt"}));
  EXPECT_EQ(named("?.tar"), (Names{"a.tar", "b.tar"}));
  EXPECT_EQ(named("{1..2}.tar"), (Names{"1.tar", "2.tar"}))
      << "whoever reads them says that they are not there";
}

TEST_F(PathPattern, IsNoneWhereAFileHasTheName) {
  EXPECT_TRUE(is_path_pattern(folder_ / "*.tar"));
  EXPECT_TRUE(is_path_pattern(folder_ / "{1..2}.tar"));
  EXPECT_FALSE(is_path_pattern(folder_ / "d[1].tar"));
  EXPECT_FALSE(is_path_pattern(folder_ / "none.tar"));
}

TEST_F(PathPattern, ThatMatchesNothingIsOneSentence) {
  const std::string pattern = (folder_ / "z*").string();
  const std::string why = pattern + ": no file has this name, and none matches it as a pattern";
  EXPECT_EQ(message_of([&] { files_of_pattern(pattern); }), why);
  EXPECT_EQ(message_of([&] { files_of_pattern(pattern, "data.path"); }), "data.path: " + why);
}

TEST_F(PathPattern, AFolderThatCannotBeReadIsNamed) {
  const std::string pattern = (folder_ / "*.tar").string();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const std::string message = message_of([&] { files_of_pattern(pattern); });
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(message,
            pattern + ": a folder on the way cannot be read: " + folder_.string() + ": Too many open files");
}

TEST_F(PathPattern, BracesNameOneFileOrMoreEach) {
  std::ofstream(folder_ / "u-0.tar");
  EXPECT_EQ(named("u-{0..0}*"), (Names{"u-0.tar"}));
  const std::string pattern = (folder_ / "u-{0..1}*").string();
  EXPECT_EQ(message_of([&] { files_of_pattern(pattern); }),
            pattern + ": no file matches " + (folder_ / "u-1*").string() + ", which its braces name");
  EXPECT_EQ(named("d[{1..1}].tar"), (Names{"d[1].tar"})) << "a file that has the name itself";
}

TEST_F(PathPattern, BracesExpand) {
  EXPECT_EQ(expand_braces("a-{08..10}.tar"), (Names{"a-08.tar", "a-09.tar", "a-10.tar"}));
  EXPECT_EQ(expand_braces("{0..1}/{5..6}"), (Names{"0/5", "0/6", "1/5", "1/6"}));
  for (const char* bad : {"{a..b}.tar", "{5..3}.tar", "{1,2}.tar", "{1..2.tar", "{..}.tar"}) {
    EXPECT_EQ(message_of([&] { expand_braces(bad); }),
              std::string(bad) + ": braces hold a range of numbers, as in train-{000..009}.tar");
  }
  EXPECT_EQ(message_of([&] { expand_braces("{0..1}/{a..b}.tar"); }),
            "{0..1}/{a..b}.tar: braces hold a range of numbers, as in train-{000..009}.tar");
  EXPECT_EQ(expand_braces("{2147483646..2147483647}"), (Names{"2147483646", "2147483647"}));
  EXPECT_EQ(message_of([&] { expand_braces("{0..9999}{0..9999}"); }),
            "{0..9999}{0..9999}: names more than 1000000 files");
}

}  // namespace
}  // namespace weft
