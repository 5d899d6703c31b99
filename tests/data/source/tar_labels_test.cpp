#include "weft/data/source/tar_labels.h"

#include <gtest/gtest.h>

#include "weft/base/check.h"

namespace weft {
namespace {

using Names = std::vector<std::string>;
using Ids = std::vector<int32_t>;

TarLabels number(const Names& labels) {
  return number_labels(labels, [](size_t sample) { return "image " + std::to_string(sample); });
}

std::string message_of(const Names& labels) {
  try {
    number(labels);
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

TEST(TarLabels, NumbersAreClassIdsHoweverTheyAreWritten) {
  const TarLabels labels = number({"2", "1.0", "", "+0", "02", "1e0", "2."});
  EXPECT_EQ(labels.classes, (Names{"0", "1", "2"}));
  EXPECT_EQ(labels.ids, (Ids{2, 1, -1, 0, 2, 1, 2}));
}

TEST(TarLabels, OtherLabelsAreNames) {
  const TarLabels labels = number({"dog", "cat", "", "7", "nan", "1x"});
  EXPECT_EQ(labels.classes, (Names{"1x", "7", "cat", "dog", "nan"}));
  EXPECT_EQ(labels.ids, (Ids{3, 2, -1, 1, 4, 0}));
  EXPECT_TRUE(number({"", ""}).classes.empty());
}

TEST(TarLabels, OneThatIsNoNumberAmongNumbersIsSaid) {
  for (const std::string odd : {"n/a", "5 6", "nan", "1,5", "0x3", "?"}) {
    EXPECT_EQ(number({"2", "", odd, "10", odd, "x"}).remark,
              "image 2: its label '" + odd +
                  "' is no number, so all labels are names, in the order of their text: 2 of 5 labels are "
                  "numbers");
  }
  EXPECT_EQ(number({"dog", "cat", ""}).remark, "");
  EXPECT_EQ(number({"1", "", "2.0"}).remark, "");
  EXPECT_EQ(number({"", ""}).remark, "");
}

TEST(TarLabels, NumbersThatAreNoClassIdsAreRefused) {
  for (const char* bad : {"-1", "1.5", "1000000", "3000000000", "1e400"}) {
    EXPECT_EQ(message_of({"0", bad}), "image 1: its label is " + std::string(bad) +
                                          ", expected a class id from 0 to 999999, or a name");
  }
}

}  // namespace
}  // namespace weft
