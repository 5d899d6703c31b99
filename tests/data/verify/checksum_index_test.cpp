#include "weft/data/verify/checksum_index.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/ops/expect_error.h"
#include "weft/base/check.h"

namespace weft {

namespace {

namespace fs = std::filesystem;
using Verdict = ChecksumIndex::Verdict;

class ChecksumIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = fs::temp_directory_path() / "weft-sums-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path file() const { return folder_ / "sums"; }
  fs::path folder_;
};

}  // namespace

TEST_F(ChecksumIndexTest, RemembersTheFirstRead) {
  {
    ChecksumIndex index(file(), 7);
    EXPECT_EQ(index.check(1, 100, 0xaa), Verdict::first);
    EXPECT_EQ(index.check(1, 100, 0xaa), Verdict::same);
    EXPECT_EQ(index.check(1, 100, 0xab), Verdict::different);
    EXPECT_EQ(index.check(1, 99, 0xaa), Verdict::different);
    EXPECT_EQ(index.check(2, 0, 0), Verdict::first);
  }
  ChecksumIndex index(file(), 7);
  EXPECT_EQ(index.size(), 2);
  EXPECT_EQ(index.find(1), (ChecksumIndex::Known{100, 0xaa}));
  EXPECT_EQ(index.find(3), std::nullopt);
  EXPECT_EQ(index.check(2, 0, 1), Verdict::different);
}

TEST_F(ChecksumIndexTest, StartsAnewForAnotherDataSet) {
  { ChecksumIndex(file(), 7).check(1, 100, 0xaa); }
  EXPECT_EQ(ChecksumIndex(file(), 8).size(), 0);
}

TEST_F(ChecksumIndexTest, KnowsAPrefixHoweverTheFileIsCutOrBroken) {
  constexpr int64_t kRecords = 30;
  {
    ChecksumIndex index(file(), 7);
    for (int64_t record = 0; record < kRecords; ++record) {
      index.check(record, record * 10, static_cast<uint64_t>(record * 3));
    }
  }
  std::ifstream in(file(), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    for (const std::string& content : {whole.substr(0, at), broken}) {
      std::ofstream(file(), std::ios::binary) << content;
      const ChecksumIndex index(file(), 7);
      ASSERT_LE(index.size(), kRecords - 1);
      ASSERT_GE(index.size() + 2, static_cast<int64_t>(at) / 40);
      for (int64_t record = 0; record < index.size(); ++record) {
        ASSERT_EQ(index.find(record), (ChecksumIndex::Known{record * 10, static_cast<uint64_t>(record * 3)}));
      }
    }
  }
}

TEST_F(ChecksumIndexTest, SaysWhereItCannotBe) {
  try {
    ChecksumIndex(folder_ / "missing" / "sums", 1);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()),
              (folder_ / "missing" / "sums").string() +
                  ": the checksum index cannot be written: No such file or directory");
  }
}

TEST_F(ChecksumIndexTest, IsTrustedOnlyWholeAndOfThisBoot) {
  const std::vector<LogEntry> entries = {{1, 2, 3, 4}, {5, 6, 7, 8}};
  ASSERT_TRUE(RecordLog::create(file(), 9, entries));
  const std::optional<LogContents> contents = read_record_log(file());
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->key, 9u);
  EXPECT_EQ(contents->entries, entries);
  EXPECT_TRUE(contents->trusted);
  std::ifstream in(file(), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_FALSE(parse_record_log(std::as_bytes(std::span(whole)), boot_number() + 1)->trusted);
  EXPECT_FALSE(parse_record_log(std::as_bytes(std::span(whole)), 0)->trusted);
  EXPECT_FALSE(
      parse_record_log(std::as_bytes(std::span(whole).first(whole.size() - 1)), boot_number())->trusted);
  EXPECT_FALSE(parse_record_log(std::as_bytes(std::span(whole).first(39)), boot_number()));
}

TEST_F(ChecksumIndexTest, AFileThatIsNoIndexIsNotOverwritten) {
  std::ofstream(file()) << "precious";
  weft::testing::expect_user_error(
      [&] { const ChecksumIndex index(file(), 7); },
      file().string() + ": is no checksum index, and would be overwritten; name another file");
  std::string text;
  std::ifstream(file()) >> text;
  EXPECT_EQ(text, "precious");
}

}  // namespace weft
