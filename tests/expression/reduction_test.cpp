#include "weft/expression/reduction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "weft/base/philox.h"
#include "weft/expression/text.h"

namespace weft {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

ReductionState taken(const Reduction& rule, const std::vector<double>& values, size_t begin, size_t end) {
  ReductionState state = rule.start;
  for (size_t i = begin; i < end; ++i) rule.take(state, values[i], static_cast<double>(i));
  return state;
}

void expect_equal(const Reduction& rule, const ReductionState& got, const ReductionState& want) {
  for (size_t s = 0; s < rule.states; ++s) {
    if (std::isinf(want[s])) {
      EXPECT_EQ(got[s], want[s]) << "number " << s;
    } else {
      EXPECT_NEAR(got[s], want[s], 1e-12 * (1 + std::abs(want[s]))) << "number " << s;
    }
  }
}

TEST(Reduction, GivesKnownValues) {
  const std::vector<double> values = {1, 3, 3, -2};
  const auto give = [&](const char* rule) { return taken(*find_reduction(rule), values, 0, 4); };
  EXPECT_EQ(give("sum")[0], 5);
  EXPECT_EQ(give("max")[0], 3);
  EXPECT_EQ(give("min")[0], -2);
  EXPECT_EQ(give("argmax")[0], 3);
  EXPECT_EQ(give("argmax")[1], 1);
  EXPECT_EQ(give("argmin")[0], -2);
  EXPECT_EQ(give("argmin")[1], 3);
  EXPECT_DOUBLE_EQ(give("moments")[0], 1.25);
  EXPECT_DOUBLE_EQ(give("moments")[1], 16.75);
  EXPECT_EQ(give("max_exp_sum")[0], 3);
  EXPECT_DOUBLE_EQ(give("max_exp_sum")[1], 2 + std::exp(-2) + std::exp(-5));
}

TEST(Reduction, PartsInAnyOrderMakeTheWhole) {
  const RandomStream random{1, 2, 3};
  for (const Reduction& rule : reductions()) {
    SCOPED_TRACE(rule.name);
    for (size_t count = 0; count < 12; ++count) {
      std::vector<double> values;
      for (size_t i = 0; i < count; ++i) {
        // Ties, and now and then what is nothing to an exponential.
        const uint64_t drawn = random.below(count * 100 + i, 9);
        values.push_back(drawn == 0 && rule.name != "moments" && rule.name != "sum"
                             ? -kInfinity
                             : static_cast<double>(drawn) - 4);
      }
      const ReductionState whole = taken(rule, values, 0, count);
      for (size_t cut = 0; cut <= count; ++cut) {
        ReductionState forwards = taken(rule, values, 0, cut);
        rule.join(forwards, taken(rule, values, cut, count));
        expect_equal(rule, forwards, whole);
        ReductionState backwards = taken(rule, values, cut, count);
        rule.join(backwards, taken(rule, values, 0, cut));
        expect_equal(rule, backwards, whole);
      }
    }
  }
}

TEST(Reduction, MomentsKeepTheVarianceOfLargeNumbers) {
  const Reduction& moments = *find_reduction("moments");
  ReductionState state = moments.start;
  for (int i = 0; i < 1000; ++i) moments.take(state, 1e9 + (i % 2 == 0 ? 1 : -1), 0);
  EXPECT_NEAR(state[1] / 1000, 1, 1e-6);
}

TEST(Reduction, SaysHowGatheredPartsCombine) {
  for (const Reduction& rule : reductions()) {
    for (size_t c = 0; c < rule.components; ++c) {
      SCOPED_TRACE(std::string(rule.name) + " " + std::string(rule.component[c].name));
      const bool gathered = rule.combine == Combine::gather;
      EXPECT_EQ(!rule.component[c].of_part.empty(), gathered);
      if (gathered) {
        EXPECT_NE(find_reduction(rule.component[c].rule_of_parts), nullptr);
      }
    }
    if (rule.combine != Combine::gather) {
      EXPECT_EQ(name_of(rule.combine), rule.name);
    }
  }
}

}  // namespace
}  // namespace weft
