#include "weft/data/source/byte_reader.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include "tests/data/source/source_fixture.h"
#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::expect_user_error;

class ByteReaderTest : public SourceTest {
 protected:
  fs::path file_ = folder_ / "ten";
  void SetUp() override { write(file_, "0123456789"); }
};

TEST_F(ByteReaderTest, ReadsWhatIsThere) {
  const FileReader file(file_);
  EXPECT_EQ(file.size(), 10);
  EXPECT_EQ(file.text(3, 4), "3456");
  EXPECT_EQ(file.text(10, 0), "");
  EXPECT_EQ(size_of_file(file_), 10);
}

TEST_F(ByteReaderTest, SaysWhereTheFileEnds) {
  const FileReader file(file_);
  expect_user_error([&] { file.text(8, 3); },
                    "/ten: ends at byte 10, and 3 bytes at 8 were expected; is it cut short?");
  expect_user_error([&] { file.text(-1, 3); }, "/ten: ends at byte 10, and 3 bytes at -1 were expected;");
  expect_user_error([&] { file.text(2, int64_t{1} << 60); },
                    "/ten: promises 1152921504606846976 bytes at 2, and has only 10 in all");
}

TEST_F(ByteReaderTest, SaysThatAFileBecameShorter) {
  const FileReader file(file_);
  fs::resize_file(file_, 4);
  expect_user_error([&] { file.text(2, 6); }, "/ten: became shorter while it was read");
}

TEST_F(ByteReaderTest, SaysWhyTheSystemDoesNotRead) {
  const FileReader file(file_);
  constexpr size_t kPage = 4096;
  void* const closed = ::mmap(nullptr, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(closed, MAP_FAILED);
  expect_user_error(
      [&] {
        file.read(3, {static_cast<std::byte*>(closed), 5});
      },
      "/ten: cannot be read at byte 3: Bad address");
  ::munmap(closed, kPage);
}

TEST_F(ByteReaderTest, TakesRegularFilesOnly) {
  const std::string name = folder_.string();
  expect_user_error([&] { const FileReader file(folder_); }, name + ": is no regular file");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  expect_user_error([&] { const FileReader file(folder_ / "pipe"); }, "/pipe: is no regular file");
  expect_user_error([&] { size_of_file(folder_); }, name + ": is no regular file");
  expect_user_error([&] { size_of_file(folder_ / "none"); },
                    "/none: cannot be looked at: No such file or directory");
  expect_user_error([&] { const FileReader file(folder_ / "none"); },
                    "/none: cannot be opened: No such file or directory");
}

}  // namespace
}  // namespace weft
