// Of store/read_back.h, store/direct_io.h: what is written is what is read back, whatever its length.
#include "weft/store/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "tests/ops/expect_error.h"
#include "tests/store/file_limit.h"
#include "weft/store/direct_io.h"
#include "weft/store/read_back.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> noise(size_t bytes) {
  std::mt19937 random(static_cast<uint32_t>(bytes));
  std::vector<std::byte> made(bytes);
  for (std::byte& byte : made) byte = static_cast<std::byte>(random());
  return made;
}

/// In a folder of the disk, and in one of memory, which may know no direct I/O.
class DurableFileTest : public ::testing::TestWithParam<const char*> {
 protected:
  ~DurableFileTest() override { fs::remove(path_); }
  std::vector<std::byte> contents() const {
    std::ifstream file(path_, std::ios::binary);
    std::vector<std::byte> found(fs::file_size(path_));
    file.read(reinterpret_cast<char*>(found.data()), std::ssize(found));
    return found;
  }
  fs::path path_ = fs::path(GetParam()) / fmt::format("weft-durable-{}", getpid());
};

TEST_P(DurableFileTest, HoldsWhatWasAppendedInAnyPieces) {
  constexpr size_t kPiece = kDirectIoPiece;
  for (const size_t bytes :
       {size_t{0}, size_t{1}, kPiece - 1, kPiece, kPiece + 1, 2 * kPiece, 3 * kPiece + 777}) {
    const std::vector<std::byte> all = noise(bytes);
    DurableFile file(path_);
    for (size_t at = 0, step = 1; at < bytes; at += step, step = step * 3 + 1) {
      file.append(std::span(all).subspan(at, std::min(step, bytes - at)));
    }
    file.finish();
    EXPECT_EQ(contents(), all);
    EXPECT_EQ(file.bytes(), static_cast<int64_t>(bytes));
    EXPECT_EQ(file.checksum(), XXH64(all.data(), all.size(), 0));
    const WrittenFile found = read_back(path_, nullptr);
    EXPECT_EQ(found.bytes, file.bytes());
    EXPECT_EQ(found.checksum, file.checksum());
  }
}

TEST_P(DurableFileTest, ReadingBackSeesAnotherByte) {
  const std::vector<std::byte> all = noise(kDirectIoPiece + 100);
  DurableFile file(path_);
  file.append(all);
  file.finish();
  std::fstream damage(path_, std::ios::in | std::ios::out | std::ios::binary);
  damage.seekp(static_cast<int64_t>(kDirectIoPiece) - 5);
  damage.put(static_cast<char>(~static_cast<uint8_t>(all[kDirectIoPiece - 5])));
  damage.close();
  EXPECT_NE(read_back(path_, nullptr).checksum, file.checksum());
}

TEST_P(DurableFileTest, AFileThatMayNotGrowIsAnError) {
  // In the middle of a block of the disk: the last write is cut short there.
  const testing::FileLimit limit(kDirectIoPiece + 5000);
  const std::vector<std::byte> all = noise(2 * kDirectIoPiece);
  testing::expect_user_error([&] { DurableFile(path_).append(all); },
                             "could not write " + path_.string() + ": File too large");
  EXPECT_FALSE(fs::exists(PartFile::part_of(path_)));
}

TEST_P(DurableFileTest, HasItsNameOnlyOnceItIsWhole) {
  std::ofstream(path_) << "older";
  const std::vector<std::byte> all = noise(2 * kDirectIoPiece);
  {
    DurableFile file(path_);
    file.append(all);
    EXPECT_EQ(fs::file_size(path_), 5U) << "a kill would leave this";
    EXPECT_GE(fs::file_size(PartFile::part_of(path_)), kDirectIoPiece);
  }
  EXPECT_EQ(fs::file_size(path_), 5U);
  EXPECT_FALSE(fs::exists(PartFile::part_of(path_))) << "it was given up";
  std::ofstream(PartFile::part_of(path_)) << std::string(3 * kDirectIoPiece, 'x');
  DurableFile file(path_);
  file.append(all);
  file.finish();
  EXPECT_EQ(contents(), all);
  EXPECT_FALSE(fs::exists(PartFile::part_of(path_)));
}

TEST(DurableFile, NeverTakesADevicesPlace) {
  testing::expect_user_error([] { DurableFile("/dev/null").finish(); },
                             "/dev/null: this is a folder, a device or a pipe, expected a place for a file");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(ReadBack, SaysWhatCannotBeOpened) {
  testing::expect_user_error([] { read_back("/nowhere/file", nullptr); },
                             "could not open /nowhere/file: No such file or directory");
}

INSTANTIATE_TEST_SUITE_P(Folders, DurableFileTest, ::testing::Values("/var/tmp", "/dev/shm"));

}  // namespace
}  // namespace weft
