// Of data/source/hdf5_datasets.h, data/source/hdf5_filters.h, data/source/hdf5_address_driver.h: HDF5 without
// libhdf5: what is read from extents alone equals what the library reads.
#include <zlib.h>

#include <numeric>
#include <thread>

#include "tests/data/source/hdf5_writing.h"
#include "tests/data/source/source_fixture.h"
#include "weft/data/source/hdf5_filters.h"

namespace weft {
namespace {

/// What the library reads of sample `sample`'s `part`.
std::vector<double> library_reads(hid_t file, const char* name, int64_t sample, const Region& part) {
  std::vector<double> values(static_cast<size_t>(part.elems()));
  if (values.empty()) return values;
  std::vector<hsize_t> start{static_cast<hsize_t>(sample)};
  std::vector<hsize_t> count{1};
  for (const Range& range : part.ranges) {
    start.push_back(static_cast<hsize_t>(range.begin));
    count.push_back(static_cast<hsize_t>(range.size()));
  }
  const Hdf5Id dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
  const Hdf5Id space(H5Dget_space(dataset.get()), H5Sclose);
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
  const Hdf5Id memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose);
  H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, memory.get(), space.get(), H5P_DEFAULT, values.data());
  return values;
}

using Hdf5Test = SourceTest;

TEST_F(Hdf5Test, AnyHyperslabIsWhatTheLibraryReads) {
  const std::vector<hsize_t> shape{5, 6, 7, 3};
  const std::vector<Layout> layouts{
      {},
      {{1, 6, 7, 3}},
      {{1, 4, 2, 3}},
      {{2, 4, 3, 2}, true, 4},
      {{1, 6, 7, 3}, true, 1, true},
      {{3, 5, 4, 2}, false, 9, true},
      {{1, 3, 7, 3}, false, 0, true},
      {{1, 2, 7, 3}, true, 0},
      {{1, 3, 3, 3}, true, 4, true, true},
      {{5, 6, 7, 3}, false, 4, false, true},
      {{2, 3, 3, 3}, false, 4, false, true, true},
      {{2, 3, 3, 3}, true, 4, false, false, true},
  };
  std::mt19937 random(3);
  const Hdf5Lock lock;
  for (size_t l = 0; l < layouts.size(); ++l) {
    const fs::path path = folder_ / fmt::format("{}.h5", l);
    {
      const Hdf5Id file = create_file(path, layouts[l].latest);
      const hid_t type = l % 2 == 0 ? H5T_STD_I16LE : H5T_STD_I32BE;
      write_dataset(file.get(), "full", type, shape, layouts[l], elements(5 * 6 * 7 * 3, 1));
      write_dataset(file.get(), "label", H5T_IEEE_F32LE, {5, 4}, {}, elements(20, 2));
    }
    const auto source = open(path);
    ASSERT_EQ(source->count(), 5);
    ASSERT_EQ(source->fields().size(), 2U);
    EXPECT_EQ(source->fields()[0].type, (TensorType{l % 2 == 0 ? DType::f32 : DType::i32, {6, 7, 3}}));
    const Hdf5Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    for (int trial = 0; trial < 20; ++trial) {
      const auto sample = static_cast<int64_t>(random() % 5);
      std::vector<Region> parts = whole_of(*source);
      if (trial > 0) parts = {random_part({6, 7, 3}, random), random_part({4}, random)};
      const auto values = values_of(*source, sample, parts);
      EXPECT_EQ(values[0], library_reads(file.get(), "full", sample, parts[0])) << l << " " << trial;
      EXPECT_EQ(values[1], library_reads(file.get(), "label", sample, parts[1])) << l << " " << trial;
    }
  }
}

TEST_F(Hdf5Test, APartIsReadAlone) {
  const Hdf5Lock lock;
  {
    const Hdf5Id file = create_file(folder_ / "a.h5");
    write_dataset(file.get(), "rows", H5T_STD_I16LE, {2, 8, 8, 4}, {}, elements(512, 1));
    write_dataset(file.get(), "tiles", H5T_STD_I16LE, {2, 8, 8, 4}, {{1, 4, 4, 4}}, elements(512, 1));
  }
  const auto source = open(folder_ / "a.h5");
  const Region half{{{4, 8}, {0, 8}, {0, 4}}};
  const Region none{{{0, 0}, {0, 8}, {0, 4}}};
  EXPECT_EQ(record_bytes(*source, 1, std::vector{half, none}), 4 * 8 * 4 * 2);
  EXPECT_EQ(record_bytes(*source, 1, std::vector{none, half}), 4 * 8 * 4 * 2);
  EXPECT_EQ(record_bytes(*source, 1, {}), 2 * 8 * 8 * 4 * 2);
  std::vector<Extent> extents;
  source->locate(1, std::vector{half, none}, extents);
  EXPECT_EQ(extents.size(), 1U);
}

TEST_F(Hdf5Test, ThreadsUnpackAtOnce) {
  {
    const Hdf5Lock lock;
    const Hdf5Id file = create_file(folder_ / "a.h5");
    write_dataset(file.get(), "full", H5T_STD_I16LE, {16, 8, 8, 4}, {{1, 4, 8, 4}, true, 6, true},
                  elements(16 * 256, 1));
  }
  const auto source = open(folder_ / "a.h5");
  std::vector<std::vector<double>> expected;
  for (int64_t sample = 0; sample < 16; ++sample) {
    expected.push_back(values_of(*source, sample, whole_of(*source))[0]);
  }
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int64_t i = 0; i < 64; ++i) {
          const int64_t sample = (i * 5 + t) % 16;
          const auto values = values_of(*source, sample, whole_of(*source));
          if (values[0] != expected[static_cast<size_t>(sample)]) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  std::vector<double> whole;
  for (const int16_t value : elements(16 * 256, 1)) whole.push_back(value);
  EXPECT_EQ(expected[3], std::vector<double>(whole.begin() + 3 * 256, whole.begin() + 4 * 256));
}

TEST_F(Hdf5Test, ChunksThatWereNeverWrittenAreTheFillValue) {
  const Hdf5Lock lock;
  {
    const Hdf5Id file = create_file(folder_ / "a.h5");
    const hsize_t shape[2] = {4, 6};
    const hsize_t chunk[2] = {1, 3};
    const Hdf5Id space(H5Screate_simple(2, shape, nullptr), H5Sclose);
    const Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const int32_t fill = -7;
    H5Pset_chunk(properties.get(), 2, chunk);
    H5Pset_fill_value(properties.get(), H5T_NATIVE_INT, &fill);
    const Hdf5Id dataset(
        H5Dcreate2(file.get(), "x", H5T_STD_I32LE, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
        H5Dclose);
    const hsize_t start[2] = {1, 3};
    const hsize_t count[2] = {1, 3};
    H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, count, nullptr);
    const Hdf5Id memory(H5Screate_simple(2, count, nullptr), H5Sclose);
    const int32_t values[3] = {1, 2, 3};
    H5Dwrite(dataset.get(), H5T_NATIVE_INT, memory.get(), space.get(), H5P_DEFAULT, values);
  }
  const auto source = open(folder_ / "a.h5");
  EXPECT_EQ(values_of(*source, 0, whole_of(*source))[0], (std::vector<double>{-7, -7, -7, -7, -7, -7}));
  EXPECT_EQ(values_of(*source, 1, whole_of(*source))[0], (std::vector<double>{-7, -7, -7, 1, 2, 3}));
  EXPECT_EQ(record_bytes(*source, 0, {}), 0);
}

TEST_F(Hdf5Test, AFolderHasASampleAFile) {
  const Hdf5Lock lock;
  for (int i = 0; i < 3; ++i) {
    const Hdf5Id file = create_file(folder_ / fmt::format("set/{}.h5", i).c_str());
    EXPECT_FALSE(file);
  }
  fs::create_directories(folder_ / "set");
  for (int i = 0; i < 3; ++i) {
    const Hdf5Id file = create_file(folder_ / fmt::format("set/{}.h5", i));
    const Layout layout = i == 1 ? Layout{{2, 2, 2}, true, 4} : Layout{};
    write_dataset(file.get(), "full", H5T_STD_I16LE, {4, 3, 2}, layout, elements(24, i));
    write_dataset(file.get(), "unitPar", H5T_IEEE_F32LE, {4}, {}, elements(4, i));
  }
  const auto source = open(folder_ / "set");
  ASSERT_EQ(source->count(), 3);
  EXPECT_EQ(source->name(2), (folder_ / "set/2.h5").string());
  for (int i = 0; i < 3; ++i) {
    const auto values = values_of(*source, i, whole_of(*source));
    const std::vector<int16_t> expected = elements(24, i);
    EXPECT_EQ(values[0], std::vector<double>(expected.begin(), expected.end()));
    EXPECT_EQ(values[1].size(), 4U);
  }
  {
    const Hdf5Id file = create_file(folder_ / "set/3.h5");
    write_dataset(file.get(), "full", H5T_STD_I16LE, {4, 3, 3}, {}, elements(36, 1));
    write_dataset(file.get(), "unitPar", H5T_IEEE_F32LE, {4}, {}, elements(4, 1));
  }
  EXPECT_EQ(refusal(folder_ / "set"),
            "set/3.h5: 'full' is i16 [4, 3, 3], and in 0.h5 it is i16 [4, 3, 2]; samples must be alike");
}

TEST_F(Hdf5Test, SaysWhatCannotBeRead) {
  const Hdf5Lock lock;
  {
    const Hdf5Id file = create_file(folder_ / "a.h5");
    write_dataset(file.get(), "a", H5T_STD_I16LE, {2, 3}, {}, elements(6, 1));
    write_dataset(file.get(), "b", H5T_STD_I16LE, {3, 2}, {}, elements(6, 1));
    const Hdf5Id text(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(text.get(), 4);
    create_dataset(file.get(), "text", text.get(), {2}, {});
    const Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t shape[2] = {2, 8};
    H5Pset_chunk(properties.get(), 2, shape);
    H5Pset_scaleoffset(properties.get(), H5Z_SO_INT, 3);
    const Hdf5Id space(H5Screate_simple(2, shape, nullptr), H5Sclose);
    const Hdf5Id odd(
        H5Dcreate2(file.get(), "odd", H5T_STD_I16LE, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
        H5Dclose);
  }
  EXPECT_EQ(refusal(folder_ / "a.h5"),
            "a.h5: 'a' has 2 samples and 'b' has 3; name those that belong together, as data.input and "
            "data.target of a recipe do, or --fields");
  EXPECT_EQ(open(folder_ / "a.h5", {"b"})->count(), 3);
  EXPECT_EQ(refusal(folder_ / "a.h5", {"text"}), "a.h5: 'text' holds no numbers");
  EXPECT_EQ(refusal(folder_ / "a.h5", {"odd"}),
            "a.h5: 'odd' is stored with filter 6 (scaleoffset), expected deflate, shuffle or fletcher32");
  EXPECT_EQ(refusal(folder_ / "a.h5", {"c"}),
            "a.h5: there is no 'c', it holds a [2, 3], b [3, 2], odd [2, 8], text [2]");
  write(folder_ / "no.h5", "hello");
  EXPECT_EQ(refusal(folder_ / "no.h5"), "no.h5: is no HDF5 file, or is cut short or damaged");
  const std::string bytes = read(folder_ / "a.h5");
  write(folder_ / "cut.h5", bytes.substr(0, bytes.size() - 40));
  EXPECT_EQ(refusal(folder_ / "cut.h5", {"a"}), "cut.h5: is no HDF5 file, or is cut short or damaged");
}

TEST_F(Hdf5Test, ABrokenChunkNamesItsSample) {
  {
    const Hdf5Lock lock;
    const Hdf5Id file = create_file(folder_ / "a.h5");
    write_dataset(file.get(), "z", H5T_STD_I16LE, {2, 64}, {{1, 64}, true, 4}, elements(128, 1));
    write_dataset(file.get(), "f", H5T_STD_I16LE, {2, 64}, {{1, 64}, false, 0, true}, elements(128, 1));
  }
  for (const auto& [field, expected] : {std::pair{"z", "a compressed chunk is broken"},
                                        std::pair{"f", "a chunk's fletcher32 checksum is wrong"}}) {
    const auto source = open(folder_ / "a.h5", {field});
    std::vector<std::byte> record = plain_record(*source, 1, {});
    record[record.size() / 2] ^= std::byte{0x10};
    std::vector<float> values(64);
    const std::vector<View> views{{reinterpret_cast<std::byte*>(values.data()), {DType::f32, {64}}}};
    const std::vector<Region> parts = whole_of(*source);
    EXPECT_EQ(message_of([&] { source->unpack(1, parts, record, views); }),
              fmt::format("{}/a.h5[1]: {}", folder_.string(), expected));
    record.pop_back();
    EXPECT_EQ(message_of([&] { source->unpack(1, parts, record, views); }),
              fmt::format("{}/a.h5[1]: fewer bytes were read than it has", folder_.string()));
    std::vector<std::byte> more = plain_record(*source, 1, {});
    const size_t bytes = more.size();
    more.resize(bytes + 7);
    EXPECT_EQ(message_of([&] { source->unpack(1, parts, more, views); }),
              fmt::format("{}/a.h5[1]: {} bytes were read, expected {}", folder_.string(), bytes + 7, bytes));
  }
}

}  // namespace
}  // namespace weft
