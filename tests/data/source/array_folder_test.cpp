#include "weft/data/source/array_folder.h"

#include <cmath>

#include "tests/data/source/classic_netcdf.h"
#include "tests/data/source/hdf5_writing.h"
#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

using ArrayFolderTest = SourceTest;

void write_netcdf4(const fs::path& path, const std::vector<hsize_t>& shape, int seed,
                   bool has_label = false) {
  const Hdf5Lock lock;
  const Hdf5Id file = create_file(path);
  int64_t elems = 1;
  for (const hsize_t size : shape) elems *= static_cast<int64_t>(size);
  write_dataset(file.get(), "x", H5T_STD_I16LE, shape, {}, elements(elems, seed));
  if (!has_label) return;
  const Hdf5Id space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Id label(
      H5Dcreate2(file.get(), "y", H5T_STD_I32LE, space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
      H5Dclose);
  H5Dwrite(label.get(), H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, &seed);
}

std::vector<double> numbers_of(const Source& source) {
  std::vector<double> all;
  for (int64_t i = 0; i < source.count(); ++i) {
    const auto values = values_of(source, i, whole_of(source));
    all.insert(all.end(), values[0].begin(), values[0].end());
  }
  return all;
}

// Classic and NetCDF-4, of different lengths, each packed in its own way, as years of a reanalysis are.
TEST_F(ArrayFolderTest, RowsOfFilesFollowEachOtherAndEachFileIsUnpackedByItsOwnScale) {
  const auto packed = [](std::vector<int16_t> values, double scale, int16_t fill) {
    return classic_variable('\2', classic_numbers(3, values),
                            {{"scale_factor", classic_numbers<double>(6, {scale})},
                             {"_FillValue", classic_numbers<int16_t>(3, {fill})}});
  };
  fs::create_directories(folder_ / "set");
  write(folder_ / "set/2001.nc", packed({1, 2, 3}, 0.5, 2));
  write(folder_ / "set/2000.nc", packed({4, -1}, 2, -1));
  write(folder_ / "set/notes.txt", "text");
  const auto source = open(folder_ / "set");
  ASSERT_EQ(source->count(), 5);
  const std::vector<double> numbers = numbers_of(*source);
  EXPECT_EQ(numbers[0], 8);
  EXPECT_TRUE(std::isnan(numbers[1]));
  EXPECT_EQ(numbers[2], 0.5);
  EXPECT_TRUE(std::isnan(numbers[3]));
  EXPECT_EQ(numbers[4], 1.5);
  EXPECT_EQ(source->name(3), (folder_ / "set/2001.nc").string() + "[1]");
  const std::string path = (folder_ / "set").string();
  EXPECT_EQ(source->remarks(),
            (std::vector{path + ": its 2 files are read as one, along the first dimension of their arrays",
                         path + ": 1 file left out, notes.txt: 1 .txt"}));
}

TEST_F(ArrayFolderTest, FilesWithoutRowsInCommonAreSamples) {
  fs::create_directories(folder_ / "set");
  for (const int i : {1, 0, 2}) write_netcdf4(folder_ / fmt::format("set/{}.nc", i), {4, 3}, i, true);
  const auto source = open(folder_ / "set", {"x", "y"});
  ASSERT_EQ(source->count(), 3);
  EXPECT_EQ(source->fields()[0].type.shape, (Dims{4, 3}));
  for (int i = 0; i < 3; ++i) {
    const auto values = values_of(*source, i, whole_of(*source));
    const std::vector<int16_t> expected = elements(12, i);
    EXPECT_EQ(values[0], std::vector<double>(expected.begin(), expected.end()));
    EXPECT_EQ(values[1], (std::vector<double>{static_cast<double>(i)}));
  }
  EXPECT_EQ(source->name(2), (folder_ / "set/2.nc").string());
  EXPECT_EQ(source->remarks(),
            std::vector{(folder_ / "set").string() + ": its 3 files are read as one sample each"});
}

TEST_F(ArrayFolderTest, FilesThatDifferAreNamed) {
  fs::create_directories(folder_ / "set");
  write_netcdf4(folder_ / "set/0.nc", {4, 3}, 0);
  write_netcdf4(folder_ / "set/1.nc", {2, 3}, 1);
  EXPECT_EQ(open(folder_ / "set")->count(), 6);
  write_netcdf4(folder_ / "set/2.nc", {2, 5}, 1);
  EXPECT_EQ(refusal(folder_ / "set"),
            "set/2.nc: 'x' is i16 [5], and in 0.nc it is i16 [3]; samples must be alike");
  const auto ints = [](int32_t fill) {
    return classic_variable('\2', classic_numbers<int32_t>(4, {1, 2}),
                            {{"_FillValue", classic_numbers<int32_t>(4, {fill})}});
  };
  write(folder_ / "ints/0.nc", ints(-1));
  write(folder_ / "ints/1.nc", ints(-2));
  EXPECT_EQ(refusal(folder_ / "ints"),
            "ints/1.nc: 'x' is i32 [1], and in 0.nc it is i32 [1] with other missing values; samples must "
            "be alike");
  write(folder_ / "other/0.nc", ints(-1));
  write_netcdf4(folder_ / "other/1.nc", {4, 3}, 0);
  EXPECT_NE(refusal(folder_ / "other").find("other/1.nc: 'x' is i16 [3], and"), std::string::npos);
}

TEST_F(ArrayFolderTest, ArchivesOfNumpyFollowTheSameRule) {
  const fs::path goldens = fs::path(WEFT_SOURCE_DIR) / "tests/data/source/golden";
  fs::create_directories(folder_ / "set");
  fs::copy_file(goldens / "two.npz", folder_ / "set/b.npz");
  fs::copy_file(goldens / "two.npz", folder_ / "set/a.npz");
  const auto source = open(folder_ / "set");
  const auto one = open(goldens / "two.npz");
  ASSERT_EQ(source->count(), 2 * one->count());
  EXPECT_EQ(values_of(*source, 4, whole_of(*source)), values_of(*one, 1, whole_of(*one)));
  EXPECT_EQ(source->name(4), (folder_ / "set/b.npz").string() + "[1]");
}

// Each an array and a number, which is what is to be learnt of it.
TEST_F(ArrayFolderTest, ArchivesOfOneArrayAndNumbersAreSamples) {
  std::string bytes = read(fs::path(WEFT_SOURCE_DIR) / "tests/data/source/golden/two.npz");
  const std::string rows = "'shape': (3,)";
  ASSERT_NE(bytes.find(rows), std::string::npos);
  bytes.replace(bytes.find(rows), rows.size(), "'shape': ()  ");
  for (const char* name : {"a.npz", "b.npz"}) write(folder_ / "set" / name, bytes);
  const std::string path = (folder_ / "set").string();
  for (const std::vector<std::string>& fields : {std::vector<std::string>{}, {"x", "y"}}) {
    const auto source = open(folder_ / "set", fields);
    ASSERT_EQ(source->count(), 2);
    EXPECT_EQ(source->fields()[0].type.shape, (Dims{3, 4}));
    EXPECT_EQ(source->fields()[1].type.shape, Dims{});
    EXPECT_EQ(source->remarks(), std::vector{path + ": its 2 files are read as one sample each"});
  }
  // A file that stands alone has no more samples than rows.
  const std::string alone = (folder_ / "set/a.npz").string();
  EXPECT_EQ(open(alone)->remarks(),
            std::vector{alone + ": 'y' is left out: it is one number, and samples are the rows of arrays"});
  // Where the first is damaged, it says so.
  write(folder_ / "set/a.npz", "PK");
  EXPECT_NE(refusal(folder_ / "set").find("set/a.npz: "), std::string::npos);
}

TEST_F(ArrayFolderTest, MoreOfOtherThingsThanOfSamplesIsAnError) {
  fs::create_directories(folder_ / "set");
  for (const char* name : {"0.h5", "1.h5"}) write_netcdf4(folder_ / "set" / name, {4, 3}, 0);
  for (const char* name : {"a.png", "b.png", "c.png"}) write(folder_ / "set" / name, "x");
  fs::create_directories(folder_ / "set/old");
  EXPECT_EQ(
      refusal(folder_ / "set"),
      "set: left out would be 3 .png, 1 folder, which is more than the 2 samples; convert them, or take them "
      "away");
  fs::remove(folder_ / "set/c.png");
  EXPECT_EQ(
      open(folder_ / "set")->remarks(),
      (std::vector{(folder_ / "set").string() + ": its 2 files are read as one sample each",
                   (folder_ / "set").string() + ": 3 files left out, such as a.png: 2 .png, 1 folder"}));
}

TEST_F(ArrayFolderTest, AFileThatCannotBeOpenedIsABadSample) {
  fs::create_directories(folder_ / "set");
  for (const char* name : {"1.h5", "2.h5", "3.h5"}) write_netcdf4(folder_ / "set" / name, {4, 3}, 0);
  write(folder_ / "set/0.h5", "damaged");
  fs::create_symlink(folder_ / "nowhere", folder_ / "set/4.h5");
  const auto source = open(folder_ / "set");
  ASSERT_EQ(source->count(), 5);
  EXPECT_EQ(values_of(*source, 1, whole_of(*source))[0].size(), 12U);
  const std::string set = (folder_ / "set").string();
  const std::string damaged = set + "/0.h5: is no HDF5 file, or is cut short or damaged";
  EXPECT_EQ(message_of([&] { values_of(*source, 0, whole_of(*source)); }), damaged);
  EXPECT_EQ(message_of([&] { values_of(*source, 4, whole_of(*source)); }),
            set + "/4.h5: cannot be opened: No such file or directory");
  EXPECT_EQ(source->name(4), set + "/4.h5");
  EXPECT_EQ(source->remarks(), (std::vector{set + ": its 5 files are read as one sample each",
                                            set + ": 2 of 5 files cannot be read, such as " + damaged}));
  fs::remove(folder_ / "set/3.h5");
  fs::remove(folder_ / "set/2.h5");
  EXPECT_EQ(refusal(folder_ / "set"), "set/0.h5: is no HDF5 file, or is cut short or damaged");
}

TEST_F(ArrayFolderTest, OfNumpyToo) {
  const fs::path goldens = fs::path(WEFT_SOURCE_DIR) / "tests/data/source/golden";
  fs::create_directories(folder_ / "set");
  for (const char* name : {"1.npy", "2.npy"}) fs::copy_file(goldens / "i4_le.npy", folder_ / "set" / name);
  write(folder_ / "set/0.npy", "damaged");
  const auto source = open(folder_ / "set");
  ASSERT_EQ(source->count(), 3);
  const std::string set = (folder_ / "set").string();
  const std::string damaged = set + "/0.npy: 7 bytes are too few for a .npy file";
  EXPECT_EQ(values_of(*source, 2, whole_of(*source))[0].size(), 24U);
  EXPECT_EQ(message_of([&] { values_of(*source, 0, whole_of(*source)); }), damaged);
  EXPECT_EQ(
      source->remarks(),
      (std::vector{set + ": a .npy file holds one array; numpy.savez(\"both.npz\", x=x, y=y) saves several "
                         "with their names",
                   set + ": 1 of 3 files cannot be read, such as " + damaged}));
  fs::remove(folder_ / "set/2.npy");
  fs::remove(folder_ / "set/1.npy");
  EXPECT_EQ(refusal(folder_ / "set"), "set/0.npy: 7 bytes are too few for a .npy file");
}

// A variable of a classic file whose records lie between those of others.
TEST_F(ArrayFolderTest, RecordsThatAreInterleavedAreNoWholeSample) {
  const auto file = [] {
    const auto head = [&](uint64_t at) {
      ClassicWriter out('\2');
      out.size(2);
      out.word(10);
      out.size(1);
      out.name("t");
      out.size(0);
      out.word(0);
      out.size(0);
      out.word(11);
      out.size(3);
      for (const char* name : {"x", "y", "z"}) {
        const bool is_record = name[0] != 'z';
        out.name(name);
        out.size(is_record ? 1 : 0);
        if (is_record) out.size(0);
        out.word(0);
        out.size(0);
        out.word(4);
        out.size(4);
        out.offset(at + (name[0] == 'x' ? 4 : name[0] == 'y' ? 8 : 0));
      }
      return out.bytes_;
    };
    return head(head(0).size()) + std::string(20, '\1');
  };
  write(folder_ / "set/0.nc", file());
  EXPECT_EQ(
      refusal(folder_ / "set", {"x", "z"}),
      "set/0.nc: 'x' lies in records of several variables, and a file that is one sample cannot have these");
  EXPECT_EQ(open(folder_ / "set", {"x", "y"})->count(), 2);
}

}  // namespace
}  // namespace weft
