#include "weft/base/text_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <thread>

#include "weft/base/check.h"

namespace weft {
namespace {

TEST(TextFile, IsReadWhole) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "text_file_test.txt";
  std::string text(200'000, 'x');
  text[70'000] = '\0';
  std::ofstream(path, std::ios::binary) << text;
  EXPECT_EQ(read_text(path, "text"), text);
  std::filesystem::remove(path);
}

TEST(TextFile, ThatIsTooLongIsNotReadToItsEnd) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "text_file_test.long";
  std::ofstream(path, std::ios::binary) << std::string(3001, 'x');
  try {
    read_text(path, "graph", 3000);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), path.string() + ": the graph is longer than 2.93 KiB");
  }
  std::filesystem::remove(path);
}

TEST(TextFile, ThatIsADeviceIsRefusedUnlessItEnds) {
  for (const std::string device : {"/dev/zero", "/dev/full"}) {
    try {
      read_text(device, "log");
      FAIL();
    } catch (const UserError& error) {
      EXPECT_EQ(error.what(), device + ": the log is a device, expected a file");
    }
  }
  EXPECT_EQ(read_text("/dev/null", "log"), "");
}

TEST(TextFile, ThatCannotBeReadIsNamedWithTheReason) {
  const auto message = [](const std::string& path) {
    try {
      read_text(path, "recipe");
      return std::string("no error");
    } catch (const UserError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(message("/nowhere/at/all"), "/nowhere/at/all: the recipe does not exist");
  EXPECT_EQ(message("/tmp"), "/tmp: the recipe cannot be read: Is a directory");
}

TEST(TextFile, OfAPipeIsWhatACommandWritesAndAnIdlePipeKeepsNobodyWaiting) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "text_file_test.pipe";
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  try {
    read_text(path, "recipe");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), path.string() + ": the recipe is a pipe into which nothing was written");
  }
  std::filesystem::remove(path);

  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  std::thread command([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(write(ends[1], "text", 4), 4);
    close(ends[1]);
  });
  EXPECT_EQ(read_text("/dev/fd/" + std::to_string(ends[0]), "recipe"), "text");
  command.join();
  close(ends[0]);
}

}  // namespace
}  // namespace weft
