#include "weft/data/source/subset.h"

#include <set>

#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

using SubsetTest = SourceTest;

std::set<std::string> names_of(const Source& source) {
  std::set<std::string> names;
  for (int64_t i = 0; i < source.count(); ++i) names.insert(source.name(i));
  return names;
}

TEST_F(SubsetTest, HoldsOutAFractionOfAllAndNoSampleTwice) {
  for (int i = 0; i < 100; ++i) {
    write(folder_ / (i % 2 == 0 ? "dog" : "cat") / fmt::format("{:03}.jpg", i),
          std::string(static_cast<size_t>(i + 1), 'x'));
  }
  const std::shared_ptr<const Source> all = open_source({folder_, {}, "train"}).source;
  const auto [training, held_out, samples, remarks] = hold_out(all, 0.2, 7);
  EXPECT_TRUE(remarks.empty());
  ASSERT_EQ(std::ssize(samples), 80);
  for (size_t i = 0; i < 80; ++i) EXPECT_EQ(training->name(static_cast<int64_t>(i)), all->name(samples[i]));
  EXPECT_EQ(held_out->count(), 20);
  EXPECT_EQ(training->count(), 80);
  std::set<std::string> both = names_of(*training);
  both.merge(names_of(*held_out));
  EXPECT_EQ(both, names_of(*all));
  for (int64_t i = 0; i < held_out->count(); ++i) {
    const int64_t number = std::stoll(fs::path(held_out->name(i)).stem());
    EXPECT_EQ(record_bytes(*held_out, i, {}), number + 1) << "a sample keeps its bytes";
    EXPECT_EQ(held_out->label(i), number % 2 == 0 ? 1 : 0) << "and its class";
  }
  EXPECT_TRUE(std::ranges::equal(held_out->classes(), all->classes()));
  EXPECT_EQ(names_of(*hold_out(all, 0.2, 7).held_out), names_of(*held_out)) << "the seed decides";
  EXPECT_NE(names_of(*hold_out(all, 0.2, 8).held_out), names_of(*held_out));
}

TEST_F(SubsetTest, KeepsASampleOnEachSide) {
  write(folder_ / "a/0.jpg", "x");
  EXPECT_EQ(message_of([&] {
              hold_out(open_source({folder_, {}, "train"}).source, 0.5, 1);
            }),
            "data.validation: nothing can be held out of 1 sample");
  write(folder_ / "a/1.jpg", "xx");
  const std::shared_ptr<const Source> two = open_source({folder_, {}, "train"}).source;
  for (const double fraction : {0.001, 0.999}) {
    EXPECT_EQ(hold_out(two, fraction, 1).held_out->count(), 1);
    EXPECT_EQ(hold_out(two, fraction, 1).training->count(), 1);
  }
}

}  // namespace
}  // namespace weft
