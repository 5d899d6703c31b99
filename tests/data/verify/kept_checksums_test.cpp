// Of data/source/crc32.h: archives know their arrays by checksums.
#include "weft/data/verify/kept_checksums.h"

#include "tests/data/source/source_fixture.h"
#include "weft/data/inspect/check_samples.h"
#include "weft/data/source/crc32.h"
#include "weft/data/source/joined.h"
#include "weft/data/source/subset.h"

namespace weft {
namespace {

const fs::path kArchive = fs::path(WEFT_SOURCE_DIR) / "tests/data/source/golden/two.npz";
const std::string kSaid =
    "is damaged: it has not the CRC-32 that the archive keeps of it; copy the file again";

class KeptChecksumsTest : public SourceTest {
 protected:
  /// The archive with a bit of a value of x turned over: x is 3 rows of 4 in 176 bytes, and comes first.
  KeptChecksumsTest() {
    std::string bytes = read(kArchive);
    const size_t head = bytes.find("\x93NUMPY");
    bytes[head + 176 - 20] ^= 1;
    write(damaged_, bytes);
  }

  const fs::path damaged_ = folder_ / "set/damaged.npz";
};

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(Crc32, OfTheRestFollowsFromTheWholeAndTheHead) {
  EXPECT_EQ(crc32_of(bytes_of("123456789")), 0xcbf43926U);  // the check value that catalogues of CRCs have
  const std::string text = "what a file holds, in two parts";
  for (const size_t head : {size_t{0}, size_t{1}, size_t{13}, text.size()}) {
    const uint32_t begun = crc32_of(bytes_of(text.substr(0, head)));
    EXPECT_EQ(crc32_of_rest(crc32_of(bytes_of(text)), begun, std::ssize(text) - static_cast<int64_t>(head)),
              crc32_of(bytes_of(text.substr(head))));
    EXPECT_EQ(crc32_of(bytes_of(text.substr(head)), begun), crc32_of(bytes_of(text)));
  }
}

TEST_F(KeptChecksumsTest, ABitThatTurnedIsFoundInRows) {
  const std::shared_ptr<const Source> good = open(kArchive);
  EXPECT_EQ(good->kept_checksums().size(), 2U);
  EXPECT_EQ(trouble_with_small(std::vector{good}, 1000), "");
  const std::shared_ptr<const Source> damaged = open(damaged_);
  const std::string said = damaged_.string() + ": 'x' " + kSaid;
  EXPECT_EQ(trouble_with_small(std::vector{good, damaged}, 1000), said);
  EXPECT_EQ(check_samples(*damaged, {}).damaged, std::vector{said});
  EXPECT_EQ(trouble_with_small(std::vector{damaged}, 47), "") << "x has 48 bytes";
  // What is larger is passed over, and not all that follows it; a file that two share is read once.
  EXPECT_EQ(trouble_with_small(std::vector{good, good, damaged}, 48 + 48 + 24), said);
  const std::shared_ptr<const Source> twice = joined({good, good}, "data.mix");
  EXPECT_EQ(trouble_with_small(std::vector{twice, damaged}, 48 + 24 + 48), said);
  // What nobody asked for is not looked at.
  EXPECT_TRUE(check_samples(*open(damaged_, {"y"}), {}).damaged.empty());
}

TEST_F(KeptChecksumsTest, OfASetInAnother) {
  const std::shared_ptr<const Source> good = open(kArchive);
  const std::shared_ptr<const Source> damaged = open(damaged_);
  const auto both = joined({good, subset(damaged, {1})}, "data.mix");
  EXPECT_EQ(both->kept_checksums().size(), 4U);
  EXPECT_EQ(check_samples(*both, {}).damaged.size(), 1U);
  EXPECT_TRUE(check_samples(*joined({good, good}, "data.mix"), {}).damaged.empty());
}

TEST_F(KeptChecksumsTest, AFileThatIsASampleIsABadOne) {
  // Where y is one number, each file is a sample; what follows the number has no checksum of its own.
  const std::string rows = "'shape': (3,)";
  for (const auto& [name, from] : {std::pair{"a.npz", kArchive}, std::pair{"b.npz", damaged_}}) {
    std::string bytes = read(from);
    ASSERT_NE(bytes.find(rows), std::string::npos);
    write(folder_ / "samples" / name, bytes.replace(bytes.find(rows), rows.size(), "'shape': ()  "));
  }
  const auto source = open(folder_ / "samples");
  ASSERT_EQ(source->count(), 2);
  const CheckReport report = check_samples(*source, {});
  EXPECT_TRUE(report.damaged.empty());
  ASSERT_EQ(report.bad.size(), 1U);
  EXPECT_EQ(check_samples(*source, {}).bad.size(), 1U)
      << "what was good once is not looked at again, this is";
  EXPECT_EQ(report.bad[0].problem, (folder_ / "samples/b.npz").string() + ": field x " + kSaid);
}

}  // namespace
}  // namespace weft
