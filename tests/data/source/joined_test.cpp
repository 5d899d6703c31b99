#include "weft/data/source/joined.h"

#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

using JoinedTest = SourceTest;
const fs::path kGoldens = fs::path(WEFT_SOURCE_DIR) / "tests/data/source/golden";

TEST_F(JoinedTest, SamplesOfBothComeFromTheirOwnFiles) {
  fs::copy_file(kGoldens / "two.npz", folder_ / "one.npz");
  fs::copy_file(kGoldens / "two.npz", folder_ / "other.npz");
  const std::shared_ptr<const Source> one = open(folder_ / "one.npz");
  const std::shared_ptr<const Source> other = open(folder_ / "other.npz");
  const auto both = joined({one, other}, "data.mix");
  EXPECT_EQ(both->count(), 6);
  EXPECT_EQ(both->files().size(), 2U);
  for (int64_t sample = 0; sample < 6; ++sample) {
    const Source& source = sample < 3 ? *one : *other;
    EXPECT_EQ(both->name(sample), source.name(sample % 3));
    EXPECT_EQ(values_of(*both, sample, whole_of(*both)), values_of(source, sample % 3, whole_of(source)));
    std::vector<Extent> extents;
    both->locate(sample, {}, extents);
    for (const Extent& extent : extents) EXPECT_EQ(extent.file, sample < 3 ? 0 : 1);
  }
}

TEST_F(JoinedTest, DataSetsThatDifferAreOneSentence) {
  const std::shared_ptr<const Source> one = open(kGoldens / "two.npz");
  const std::shared_ptr<const Source> other = open(kGoldens / "f4_le.npy");
  EXPECT_EQ(message_of([&] {
              joined({one, other}, "data.mix");
            }),
            fmt::format("data.mix: {}[0] and {}[0] have samples of other types or shapes and cannot be mixed",
                        (kGoldens / "two.npz").string(), (kGoldens / "f4_le.npy").string()));
}

}  // namespace
}  // namespace weft
