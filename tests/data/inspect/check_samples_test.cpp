#include "weft/data/inspect/check_samples.h"

#include <turbojpeg.h>

#include <map>

#include "tests/data/source/source_fixture.h"
#include "weft/data/synthetic/volumes.h"

namespace weft {
namespace {

std::string jpeg(int width, int height) {
  std::vector<unsigned char> pixels(static_cast<size_t>(width * height * 3));
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<unsigned char>(i * 7 % 251);
  tjhandle handle = tjInitCompress();
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  tjCompress2(handle, pixels.data(), width, 0, height, TJPF_RGB, &bytes, &size, TJSAMP_420, 90, 0);
  std::string file(reinterpret_cast<char*>(bytes), size);
  tjFree(bytes);
  tjDestroy(handle);
  return file;
}

/// A grey image of 2x1 pixels, made with Python's zlib.
const std::string kPng{
    "\211\120\116\107\015\012\032\012\000\000\000\015\111\110\104\122\000\000\000\002\000\000\000\001"
    "\010\000\000\000\000\321\111\040\126\000\000\000\013\111\104\101\124\170\332\143\160\150\000\000"
    "\001\003\000\301\107\205\227\035\000\000\000\000\111\105\116\104\256\102\140\202",
    68};

class CheckTest : public SourceTest {
 protected:
  CheckTest() {
    write(folder_ / "set/a/1.jpg", jpeg(20, 10));
    write(folder_ / "set/a/2.png", kPng);
    write(folder_ / "set/b/3.jpg", jpeg(8, 40));
  }
  static std::vector<int64_t> bad_of(const CheckReport& report) {
    std::vector<int64_t> bad;
    for (const CheckReport::Bad& sample : report.bad) bad.push_back(sample.sample);
    return bad;
  }
};

TEST_F(CheckTest, GoodImagesHaveSizesAndChecksums) {
  const auto source = open(folder_ / "set");
  std::map<int64_t, CheckedRecord> records;
  int64_t last = 0;
  CheckOptions options;
  options.on_record = [&](const CheckedRecord& record) { records[record.sample] = record; };
  options.on_progress = [&](int64_t done, int64_t total) {
    EXPECT_EQ(done, ++last);
    EXPECT_EQ(total, 3);
  };
  const CheckReport report = check_samples(*source, options);
  EXPECT_EQ(report.bad.size(), 0U) << report.bad[0].problem;
  EXPECT_EQ(report.smallest, (Dims{1, 2}));
  EXPECT_EQ(report.largest, (Dims{40, 20}));
  EXPECT_EQ(records.size(), 3U);
  EXPECT_EQ(records[1].bytes, 68);
  EXPECT_NE(records[0].checksum, records[2].checksum);
  EXPECT_EQ(last, 3);
}

TEST_F(CheckTest, BadSamplesAreListedInOrder) {
  const std::string good = jpeg(64, 64);
  std::string changed = kPng;
  changed[changed.size() - 20] ^= 1;
  write(folder_ / "set/c/0.jpg", "");
  write(folder_ / "set/c/1.jpg", good);
  write(folder_ / "set/c/2.jpg", good.substr(0, good.size() / 2));
  write(folder_ / "set/c/3.png", "GIF89a");
  write(folder_ / "set/c/4.png", kPng.substr(0, kPng.size() - 16));
  write(folder_ / "set/c/5.png", changed);
  write(folder_ / "set/c/6.png", kPng);
  const auto source = open(folder_ / "set");
  const CheckReport report = check_samples(*source, {});
  EXPECT_EQ(bad_of(report), (std::vector<int64_t>{3, 5, 6, 7, 8}));
  for (const CheckReport::Bad& bad : report.bad) {
    EXPECT_TRUE(bad.problem.starts_with(source->name(bad.sample))) << bad.problem;
  }
}

TEST_F(CheckTest, LinksToNothingAreListed) {
  fs::create_symlink("/nowhere", folder_ / "set/a/0.jpg");
  const auto source = open(folder_ / "set");
  const CheckReport report = check_samples(*source, {});
  ASSERT_EQ(bad_of(report), (std::vector<int64_t>{0}));
  EXPECT_EQ(report.bad[0].problem, source->name(0) + ": cannot be opened: No such file or directory");
}

TEST_F(CheckTest, BrokenChunksAreListed) {
  make_volumes({folder_ / "v.h5", 4, {8, 8, 8, 1}, {}, 4});
  std::vector<Extent> extents;
  open(folder_ / "v.h5")->locate(2, {}, extents);
  std::string bytes = read(folder_ / "v.h5");
  bytes[static_cast<size_t>(extents[0].offset) + 20] ^= 1;
  write(folder_ / "v.h5", bytes);
  const CheckReport report = check_samples(*open(folder_ / "v.h5"), {});
  ASSERT_EQ(bad_of(report), (std::vector<int64_t>{2}));
  EXPECT_EQ(report.bad[0].problem, folder_.string() + "/v.h5[2]: a compressed chunk is broken");
}

TEST_F(CheckTest, TheKeyFollowsContentsAndNotThePlace) {
  const uint64_t key = source_key(*open(folder_ / "set"));
  fs::rename(folder_ / "set", folder_ / "moved");
  EXPECT_EQ(source_key(*open(folder_ / "moved")), key);
  fs::rename(folder_ / "moved/b/3.jpg", folder_ / "moved/b/4.jpg");
  EXPECT_NE(source_key(*open(folder_ / "moved")), key);
}

}  // namespace
}  // namespace weft
