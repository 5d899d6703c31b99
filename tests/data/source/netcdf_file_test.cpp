// Of data/source/netcdf_header.h: NetCDF: classic files written here byte by byte, NetCDF-4 made with
// libhdf5, and a real one.
#include <array>
#include <cstdlib>

#include "tests/data/source/classic_netcdf.h"
#include "tests/data/source/source_fixture.h"
#include "weft/data/source/hdf5_library.h"

namespace weft {
namespace {

int16_t short_at(int64_t record, int64_t i) { return static_cast<int16_t>(record * 100 + i * 7 - 50); }
float float_at(int64_t record, int64_t i) {
  return static_cast<float>(record) * 0.5F - static_cast<float>(i);
}

struct HeaderOffsets {
  uint64_t names = 0;
  uint64_t shorts = 0;
  uint64_t floats = 0;
};

/// Dimensions time (records), x = 3; variables time(time) f8, shorts(time, x) i2 packed, floats(time, x) f4,
/// and names(x) of text, which is no record.
std::string classic_header(char version, uint64_t records, const HeaderOffsets& at, uint64_t time_at) {
  ClassicWriter out(version);
  out.size(records);
  out.word(10);
  out.size(2);
  out.name("time");
  out.size(0);
  out.name("x");
  out.size(3);
  out.word(0);
  out.size(0);
  out.word(11);
  out.size(4);
  const auto variable = [&](std::string_view name, std::vector<uint64_t> dimensions, bool packed,
                            uint32_t type, uint64_t vsize, uint64_t offset) {
    out.name(name);
    out.size(dimensions.size());
    for (const uint64_t dimension : dimensions) out.size(dimension);
    if (packed) {
      out.word(12);
      out.size(3);
      out.number("scale_factor", 0.25);
      out.number("add_offset", 10);
      out.number("_FillValue", short_at(1, 2));
    } else {
      out.word(0);
      out.size(0);
    }
    out.word(type);
    out.size(vsize);
    out.offset(offset);
  };
  variable("time", {0}, false, 6, 8, time_at);
  variable("shorts", {0, 1}, true, 3, 8, at.shorts);
  variable("floats", {0, 1}, false, 5, 12, at.floats);
  variable("names", {1}, false, 2, 4, at.names);
  return out.bytes_;
}

std::string classic_file(char version, uint64_t records, bool streaming = false) {
  const uint64_t header = classic_header(version, 0, {}, 0).size();
  const HeaderOffsets at{header, header + 4 + 8, header + 4 + 16};
  const uint64_t unknown = version == 5 ? ~uint64_t{0} : 0xffffffff;
  ClassicWriter out(version);
  out.bytes_ = classic_header(version, streaming ? unknown : records, at, header + 4);
  out.bytes_ += "abc";
  out.pad();
  for (uint64_t record = 0; record < records; ++record) {
    const auto r = static_cast<int64_t>(record);
    out.big_endian(std::bit_cast<uint64_t>(static_cast<double>(record)), 8);
    for (int64_t i = 0; i < 3; ++i) out.big_endian(static_cast<uint16_t>(short_at(r, i)), 2);
    out.pad();
    for (int64_t i = 0; i < 3; ++i) out.word(std::bit_cast<uint32_t>(float_at(r, i)));
  }
  return out.bytes_;
}

using NetcdfTest = SourceTest;

TEST_F(NetcdfTest, ClassicRecordsAreSamples) {
  for (const char version : {'\1', '\2', '\5'}) {
    for (const bool streaming : {false, true}) {
      write(folder_ / "a.nc", classic_file(version, 4, streaming));
      const auto opened = open_source({folder_ / "a.nc"});
      EXPECT_EQ(opened.format, "netcdf");
      const Source& source = *opened.source;
      ASSERT_EQ(source.count(), 4);
      ASSERT_EQ(source.fields().size(), 2U);
      EXPECT_EQ(source.fields()[0].name, "shorts");
      EXPECT_EQ(source.fields()[0].type, (TensorType{DType::f32, {3}}));
      for (int64_t record = 0; record < 4; ++record) {
        const std::vector<Region> parts{{{{1, 3}}}, {{{0, 2}}}};
        const auto values = values_of(source, record, parts);
        EXPECT_EQ(values[0][0], short_at(record, 1) * 0.25 + 10);
        if (record == 1) {
          EXPECT_TRUE(std::isnan(values[0][1]));
        } else {
          EXPECT_EQ(values[0][1], short_at(record, 2) * 0.25 + 10);
        }
        EXPECT_EQ(values[1], (std::vector<double>{float_at(record, 0), float_at(record, 1)}));
      }
      EXPECT_EQ(values_of(*open(folder_ / "a.nc", {"time"}), 3, std::vector{Region{}})[0],
                (std::vector<double>{3}));
    }
  }
}

void add_dimensions(ClassicWriter& out, const std::vector<uint64_t>& sizes) {
  out.word(10);
  out.size(sizes.size());
  for (const uint64_t size : sizes) {
    out.name("x");
    out.size(size);
  }
}

void add_no_list(ClassicWriter& out) {
  out.word(0);
  out.size(0);
}

/// Dimensions n = 2 and lat = 3; variables n(n), y(n), x(n, lat), lat(lat) and level, i32 all at `at`.
std::string variables_beside(uint64_t at) {
  ClassicWriter out('\1');
  out.size(0);
  out.word(10);
  out.size(2);
  out.name("n");
  out.size(2);
  out.name("lat");
  out.size(3);
  add_no_list(out);
  out.word(11);
  out.size(5);
  const auto variable = [&](std::string_view name, const std::vector<uint64_t>& along) {
    out.name(name);
    out.size(along.size());
    for (const uint64_t dimension : along) out.size(dimension);
    add_no_list(out);
    out.word(4);
    out.size(0);
    out.offset(at);
  };
  variable("n", {0});
  variable("y", {0});
  variable("x", {0, 1});
  variable("lat", {1});
  variable("level", {});
  return out.bytes_;
}

TEST_F(NetcdfTest, ClassicVariablesOfOneNumberASampleAreFieldsAndCoordinatesAreNot) {
  std::string bytes = variables_beside(variables_beside(0).size());
  ClassicWriter numbers('\1');
  for (uint32_t i = 0; i < 6; ++i) numbers.word(i);
  write(folder_ / "a.nc", bytes + numbers.bytes_.substr(4));
  const auto source = open(folder_ / "a.nc");
  ASSERT_EQ(source->fields().size(), 2U);
  EXPECT_EQ(source->fields()[0].name, "x");
  EXPECT_EQ(source->fields()[1].name, "y");
  EXPECT_EQ(values_of(*source, 1, whole_of(*source)), (std::vector<std::vector<double>>{{3, 4, 5}, {1}}));
  const std::string file = (folder_ / "a.nc").string();
  EXPECT_EQ(source->remarks(),
            (std::vector{file + ": 'level' is left out: it is one number, and samples are the rows of arrays",
                         file + ": coordinates are left out: n [2], lat [3]"}));
  EXPECT_EQ(open(folder_ / "a.nc", {"n"})->fields().size(), 1U) << "named, it is one";
  EXPECT_EQ(refusal(folder_ / "a.nc", {"lat"}), "a.nc: 'lat' does not have the dimension 'n' first");
}

TEST_F(NetcdfTest, SaysWhatCannotBeRead) {
  const std::string good = classic_file('\2', 4);
  write(folder_ / "cut.nc", good.substr(0, good.size() - 1));
  const std::string cut = refusal(folder_ / "cut.nc");
  EXPECT_EQ(cut,
            fmt::format("cut.nc: variable 'floats' [4, 3] does not fit into the file's {} bytes; is it cut "
                        "short?",
                        good.size() - 1));
  write(folder_ / "head.nc", good.substr(0, 100));
  EXPECT_NE(refusal(folder_ / "head.nc").find("head.nc: ends at byte 100"), std::string::npos);
  write(folder_ / "foreign.nc", "text");
  EXPECT_EQ(refusal(folder_ / "foreign.nc"), "foreign.nc: is no NetCDF-3 file (it does not start with CDF)");
  write(folder_ / "nine.nc", std::string("CDF\x09") + good.substr(4));
  EXPECT_EQ(refusal(folder_ / "nine.nc"), "nine.nc: is NetCDF-3 of version 9, expected 1, 2 or 5");
  write(folder_ / "good.nc", good);
  EXPECT_EQ(refusal(folder_ / "good.nc", {"names"}), "good.nc: 'names' is text, expected numbers");
  write(folder_ / "none.nc", classic_file('\2', 0));
  EXPECT_EQ(refusal(folder_ / "none.nc"), "none.nc: holds no samples");
}

/// Dimensions, no attributes, and as many variables of 4-byte numbers along `along`.
void add_variables(ClassicWriter& out, const std::vector<uint64_t>& sizes, uint64_t count,
                   const std::vector<uint64_t>& along, uint64_t offset) {
  add_dimensions(out, sizes);
  add_no_list(out);
  out.word(11);
  out.size(count);
  for (uint64_t i = 0; i < count; ++i) {
    out.name("v");
    out.size(along.size());
    for (const uint64_t dimension : along) out.size(dimension);
    add_no_list(out);
    out.word(4);
    out.size(0);
    out.offset(offset);
  }
}

// Each header ends where it is seen to be broken.
TEST_F(NetcdfTest, ABrokenHeaderIsSaidWithItsPlace) {
  const auto expect_broken = [&](const ClassicWriter& out, std::string_view what) {
    write(folder_ / "broken.nc", out.bytes_);
    EXPECT_EQ(refusal(folder_ / "broken.nc"),
              fmt::format("broken.nc: the NetCDF header is broken at byte {}: {}", out.bytes_.size(), what));
  };
  const auto header = [](char version, uint64_t records = 1) {
    ClassicWriter out(version);
    out.size(records);
    return out;
  };
  ClassicWriter out = header('\2');
  out.word(11);
  expect_broken(out, "a list of another kind was expected");
  out = header('\2');
  out.word(0);
  out.size(1);
  expect_broken(out, "a list without a kind");
  for (const char version : {'\1', '\5'}) {
    out = header(version);
    out.word(10);
    out.size(1000);
    expect_broken(out, "a count that the file is too short for");
  }
  out = header('\2');
  out.word(10);
  out.size(1);
  out.size(5000);
  expect_broken(out, "a name that is too long");
  out = header('\5');
  add_dimensions(out, {~uint64_t{0}});
  expect_broken(out, "a negative size");
  for (const uint32_t type : {0U, 7U, 99U}) {  // 7 is one of version 5
    out = header('\2');
    add_no_list(out);
    out.word(12);
    out.size(1);
    out.name("a");
    out.word(type);
    expect_broken(out, "an unknown type of elements");
  }
  out = header('\2');
  add_no_list(out);
  out.word(12);
  out.size(1);
  out.name("a");
  out.word(6);
  out.size(1000);
  expect_broken(out, "an attribute that is too long");
}

TEST_F(NetcdfTest, VariablesThatTheHeaderCannotMeanAreBroken) {
  const auto refusal_of = [&](uint64_t records, const std::vector<uint64_t>& sizes, uint64_t count,
                              const std::vector<uint64_t>& along, uint64_t offset = 0) {
    ClassicWriter out('\5');
    out.size(records);
    add_variables(out, sizes, count, along, offset);
    write(folder_ / "broken.nc", out.bytes_);
    const std::string said = refusal(folder_ / "broken.nc");
    const std::string before = "broken.nc: the NetCDF header is broken at byte ";
    EXPECT_EQ(said.substr(0, before.size()), before) << said;
    return said.substr(std::min(said.size(), said.find(": ", before.size()) + 2));
  };
  EXPECT_EQ(refusal_of(1, {0, 3}, 1, {0, 7}), "an unknown dimension");
  EXPECT_EQ(refusal_of(1, {0, 3}, 1, {1, 0}), "a record dimension that is not the first");
  EXPECT_EQ(refusal_of(1, {0, uint64_t{1} << 62}, 1, {0, 1, 1}), "a shape that is too large");
  EXPECT_EQ(refusal_of(1, {0, uint64_t{1} << 60}, 2, {0, 1}), "records that are too large");
  EXPECT_EQ(refusal_of(1, {3}, 1, {0}, 1000000), "a variable outside of the file");
  EXPECT_EQ(refusal_of(~uint64_t{0} - 1, {0}, 1, {0}), "a negative number of records");
}

void write_attribute(hid_t object, const char* name, double value) {
  const Hdf5Id space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Id attribute(H5Acreate2(object, name, H5T_IEEE_F64LE, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  H5Awrite(attribute.get(), H5T_NATIVE_DOUBLE, &value);
}

void write_mark(hid_t object, const char* name, const std::string& text) {
  const Hdf5Id space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Id type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), text.size() + 1);
  const Hdf5Id attribute(H5Acreate2(object, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  H5Awrite(attribute.get(), type.get(), text.c_str());
}

TEST_F(NetcdfTest, NetCdf4IsUnpackedAndItsCoordinatesLeftOut) {
  {
    const Hdf5Lock lock;
    const Hdf5Id file(H5Fcreate((folder_ / "a.nc").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
                      H5Fclose);
    const auto create = [&](const char* name, std::vector<hsize_t> shape,
                            const std::vector<int16_t>& values) {
      std::vector<hsize_t> most = shape;
      most[0] = H5S_UNLIMITED;
      const Hdf5Id space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), most.data()),
                         H5Sclose);
      const Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
      std::vector<hsize_t> chunk = shape;
      chunk[0] = 1;
      H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data());
      H5Pset_deflate(properties.get(), 2);
      Hdf5Id made(H5Dcreate2(file.get(), name, H5T_STD_I16LE, space.get(), H5P_DEFAULT, properties.get(),
                             H5P_DEFAULT),
                  H5Dclose);
      H5Dwrite(made.get(), H5T_NATIVE_SHORT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      return made;
    };
    const Hdf5Id time = create("time", {2}, {5, 6});
    write_attribute(time.get(), "CLASS", 0);
    const Hdf5Id dimension = create("lat", {3}, {0, 0, 0});
    write_attribute(dimension.get(), "CLASS", 0);
    write_mark(dimension.get(), "NAME", "This is a netCDF dimension but not a netCDF variable.         3");
    create("answer", {2}, {8, 9});
    create("zone", {3, 2}, {1, 1, 1, 0, 0, 0});
    const Hdf5Id field = create("t2m", {2, 3}, {1, 2, 3, 4, 5, 6});
    write_attribute(field.get(), "scale_factor", 0.5);
    write_attribute(field.get(), "add_offset", 100);
    write_attribute(field.get(), "_FillValue", 5);
  }
  const auto opened = open_source({folder_ / "a.nc"});
  EXPECT_EQ(opened.format, "netcdf");
  ASSERT_EQ(opened.source->fields().size(), 2U);
  EXPECT_EQ(opened.source->fields()[0].name, "t2m");
  EXPECT_EQ(opened.source->fields()[0].type.dtype, DType::f32);
  EXPECT_EQ(opened.source->fields()[1].name, "answer") << "a number a sample is a target";
  EXPECT_EQ(values_of(*opened.source, 1, whole_of(*opened.source))[1], std::vector<double>{9});
  const std::string file = (folder_ / "a.nc").string();
  EXPECT_EQ(opened.source->remarks(),
            (std::vector{file + ": 'zone' is left out: it has 3 rows, and 't2m' has 2",
                         file + ": coordinates are left out: time [2]"}));
  const auto values = values_of(*opened.source, 1, whole_of(*opened.source))[0];
  EXPECT_EQ(values[0], 102);
  EXPECT_TRUE(std::isnan(values[1]));
  EXPECT_EQ(values[2], 103);
}

/// A classic file of two records of two i1 each, 200 and 100, 255 and 1 as bytes without a sign.
std::string unsigned_bytes(char version, std::string_view text) {
  const auto head = [&](uint64_t offset) {
    ClassicWriter out(version);
    out.size(2);
    add_dimensions(out, {0, 2});
    add_no_list(out);
    out.word(11);
    out.size(1);
    out.name("x");
    out.size(2);
    out.size(0);
    out.size(1);
    out.word(12);
    out.size(1);
    out.name("_Unsigned");
    out.word(2);
    out.size(text.size());
    out.bytes_ += text;
    out.pad();
    out.word(1);
    out.size(4);
    out.offset(offset);
    return out;
  };
  return head(head(0).bytes_.size()).bytes_ + "\xc8\x64\xff\x01";
}

TEST_F(NetcdfTest, BytesWithoutASignAreThoseThatSaySo) {
  for (const char version : {'\1', '\2', '\5'}) {
    write(folder_ / "a.nc", unsigned_bytes(version, "true"));
    const auto source = open(folder_ / "a.nc");
    EXPECT_EQ(values_of(*source, 0, whole_of(*source))[0], (std::vector<double>{200, 100}));
    EXPECT_EQ(values_of(*source, 1, whole_of(*source))[0], (std::vector<double>{255, 1}));
    write(folder_ / "b.nc", unsigned_bytes(version, "false"));
    const auto other = open(folder_ / "b.nc");
    EXPECT_EQ(values_of(*other, 0, whole_of(*other))[0], (std::vector<double>{-56, 100}));
  }
}

// Packed, with a fill value that is written with the sign of the stored type: -1 is 255.
TEST_F(NetcdfTest, NetCdf4BytesWithoutASignKnowTheirFillValue) {
  for (const bool variable_length : {false, true}) {
    {
      const Hdf5Lock lock;
      const Hdf5Id file(H5Fcreate((folder_ / "a.nc").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
                        H5Fclose);
      const std::array<hsize_t, 2> shape{1, 3};
      const Hdf5Id space(H5Screate_simple(2, shape.data(), nullptr), H5Sclose);
      const Hdf5Id field(
          H5Dcreate2(file.get(), "x", H5T_STD_I8LE, space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
          H5Dclose);
      const std::array<int8_t, 3> values{-56, 100, -1};
      H5Dwrite(field.get(), H5T_NATIVE_SCHAR, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      write_attribute(field.get(), "scale_factor", 0.5);
      write_attribute(field.get(), "_FillValue", -1);
      const Hdf5Id scalar(H5Screate(H5S_SCALAR), H5Sclose);
      const Hdf5Id text(H5Tcopy(H5T_C_S1), H5Tclose);
      H5Tset_size(text.get(), variable_length ? H5T_VARIABLE : 4);
      const Hdf5Id sign(
          H5Acreate2(field.get(), "_Unsigned", text.get(), scalar.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
      const char* word = "true";
      H5Awrite(sign.get(), text.get(), variable_length ? static_cast<const void*>(&word) : word);
    }
    const auto source = open(folder_ / "a.nc");
    const auto values = values_of(*source, 0, whole_of(*source))[0];
    EXPECT_EQ(values[0], 100);
    EXPECT_EQ(values[1], 50);
    EXPECT_TRUE(std::isnan(values[2]));
  }
}

/// Monthly means of wind and geopotential; facts of the atmosphere that wrong bytes would not show.
TEST_F(NetcdfTest, RealReanalysis) {
  const char* data = std::getenv("WEFT_TEST_DATA");
  const fs::path path = fs::path(data != nullptr ? data : "/work/shared/data") / "eraint_uvz.nc";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is absent";
  const auto source = open(path);
  ASSERT_EQ(source->count(), 2);
  ASSERT_EQ(source->fields().size(), 3U);
  EXPECT_EQ(source->fields()[0].name, "z");
  EXPECT_EQ(source->fields()[0].type, (TensorType{DType::f32, {3, 241, 480}}));
  const auto values = values_of(*source, 0, whole_of(*source));
  // Geopotential of 200, 500 and 850 hPa falls with pressure everywhere: between 95 and 125, 46 and 59, 10
  // and 17 thousand m2/s2.
  const double low[3] = {95e3, 46e3, 8e3};
  const double high[3] = {125e3, 59e3, 17e3};
  for (size_t i = 0; i < values[0].size(); ++i) {
    const size_t level = i / (241 * 480);
    ASSERT_GT(values[0][i], low[level]) << i;
    ASSERT_LT(values[0][i], high[level]) << i;
  }
  const std::vector<Region> band{
      {{{1, 2}, {100, 140}, {7, 480}}}, {{{0, 0}, {0, 0}, {0, 0}}}, {{{0, 3}, {0, 241}, {479, 480}}}};
  const auto part = values_of(*source, 0, band);
  EXPECT_EQ(part[0], index_box(values[0], {3, 241, 480}, band[0]));
  EXPECT_EQ(part[2], index_box(values[2], {3, 241, 480}, band[2]));
}

}  // namespace
}  // namespace weft
