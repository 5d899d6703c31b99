#include "weft/data/source/part_folders.h"

#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

using PartFoldersTest = SourceTest;

TEST_F(PartFoldersTest, HoldClassFoldersWhereAClassHoldsImages) {
  write(folder_ / "test/cat/1.jpg", "x");
  write(folder_ / "val/1.jpg", "x");
  write(folder_ / "valid/1.tar", "x");
  write(folder_ / "cat/1.jpg", "x");
  fs::create_directories(folder_ / "train/odd.jpg");
  write(folder_ / "validation", "a file");
  EXPECT_TRUE(is_part(folder_, "test"));
  EXPECT_FALSE(is_part(folder_, "val"));
  EXPECT_TRUE(is_part(folder_, "valid"));
  EXPECT_TRUE(is_part(folder_, "train"));
  EXPECT_FALSE(is_part(folder_, "validation"));
  EXPECT_FALSE(is_part(folder_, "cat"));
  EXPECT_FALSE(is_part(folder_ / "nowhere", "test"));
}

TEST_F(PartFoldersTest, BesideClassesAreNoClasses) {
  for (const char* name : {"cat/1.jpg", "dog/1.jpg", "test/cat/1.jpg", "valid/dog/1.jpg"}) {
    write(folder_ / "set" / name, "x");
  }
  const auto source = open(folder_ / "set");
  EXPECT_EQ(source->count(), 2);
  EXPECT_EQ(source->classes().size(), 2U);
  EXPECT_EQ(source->remarks()[0],
            (folder_ / "set").string() +
                ": test and valid are left out as other parts of the data set, not taken for a "
                "class");
  EXPECT_EQ(open_source({folder_ / "set", {}, "test"}).source->count(), 1);
}

TEST_F(PartFoldersTest, AClassMayBeCalledTest) {
  for (const char* name : {"result/1.jpg", "test/1.jpg", "train/1.jpg"}) write(folder_ / "set" / name, "x");
  const auto opened = open_source({folder_ / "set", {}, "train"});
  EXPECT_EQ(opened.source->count(), 3);
  EXPECT_EQ(opened.source->classes()[1], "test");
}

TEST_F(PartFoldersTest, MayBeInCapitals) {
  write(folder_ / "set/Train/cat/1.jpg", "x");
  write(folder_ / "set/TEST/cat/1.jpg", "x");
  EXPECT_EQ(open_source({folder_ / "set", {}, "train"}).source->classes()[0], "cat");
  EXPECT_EQ(find_part(folder_ / "set", "test"), folder_ / "set/TEST");
  EXPECT_FALSE(find_part(folder_ / "set", "val"));
  fs::rename(folder_ / "set/Train", folder_ / "set/training");
  EXPECT_EQ(refusal(folder_ / "set"),
            "set: has no class folders of its own, only TEST and training with parts of a data set; name "
            "one, as set/training");
}

TEST_F(PartFoldersTest, AloneAreNoDataSet) {
  write(folder_ / "parts/test/cat/1.jpg", "x");
  write(folder_ / "parts/val/cat/1.jpg", "x");
  EXPECT_EQ(refusal(folder_ / "parts"),
            "parts: has no class folders of its own, only test and val with parts of a data set; name one, "
            "as parts/val");
  write(folder_ / "flat/train/1.jpg", "x");
  write(folder_ / "flat/test/1.jpg", "x");
  EXPECT_EQ(
      refusal(folder_ / "flat"),
      "flat: images lie directly in test and train; put them into class folders, as in flat/train/cat/1.jpg");
}

}  // namespace
}  // namespace weft
