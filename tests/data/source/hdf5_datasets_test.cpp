// What no field can be made of, and files whose bytes were changed after they were written.
#include "weft/data/source/hdf5_datasets.h"

#include <sys/wait.h>

#include "tests/data/source/hdf5_writing.h"
#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

class Hdf5DatasetsTest : public SourceTest {
 protected:
  /// A file of the old format, whose metadata have no checksums, with one dataset "x" of 4 rows of 6.
  std::string file_with(const Layout& layout) {
    const Hdf5Lock lock;
    const Hdf5Id file = create_file(folder_ / "x.h5");
    write_dataset(file.get(), "x", H5T_STD_I16LE, {4, 6}, layout, elements(24, 1));
    H5Fflush(file.get(), H5F_SCOPE_GLOBAL);
    return read(folder_ / "x.h5");
  }
  std::string refusal_of(const std::string& bytes) {
    write(folder_ / "x.h5", bytes);
    return refusal(folder_ / "x.h5");
  }

  static void put(std::string& bytes, size_t at, uint64_t value) {
    for (size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
  }
  /// Where key `index` of the tree of chunks [ROWS, COLUMNS] begins: a chunk's bytes (4), its mask (4), its
  /// place in each dimension and that within the element (3 of 8), and then its address (8).
  static size_t key_of_chunk(const std::string& bytes, size_t index) {
    const size_t tree = bytes.find(std::string("TREE\1", 5));
    EXPECT_NE(tree, std::string::npos);
    return tree + 24 + index * (8 + 3 * 8 + 8);
  }
};

TEST_F(Hdf5DatasetsTest, GroupsThatCannotBeReadAreSaid) {
  std::string bytes = file_with({});
  EXPECT_EQ(refusal_of(bytes), "");
  bytes[bytes.find("SNOD")] = 'X';
  EXPECT_EQ(refusal_of(bytes), "x.h5: its groups cannot be read; is the file damaged?");
}

TEST_F(Hdf5DatasetsTest, WhatLinksLeadToIsReadOrSaid) {
  {
    const Hdf5Lock lock;
    const Hdf5Id other = create_file(folder_ / "other.h5");
    write_dataset(other.get(), "x", H5T_STD_I16LE, {4, 6}, {}, elements(24, 2));
    const Hdf5Id file = create_file(folder_ / "x.h5");
    write_dataset(file.get(), "own", H5T_STD_I16LE, {4, 6}, {}, elements(24, 1));
    H5Lcreate_external("other.h5", "x", file.get(), "far", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("gone.h5", "x", file.get(), "gone", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/own", file.get(), "near", H5P_DEFAULT, H5P_DEFAULT);
  }
  const std::string far = "x.h5: 'far' lies in another file (an external link); name that file instead";
  EXPECT_EQ(refusal(folder_ / "x.h5", {"far"}), far);
  EXPECT_EQ(refusal(folder_ / "x.h5", {"gone"}),
            "x.h5: 'gone' cannot be opened: it is a link that leads nowhere, or damaged");
  const auto source = open(folder_ / "x.h5");
  ASSERT_EQ(source->fields().size(), 2U);
  EXPECT_EQ(values_of(*source, 3, whole_of(*source))[0], values_of(*source, 3, whole_of(*source))[1]);
}

TEST_F(Hdf5DatasetsTest, DataBeyondTheFileAreSaid) {
  std::string bytes = file_with({});
  uint64_t address = 0;
  {
    const Hdf5Lock lock;
    const Hdf5Id file(H5Fopen((folder_ / "x.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    address = H5Dget_offset(Hdf5Id(H5Dopen2(file.get(), "x", H5P_DEFAULT), H5Dclose).get());
  }
  std::string layout("\3\1........");  // version 3, contiguous, and then the address
  put(layout, 2, address);
  const size_t at = bytes.find(layout) + 2;
  ASSERT_LT(at, bytes.size());
  put(bytes, at, bytes.size() - 47);
  const std::string expected =
      fmt::format("x.h5: data of 'x' lie beyond the file's {} bytes; is it cut short?", bytes.size());
  EXPECT_EQ(refusal_of(bytes), expected);
  put(bytes, at, bytes.size() - 48);
  EXPECT_EQ(refusal_of(bytes), "");
}

// The library looks no further than where it takes the file to end.
TEST_F(Hdf5DatasetsTest, AChunkBeyondTheFileIsDamage) {
  std::string bytes = file_with({.chunk = {1, 6}});
  EXPECT_EQ(refusal_of(bytes), "");
  put(bytes, key_of_chunk(bytes, 2) + 32, bytes.size() - 11);
  EXPECT_EQ(refusal_of(bytes), "x.h5: the index of the chunks of 'x' is damaged");
  put(bytes, key_of_chunk(bytes, 2) + 32, bytes.size() - 12);
  EXPECT_EQ(refusal_of(bytes), "");
}

TEST_F(Hdf5DatasetsTest, AnIndexWithoutAChunkThatIsCountedIsDamaged) {
  std::string bytes = file_with({.chunk = {1, 6}});
  put(bytes, key_of_chunk(bytes, 3) + 8, 77);  // the last row is said to be of another place
  EXPECT_EQ(refusal_of(bytes), "x.h5: the index of the chunks of 'x' is damaged");
}

TEST_F(Hdf5DatasetsTest, AChunkOfAnotherSizeIsSaidWhereItIsRead) {
  std::string bytes = file_with({.chunk = {1, 6}});
  bytes[key_of_chunk(bytes, 2)] = 11;
  write(folder_ / "x.h5", bytes);
  const auto source = open(folder_ / "x.h5");
  EXPECT_EQ(values_of(*source, 1, whole_of(*source))[0].size(), 6U);
  EXPECT_EQ(message_of([&] { values_of(*source, 2, whole_of(*source)); }),
            folder_.string() + "/x.h5[2]: a chunk has 11 bytes, expected 12");
}

// A process that ends without closing its file, as one that is killed does.
TEST_F(Hdf5DatasetsTest, AFileOfAKilledWriterIsSaid) {
  const auto leave_open = [&](bool latest) {
    const pid_t child = fork();
    if (child == 0) {
      Hdf5Id file = create_file(folder_ / "x.h5", latest);
      Hdf5Id dataset = create_dataset(file.get(), "x", H5T_STD_I16LE, {4, 6}, {.chunk = {1, 6}});
      const std::vector<int16_t> values = elements(6, 1);
      const hsize_t row[2] = {1, 6};
      const Hdf5Id memory(H5Screate_simple(2, row, nullptr), H5Sclose);
      const Hdf5Id place(H5Dget_space(dataset.get()), H5Sclose);
      const hsize_t start[2] = {0, 0};
      H5Sselect_hyperslab(place.get(), H5S_SELECT_SET, start, nullptr, row, nullptr);
      H5Dwrite(dataset.get(), H5T_NATIVE_SHORT, memory.get(), place.get(), H5P_DEFAULT, values.data());
      H5Fflush(file.get(), H5F_SCOPE_GLOBAL);
      _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  };
  leave_open(/*latest=*/true);
  EXPECT_EQ(refusal(folder_ / "x.h5"),
            "x.h5: is being written, or its writer was killed; where it was, h5clear -s makes it readable");
  leave_open(/*latest=*/false);
  const auto source = open(folder_ / "x.h5");
  EXPECT_EQ(values_of(*source, 0, whole_of(*source))[0].size(), 6U);
  EXPECT_EQ(source->remarks(),
            std::vector{
                (folder_ / "x.h5").string() +
                ": in 'x' 3 of 4 chunks were never written and are the fill value; was its writer killed?"});
}

TEST_F(Hdf5DatasetsTest, WhatWasNeverWrittenIsSaid) {
  {
    const Hdf5Lock lock;
    const Hdf5Id file = create_file(folder_ / "x.h5");
    for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g'}) {
      create_dataset(file.get(), std::string(1, name).c_str(), H5T_STD_I16LE, {4, 6}, {});
    }
  }
  const std::vector<std::string> remarks = open(folder_ / "x.h5")->remarks();
  ASSERT_EQ(remarks.size(), 6U);
  const std::string path = (folder_ / "x.h5").string();
  EXPECT_EQ(remarks[0], path + ": in 'a' nothing was ever written; all of it is the fill value");
  EXPECT_EQ(remarks[5], path + ": 2 more such sentences");
}

TEST_F(Hdf5DatasetsTest, MoreChunksThanCanBeHeldAreRefused) {
  {
    const Hdf5Lock lock;
    const Hdf5Id file = create_file(folder_ / "x.h5");
    create_dataset(file.get(), "x", H5T_STD_I16LE, {hsize_t{1} << 20, 1 << 9}, {.chunk = {1, 1}});
  }
  EXPECT_EQ(refusal(folder_ / "x.h5"), "x.h5: 'x' has more chunks than can be held");
}

TEST_F(Hdf5DatasetsTest, FilesWithoutSamplesSayWhatTheyHold) {
  {
    const Hdf5Lock lock;
    const Hdf5Id file = create_file(folder_ / "x.h5");
    const Hdf5Id empty = create_file(folder_ / "empty.h5");
    const Hdf5Id space(H5Screate(H5S_SCALAR), H5Sclose);
    const Hdf5Id number(
        H5Dcreate2(file.get(), "year", H5T_STD_I16LE, space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Dclose);
  }
  EXPECT_EQ(refusal(folder_ / "x.h5"), "x.h5: holds no array of samples; it holds year []");
  EXPECT_EQ(refusal(folder_ / "x.h5", {"year"}), "x.h5: 'year' is one number, expected one a sample");
  EXPECT_EQ(refusal(folder_ / "empty.h5"), "empty.h5: holds no array of samples; it holds nothing");
}

TEST_F(Hdf5DatasetsTest, LayoutsThatCannotBeReadAreSaid) {
  const std::vector<hsize_t> shape{4, 6};
  const std::vector<hsize_t> chunk{3, 4};
  const auto expect_problem = [&](const std::function<void(hid_t)>& set, hid_t type, const char* problem) {
    {
      const Hdf5Lock lock;
      const Hdf5Id file = create_file(folder_ / "x.h5", true);
      const Hdf5Id space(H5Screate_simple(2, shape.data(), nullptr), H5Sclose);
      const Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
      set(properties.get());
      const Hdf5Id made(
          H5Dcreate2(file.get(), "x", type, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
          H5Dclose);
      ASSERT_TRUE(made) << problem;
    }
    EXPECT_EQ(refusal(folder_ / "x.h5", {"x"}), std::string("x.h5: 'x' ") + problem);
  };
  const hid_t number = H5T_STD_I16LE;
  const auto chunked = [&](hid_t properties) { H5Pset_chunk(properties, 2, chunk.data()); };
  expect_problem([](hid_t properties) { H5Pset_layout(properties, H5D_COMPACT); }, number,
                 "is stored in the file's header (compact), expected contiguous or chunked");
  expect_problem([](hid_t properties) { H5Pset_external(properties, "raw", 0, 48); }, number,
                 "lies in other files (external storage)");
  expect_problem(
      [&](hid_t properties) {
        const Hdf5Id space(H5Screate_simple(2, shape.data(), nullptr), H5Sclose);
        H5Pset_virtual(properties, space.get(), "other.h5", "x", space.get());
      },
      number, "is virtual, a view of other files; name those instead");
  expect_problem(
      [&](hid_t properties) {
        chunked(properties);
        H5Pset_chunk_opts(properties, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
      },
      number, "leaves partial chunks unfiltered, which is not supported");
  expect_problem(
      [&](hid_t properties) {
        chunked(properties);
        H5Pset_deflate(properties, 1);
        H5Pset_deflate(properties, 1);
      },
      number, "is compressed twice");
  const Hdf5Id narrow(H5Tcopy(H5T_STD_I16LE), H5Tclose);
  H5Tset_precision(narrow.get(), 12);
  expect_problem([](hid_t) {}, narrow.get(), "has elements of an unknown type (i16)");
}

}  // namespace
}  // namespace weft
