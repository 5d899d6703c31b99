// Of data/source/open_source.h: paths that are patterns.
#include "weft/data/source/open_source.h"

#include "tests/data/source/source_fixture.h"
#include "weft/data/text/token_file.h"
#include "weft/store/safetensors.h"

namespace weft {
namespace {

const fs::path kGoldens = fs::path(WEFT_SOURCE_DIR) / "tests/data/source/golden";

class OpenPattern : public SourceTest {
 protected:
  /// Samples that are the numbers from `first` on.
  void put(const std::string& name, int64_t first, int64_t count) const {
    std::vector<int64_t> numbers;
    for (int64_t i = 0; i < count; ++i) numbers.push_back(first + i);
    write_safetensors(
        folder_ / name,
        std::vector<NamedView>{{"x", {reinterpret_cast<std::byte*>(numbers.data()), {DType::i64, {count}}}}});
  }
  static std::vector<double> numbers_of(const Source& source) {
    std::vector<double> numbers;
    for (int64_t i = 0; i < source.count(); ++i)
      numbers.push_back(values_of(source, i, whole_of(source))[0][0]);
    return numbers;
  }
};

TEST_F(OpenPattern, FilesThatNoFolderIsReadForFollowEachOther) {
  put("b.safetensors", 2, 3);
  put("a.safetensors", 0, 2);
  put("other.safetensors", 70, 1);
  const auto some = open(folder_ / "?.safetensors");
  EXPECT_EQ(numbers_of(*some), (std::vector<double>{0, 1, 2, 3, 4}));
  EXPECT_EQ(some->name(2), (folder_ / "b.safetensors[0]").string());
  EXPECT_EQ(open_source({.path = folder_ / "?.safetensors", .fields = {}}).format, "safetensors");
}

TEST_F(OpenPattern, FilesOfAFormatThatReadsFoldersAreReadAsAFolder) {
  fs::create_directories(folder_ / "all");
  for (const char* name : {"one.npz", "two.npz"}) {
    fs::copy_file(kGoldens / "two.npz", folder_ / name);
    fs::copy_file(kGoldens / "two.npz", folder_ / "all" / name);
  }
  write(folder_ / "notes.md", "x");
  const auto by_pattern = open(folder_ / "*.npz");
  const auto by_folder = open(folder_ / "all");
  ASSERT_EQ(by_pattern->count(), by_folder->count());
  for (int64_t i = 0; i < by_folder->count(); ++i)
    EXPECT_EQ(values_of(*by_pattern, i, whole_of(*by_pattern)),
              values_of(*by_folder, i, whole_of(*by_folder)));
  EXPECT_EQ(by_pattern->files().size(), 2U);
}

TEST_F(OpenPattern, WhatCannotBeReadTogetherIsOneSentence) {
  put("1.safetensors", 0, 1);
  write_token_file(folder_ / "1.tokens", std::vector<int32_t>(2000));
  EXPECT_EQ(refusal(folder_ / "9*"), "9*: no file has this name, and none matches it as a pattern");
  EXPECT_EQ(refusal(folder_ / "1.*"),
            "1.*: 1.safetensors is safetensors and 1.tokens is tokens, expected files of one format");
  write(folder_ / "2.txt", "no data");
  EXPECT_EQ(refusal(folder_ / "2*").substr(0, 38), "2.txt: is no data set that can be read");
}

TEST_F(OpenPattern, WhereImagesAreWantedOtherFormatsAreNotExpected) {
  write(folder_ / "2.txt", "no data");
  EXPECT_EQ(
      message_of([&] { open_source({.path = folder_ / "2.txt", .fields = {}, .images = true}); }),
      (folder_ / "2.txt").string() +
          ": is no data set that can be read, expected one of: a folder of class folders of .jpg, .jpeg, "
          ".png, .webp or .bmp files; a .tar archive of images, or a folder of them");
}

TEST_F(OpenPattern, AFileOfThatNameIsTheFile) {
  put("a[1].safetensors", 5, 1);
  put("a1.safetensors", 6, 1);
  EXPECT_EQ(numbers_of(*open(folder_ / "a[1].safetensors")), std::vector<double>{5});
}

}  // namespace
}  // namespace weft
