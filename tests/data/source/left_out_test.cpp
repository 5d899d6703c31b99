#include "weft/data/source/left_out.h"

#include <gtest/gtest.h>

#include "weft/base/check.h"

namespace weft {
namespace {

TEST(LeftOut, CountsByEndingTheMostFrequentFirst) {
  LeftOut left_out;
  EXPECT_TRUE(left_out.empty());
  EXPECT_TRUE(left_out.remarks("set").empty());
  for (const char* name :
       {"a.txt", "b.GIF", "c.gif", "README", ".DS_Store", "Thumbs.db", "._d.gif", "__MACOSX"}) {
    left_out.add_file(name);
  }
  EXPECT_EQ(left_out.remarks("set")[0],
            "set: 4 files left out, such as a.txt: 2 .gif, 1 .txt, 1 without an ending");
  left_out.add("hard link");
  EXPECT_EQ(left_out.list(), "2 .gif, 1 .txt, 1 hard link, 1 without an ending");
  LeftOut more;
  for (int i = 0; i < 10; ++i) more.add_file("x.k" + std::to_string(i));
  more.add("hard link");
  more.add_all(left_out);
  EXPECT_EQ(more.remarks("set")[0],
            "set: 16 files left out, such as x.k0: 2 .gif, 2 hard links, 1 .k0, 1 .k1, 1 .k2, 1 .k3, 1 .k4, "
            "1 .k5, 6 of other kinds");
  LeftOut one;
  one.add_file("a.gif");
  EXPECT_EQ(one.remarks("set")[0], "set: 1 file left out, a.gif: 1 .gif");
  LeftOut nameless;
  nameless.add("hard link");
  EXPECT_EQ(nameless.remarks("set")[0], "set: 1 file left out: 1 hard link");
}

TEST(LeftOut, IsAnErrorWhereItIsMostOfTheData) {
  LeftOut left_out;
  for (int i = 0; i < 100; ++i) {
    left_out.add_file("notes.txt");
    left_out.add_beside_sample(".npy");
  }
  left_out.add_file("a.heic");
  left_out.add_file("b.heic");
  EXPECT_NO_THROW(left_out.check("set", 2));
  try {
    left_out.check("set", 1);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(
        error.what(),
        "set: left out would be 100 .npy, 100 .txt, 2 .heic, which is more than the 1 sample; convert them, "
        "or take them away");
  }
}

}  // namespace
}  // namespace weft
