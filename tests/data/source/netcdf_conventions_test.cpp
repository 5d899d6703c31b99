// Of data/source/hdf5_attributes.h, data/source/packing.h, data/source/absent_values.h: the conventions of
// NetCDF in classic files and in NetCDF-4, each row the same values and attributes in both.
#include "weft/data/source/netcdf_conventions.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/data/source/classic_netcdf.h"
#include "tests/data/source/hdf5_writing.h"
#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

hid_t hdf5_type(uint32_t type) {
  const hid_t types[] = {H5T_STD_I8BE,   H5T_C_S1,       H5T_STD_I16BE, H5T_STD_I32BE,
                         H5T_IEEE_F32BE, H5T_IEEE_F64BE, H5T_STD_U8BE,  H5T_STD_U16BE,
                         H5T_STD_U32BE,  H5T_STD_I64BE,  H5T_STD_U64BE};
  return types[type - 1];
}

void write_hdf5_attribute(hid_t object, const std::string& name, const ClassicNumbers& numbers) {
  const bool is_text = numbers.type == 2;
  const hsize_t count = numbers.count;
  const Hdf5Id space(is_text ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr), H5Sclose);
  const Hdf5Id type(H5Tcopy(hdf5_type(numbers.type)), H5Tclose);
  if (is_text) H5Tset_size(type.get(), numbers.bytes.size());
  const Hdf5Id attribute(H5Acreate2(object, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  ASSERT_GE(H5Awrite(attribute.get(), type.get(), numbers.bytes.data()), 0);
}

void write_netcdf4(const fs::path& path, const ClassicNumbers& values,
                   const std::vector<ClassicAttribute>& attributes) {
  const Hdf5Lock lock;
  const Hdf5Id file = create_file(path);
  const Hdf5Id dataset = create_dataset(file.get(), "x", hdf5_type(values.type), {values.count, 1}, {});
  ASSERT_GE(
      H5Dwrite(dataset.get(), hdf5_type(values.type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.bytes.data()), 0);
  for (const ClassicAttribute& attribute : attributes) {
    write_hdf5_attribute(dataset.get(), attribute.name, attribute.numbers);
  }
}

class ConventionsTest : public SourceTest {
 protected:
  /// Each sample's number, as f64 where integers may be absent.
  static std::vector<double> numbers_of(const Source& source) {
    const Field& field = source.fields()[0];
    std::vector<double> all;
    for (int64_t sample = 0; sample < source.count(); ++sample) {
      if (field.absent.empty()) {
        all.push_back(values_of(source, sample, whole_of(source))[0][0]);
        continue;
      }
      double value = 0;
      const std::vector<std::byte> record = plain_record(source, sample, {});
      source.unpack(sample, {}, record,
                    std::vector{View{reinterpret_cast<std::byte*>(&value), {DType::f64, {1}}}});
      all.push_back(value);
    }
    return all;
  }

  void expect(const ClassicNumbers& values, const std::vector<ClassicAttribute>& attributes,
              const std::vector<double>& expected, const std::vector<std::string>& remarks = {}) {
    write(folder_ / "3.nc", classic_variable(values.type > 6 ? '\5' : '\2', values, attributes));
    write_netcdf4(folder_ / "4.nc", values, attributes);
    for (const char* name : {"3.nc", "4.nc"}) {
      const auto source = open(folder_ / name);
      const std::vector<double> found = numbers_of(*source);
      ASSERT_EQ(found.size(), expected.size());
      for (size_t i = 0; i < found.size(); ++i) {
        if (std::isnan(expected[i])) {
          EXPECT_TRUE(std::isnan(found[i])) << name << " " << i << ": " << found[i];
        } else {
          EXPECT_EQ(found[i], expected[i]) << name << " " << i;
        }
      }
      std::vector<std::string> said;
      for (const std::string& remark : source->remarks())
        said.push_back(remark.substr(folder_.string().size() + 7));
      EXPECT_EQ(said, remarks) << name;
    }
  }
};

ClassicNumbers bytes(std::vector<int8_t> values) { return classic_numbers(1, values); }
ClassicNumbers shorts(std::vector<int16_t> values) { return classic_numbers(3, values); }
ClassicNumbers ints(std::vector<int32_t> values) { return classic_numbers(4, values); }
ClassicNumbers floats(std::vector<float> values) { return classic_numbers(5, values); }
ClassicNumbers doubles(std::vector<double> values) { return classic_numbers(6, values); }
ClassicNumbers longs(std::vector<int64_t> values) { return classic_numbers(10, values); }

TEST_F(ConventionsTest, FillValuesOfAllTypesAreAbsent) {
  expect(bytes({-1, 0, 7}), {{"_FillValue", bytes({7})}}, {-1, 0, kNan});
  expect(shorts({-9999, 3}), {{"_FillValue", shorts({-9999})}}, {kNan, 3});
  expect(ints({-9999, 3}), {{"_FillValue", ints({-9999})}}, {kNan, 3});
  expect(floats({1e20F, 3}), {{"_FillValue", floats({1e20F})}}, {kNan, 3});
  expect(doubles({1e20, 3}), {{"_FillValue", doubles({1e20})}}, {kNan, 3});
  expect(classic_numbers<uint8_t>(7, {255, 3}), {{"_FillValue", classic_numbers<uint8_t>(7, {255})}},
         {kNan, 3});
  expect(classic_numbers<uint16_t>(8, {7, 3}), {{"_FillValue", classic_numbers<uint16_t>(8, {7})}},
         {kNan, 3});
  expect(classic_numbers<uint32_t>(9, {7, 3}), {{"_FillValue", classic_numbers<uint32_t>(9, {7})}},
         {kNan, 3});
  // Two numbers that are one as doubles.
  constexpr int64_t kLarge = (int64_t{1} << 60) + 1;
  expect(longs({kLarge, kLarge - 1}), {{"_FillValue", longs({kLarge})}}, {kNan, static_cast<double>(kLarge)});
  expect(classic_numbers<uint64_t>(11, {7, 3}), {{"_FillValue", classic_numbers<uint64_t>(11, {7})}},
         {kNan, 3});
}

TEST_F(ConventionsTest, MissingValuesAreOneOrSeveral) {
  expect(ints({-1, -2, 3}), {{"missing_value", ints({-1})}}, {kNan, -2, 3});
  expect(ints({-1, -2, 3}), {{"missing_value", ints({-1, -2})}}, {kNan, kNan, 3});
  expect(ints({-1, -2, -3, 4}), {{"missing_value", ints({-1, -2})}, {"_FillValue", ints({-3})}},
         {kNan, kNan, kNan, 4});
  // Of another type: 1e20 is no float, and the float that is nearest is meant.
  expect(floats({1e20F, 2}), {{"missing_value", doubles({1e20})}}, {kNan, 2});
  expect(shorts({-999, 2}), {{"missing_value", floats({-999})}}, {kNan, 2});
  expect(shorts({-999, 2}), {{"missing_value", classic_text("-999")}}, {kNan, 2});
  expect(floats({-1.5F, 2}), {{"missing_value", classic_text("-1.5 ")}}, {kNan, 2});
}

TEST_F(ConventionsTest, WhatIsOutsideOfTheValidRangeIsAbsent) {
  expect(shorts({-1, 0, 5, 6}), {{"valid_range", shorts({0, 5})}}, {kNan, 0, 5, kNan});
  expect(shorts({-1, 0, 5}), {{"valid_min", shorts({0})}}, {kNan, 0, 5});
  expect(shorts({-1, 0, 5}), {{"valid_max", shorts({0})}}, {-1, 0, kNan});
  expect(floats({-1, 0.1F, 5}), {{"valid_min", doubles({0.1})}, {"valid_max", doubles({5})}},
         {kNan, 0.1F, 5});
  expect(bytes({-1, 0, 1}), {{"valid_min", doubles({-0.5})}, {"valid_max", doubles({0.5})}}, {kNan, 0, kNan});
  expect(bytes({-1, 0, 1}), {{"valid_range", shorts({-1000, 1000})}}, {-1, 0, 1});
  expect(bytes({-1, 0, 1}), {{"valid_min", shorts({1000})}}, {kNan, kNan, kNan});
  expect(bytes({-1, 0, 127}), {{"valid_max", shorts({-1000})}}, {kNan, kNan, kNan});
  expect(floats({-1, kNan, 5}), {{"valid_min", floats({0})}}, {kNan, kNan, 5});
}

TEST_F(ConventionsTest, PackedNumbersAreComparedAsTheyAreStored) {
  const ClassicAttribute scale{"scale_factor", doubles({0.5})};
  const ClassicAttribute offset{"add_offset", doubles({100})};
  expect(shorts({-32767, -1, 2, 3}),
         {scale, offset, {"missing_value", shorts({-1})}, {"_FillValue", shorts({3})}},
         {100 - 16383.5, kNan, 101, kNan});
  expect(shorts({-1, 0, 5, 6}), {scale, {"valid_range", shorts({0, 5})}}, {kNan, 0, 2.5, kNan});
  // Of the type of scale_factor, wider than the stored one: limits of values.
  expect(shorts({-1, 0, 5, 6}), {scale, {"valid_range", doubles({0, 2.5})}}, {kNan, 0, 2.5, kNan});
  expect(shorts({-1, 0, 5, 6}), {scale, {"valid_range", floats({0, 5})}}, {kNan, 0, 2.5, kNan});
  expect(doubles({1, 2}), {scale, {"_FillValue", doubles({2})}}, {0.5, kNan});
}

TEST_F(ConventionsTest, ATypesOwnFillValueIsAbsentWhereNoOtherIsGiven) {
  const float fill = 9.96920996838687e+36F;
  expect(bytes({-127, -128, 0}), {}, {-127, -128, 0});
  expect(classic_numbers<uint8_t>(7, {255, 0}), {}, {255, 0});
  expect(shorts({-32767, -32768}), {}, {kNan, -32768});
  expect(ints({-2147483647, -5}), {}, {kNan, -5});
  expect(floats({fill, 1}), {}, {kNan, 1});
  expect(doubles({9.9692099683868690e+36, 1}), {}, {kNan, 1});
  expect(classic_numbers<uint16_t>(8, {65535, 1}), {}, {kNan, 1});
  expect(classic_numbers<uint32_t>(9, {4294967295, 1}), {}, {kNan, 1});
  expect(longs({-9223372036854775806, -9223372036854775807}), {}, {kNan, -9223372036854775807.0});
  expect(classic_numbers<uint64_t>(11, {18446744073709551614U, 1}), {}, {kNan, 1});
  expect(shorts({-32767, 4}), {{"_FillValue", shorts({4})}}, {-32767, kNan});
  expect(shorts({-32767, 4}), {{"missing_value", shorts({4})}}, {kNan, kNan});
}

TEST_F(ConventionsTest, NumbersWithoutASignKnowTheirOtherAttributes) {
  const ClassicAttribute sign{"_Unsigned", classic_text("true")};
  expect(bytes({-1, -2, 1}), {sign, {"_FillValue", bytes({-1})}}, {kNan, 254, 1});
  expect(bytes({-1, -2, 1}), {sign, {"valid_range", bytes({0, -2})}}, {kNan, 254, 1});
  expect(bytes({-1, -2, 1}), {sign, {"valid_range", shorts({0, 254})}}, {kNan, 254, 1});
  expect(bytes({-1, -2, 1}), {sign, {"missing_value", bytes({-1, -2})}}, {kNan, kNan, 1});
  expect(shorts({-32767, -2, 1}), {sign}, {kNan, 65534, 1});
  expect(shorts({-32767, -2, 1}), {sign, {"scale_factor", floats({0.5F})}}, {kNan, 32767, 0.5});
  expect(classic_numbers<uint8_t>(7, {255, 3}),
         {{"_Unsigned", classic_text("false")}, {"_FillValue", classic_numbers<uint8_t>(7, {255})}},
         {kNan, 3});
}

TEST_F(ConventionsTest, WhetherNumbersHaveASignIsSaidInSeveralForms) {
  std::vector<ClassicNumbers> yes{bytes({1}), ints({1}), doubles({1})};
  for (const char* text : {"true", "TRUE", "tRue", "TRUE ", "1"}) yes.push_back(classic_text(text));
  for (const ClassicNumbers& form : yes) expect(bytes({-1, 1}), {{"_Unsigned", form}}, {255, 1});
  const ClassicNumbers without_sign = classic_numbers<uint8_t>(7, {255, 3});
  for (const ClassicNumbers& form : {bytes({0}), floats({0}), classic_text("FALSE "), classic_text("0")}) {
    expect(bytes({-1, 1}), {{"_Unsigned", form}}, {-1, 1});
    expect(without_sign, {{"_Unsigned", form}}, {-1, 3});
  }
}

TEST_F(ConventionsTest, ASignThatIsNeitherTrueNorFalseIsSaid) {
  const auto said = [](const std::string& form) {
    return std::vector{"in 'x' its _Unsigned " + form + " is neither true nor false and is not heeded"};
  };
  for (const std::string text : {"yes", "t", "true1", ".true."}) {
    expect(bytes({-1, 1}), {{"_Unsigned", classic_text(text)}}, {-1, 1}, said("'" + text + "'"));
  }
  expect(bytes({-1, 1}), {{"_Unsigned", ints({2})}}, {-1, 1}, said("2"));
  expect(bytes({-1, 1}), {{"_Unsigned", ints({1, 1})}}, {-1, 1}, said("1, 1"));
  expect(floats({-1, 1}), {{"_Unsigned", classic_text("true")}}, {-1, 1},
         {"in 'x' its _Unsigned 'true' is of numbers with a point and is not heeded"});
  expect(floats({-1, 1}), {{"_Unsigned", classic_text("false")}}, {-1, 1});
}

// h5py has booleans as an enumeration.
TEST_F(ConventionsTest, ABooleanOfHdf5SaysWhetherNumbersHaveASign) {
  for (const int8_t truth : {int8_t{0}, int8_t{1}}) {
    write_netcdf4(folder_ / "4.nc", bytes({-1, 1}), {});
    {
      const Hdf5Lock lock;
      const Hdf5Id file(H5Fopen((folder_ / "4.nc").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
      const Hdf5Id field(H5Dopen2(file.get(), "x", H5P_DEFAULT), H5Dclose);
      const Hdf5Id space(H5Screate(H5S_SCALAR), H5Sclose);
      const Hdf5Id type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
      for (const int8_t value : {int8_t{0}, int8_t{1}}) {
        H5Tenum_insert(type.get(), value == 0 ? "FALSE" : "TRUE", &value);
      }
      const Hdf5Id attribute(
          H5Acreate2(field.get(), "_Unsigned", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
      ASSERT_GE(H5Awrite(attribute.get(), type.get(), &truth), 0);
    }
    const auto source = open(folder_ / "4.nc");
    EXPECT_EQ(numbers_of(*source), (std::vector<double>{truth == 1 ? 255.0 : -1.0, 1}));
    EXPECT_TRUE(source->remarks().empty());
  }
}

TEST_F(ConventionsTest, LimitsThatLeaveNothingValidAreSaidAndNotHeeded) {
  const std::string reversed = " has its ends the wrong way round and is not heeded";
  expect(shorts({-1, 0, 9}), {{"valid_range", shorts({5, 0})}}, {-1, 0, 9},
         {"in 'x' its valid_range 5, 0" + reversed});
  expect(floats({-1, 0, 9}), {{"valid_range", floats({0.5F, -0.5F})}}, {-1, 0, 9},
         {"in 'x' its valid_range 0.5, -0.5" + reversed});
  expect(bytes({-1, 0}), {{"_Unsigned", classic_text("true")}, {"valid_range", bytes({-2, 0})}}, {255, 0},
         {"in 'x' its valid_range -2, 0" + reversed});
  expect(shorts({-1, 4}), {{"scale_factor", doubles({0.5})}, {"valid_range", doubles({5, 0})}}, {-0.5, 2},
         {"in 'x' its valid_range 5, 0" + reversed});
  expect(shorts({-1, 0, 9}), {{"valid_min", shorts({5})}, {"valid_max", shorts({0})}}, {-1, 0, 9},
         {"in 'x' its least valid number 5 is above its largest 0, and neither is heeded"});
  expect(shorts({-1, 0, 9}), {{"valid_range", shorts({0, 5})}, {"valid_min", shorts({7})}}, {-1, 0, 9},
         {"in 'x' its least valid number 7 is above its largest 5, and neither is heeded"});
  expect(shorts({-1, 5, 9}), {{"valid_range", shorts({5, 5})}}, {kNan, 5, kNan});
}

TEST_F(ConventionsTest, WhatIsNotHeededIsSaid) {
  const std::string nothing = "in 'x' its missing_value 'none' is no number and is not heeded";
  expect(shorts({1, 2}), {{"missing_value", classic_text("none")}}, {1, 2}, {nothing});
  expect(bytes({1, 2}), {{"_FillValue", shorts({300})}}, {1, 2},
         {"in 'x' its _FillValue 300 is no i8 and is not heeded"});
  expect(bytes({1, 2}), {{"missing_value", doubles({0.5})}}, {1, 2},
         {"in 'x' its missing_value 0.5 is no i8 and is not heeded"});
  expect(bytes({1, 2}), {{"valid_range", bytes({2})}}, {1, 2},
         {"in 'x' its valid_range 2 is not two numbers and is not heeded"});
  expect(bytes({1, 2}), {{"valid_min", bytes({2, 3, 4, 5, 6})}}, {1, 2},
         {"in 'x' its valid_min 2, 3, 4, 5, … is not one number and is not heeded"});
}

TEST(Conventions, ALimitThatIsNoNumberIsNone) {
  const StoredType f64{StoredType::Kind::floating, 8};
  const std::vector<VariableAttribute> attributes{{"valid_range", f64, {kNan, 9.0}, ""},
                                                  {"valid_min", f64, {5.0}, ""}};
  const Conventions found = conventions_of(f64, attributes, {});
  ASSERT_TRUE(found.packing);
  ASSERT_TRUE(found.packing->absent.least && found.packing->absent.most);
  EXPECT_EQ(std::get<double>(*found.packing->absent.least), 5);
  EXPECT_EQ(std::get<double>(*found.packing->absent.most), 9);
}

TEST(Conventions, OfNumbersThatNoNetcdfHasAreSaidNotToBeHeeded) {
  const StoredType f64{StoredType::Kind::floating, 8};
  const std::vector<VariableAttribute> attributes{{"scale_factor", f64, {2.0}, ""},
                                                  {"_FillValue", f64, {5.0}, ""}};
  const Conventions found = conventions_of({StoredType::Kind::bfloat, 2}, attributes, {});
  EXPECT_FALSE(found.packing);
  EXPECT_EQ(found.remarks,
            (std::vector<std::string>{"its scale_factor 2 is of bfloat16 numbers and is not heeded",
                                      "its _FillValue 5 is of bfloat16 numbers and is not heeded"}));
}

TEST_F(ConventionsTest, AScaleThatIsNoNumberLeavesNothingToRead) {
  for (const ClassicNumbers& scale : {classic_text("two"), floats({1, 2})}) {
    write(folder_ / "3.nc", classic_variable('\2', shorts({1, 2}), {{"scale_factor", scale}}));
    write_netcdf4(folder_ / "4.nc", shorts({1, 2}), {{"scale_factor", scale}});
    for (const std::string name : {"3.nc", "4.nc"}) {
      EXPECT_EQ(refusal(folder_ / name),
                fmt::format("{}: 'x' has {} as its scale_factor, expected one number", name,
                            scale.type == 2 ? "'two'" : "1, 2"));
    }
  }
}

TEST_F(ConventionsTest, AScaleOrAnOffsetThatMakesNoNumbersLeavesNothingToRead) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::string finite = ", expected a finite number";
  const std::vector<std::tuple<std::string, ClassicNumbers, std::string>> cases{
      {"scale_factor", doubles({kNan}), "nan as its scale_factor" + finite + " other than 0"},
      {"scale_factor", floats({-INFINITY}), "-inf as its scale_factor" + finite + " other than 0"},
      {"scale_factor", ints({0}), "0 as its scale_factor" + finite + " other than 0"},
      {"scale_factor", doubles({-0.0}), "-0 as its scale_factor" + finite + " other than 0"},
      {"scale_factor", classic_text("nan"), "'nan' as its scale_factor" + finite + " other than 0"},
      {"add_offset", doubles({infinity}), "inf as its add_offset" + finite},
      {"add_offset", floats({NAN}), "nan as its add_offset" + finite},
  };
  for (const auto& [attribute, number, said] : cases) {
    write(folder_ / "3.nc", classic_variable('\2', shorts({1, 2}), {{attribute, number}}));
    write_netcdf4(folder_ / "4.nc", shorts({1, 2}), {{attribute, number}});
    for (const std::string name : {"3.nc", "4.nc"}) {
      EXPECT_EQ(refusal(folder_ / name), name + ": 'x' has " + said);
    }
  }
  expect(shorts({1, 2}), {{"add_offset", doubles({0})}}, {1, 2});
}

// Integers stay integers: what is absent is seen where numbers of f64 are asked for.
TEST_F(ConventionsTest, IntegersKeepTheNumberThatSaysThatThereIsNone) {
  write(folder_ / "a.nc", classic_variable('\2', ints({-9999, 3}), {{"_FillValue", ints({-9999})}}));
  const auto source = open(folder_ / "a.nc");
  EXPECT_EQ(source->fields()[0].type.dtype, DType::i32);
  EXPECT_TRUE(source->fields()[0].is_whole);
  EXPECT_TRUE(source->fields()[0].absent.includes(-9999));
  EXPECT_EQ(values_of(*source, 0, whole_of(*source))[0][0], -9999);
}

// h5py and h5netcdf write attributes of the same names; a type's own fill value is NetCDF's alone.
TEST_F(ConventionsTest, AttributesOfOtherHdf5FilesAreHeededAloud) {
  write_netcdf4(folder_ / "a.h5", shorts({-32767, 7, 2}),
                {{"missing_value", shorts({7})}, {"scale_factor", doubles({0.5})}});
  const auto source = open(folder_ / "a.h5");
  const std::vector<double> found = numbers_of(*source);
  EXPECT_EQ(found[0], -16383.5);
  EXPECT_TRUE(std::isnan(found[1]));
  EXPECT_EQ(found[2], 1);
  EXPECT_EQ(
      source->remarks(),
      std::vector{(folder_ / "a.h5").string() +
                  ": in 'x' the attributes scale_factor, missing_value are heeded, as NetCDF has them"});
  write_netcdf4(folder_ / "sign.h5", bytes({-1, 2}),
                {{"_Unsigned", classic_text("true")}, {"valid_range", bytes({9, 0})}});
  const std::string sign = (folder_ / "sign.h5").string();
  EXPECT_EQ(
      open(sign)->remarks(),
      (std::vector{sign + ": in 'x' its valid_range 9, 0 has its ends the wrong way round and is not heeded",
                   sign + ": in 'x' the attributes _Unsigned are heeded, as NetCDF has them"}));
  write_netcdf4(folder_ / "plain.h5", shorts({-32767, 2}), {});
  EXPECT_EQ(numbers_of(*open(folder_ / "plain.h5")), (std::vector<double>{-32767, 2}));
}

TEST_F(ConventionsTest, FilesThatNetcdfWroteAreKnownByTheirMark) {
  write_netcdf4(folder_ / "a.h5", shorts({-32767, 2}), {});
  {
    const Hdf5Lock lock;
    const Hdf5Id file(H5Fopen((folder_ / "a.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    write_hdf5_attribute(file.get(), "_NCProperties", classic_text("version=2,h5netcdf=1.3.0"));
  }
  const auto source = open(folder_ / "a.h5");
  EXPECT_TRUE(std::isnan(numbers_of(*source)[0]));
  EXPECT_TRUE(source->remarks().empty());
}

// Where nothing is filled, a number that looks like a fill value is one that was written.
TEST_F(ConventionsTest, AVariableWithoutFillingHasNoFillValue) {
  {
    const Hdf5Lock lock;
    const Hdf5Id file = create_file(folder_ / "a.nc");
    const hsize_t shape[2] = {1, 1};
    const Hdf5Id space(H5Screate_simple(2, shape, nullptr), H5Sclose);
    const Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_fill_time(properties.get(), H5D_FILL_TIME_NEVER);
    const Hdf5Id dataset(
        H5Dcreate2(file.get(), "x", H5T_STD_I16LE, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
        H5Dclose);
    const int16_t value = -32767;
    H5Dwrite(dataset.get(), H5T_NATIVE_SHORT, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value);
  }
  EXPECT_EQ(numbers_of(*open(folder_ / "a.nc")), (std::vector<double>{-32767}));
}

}  // namespace
}  // namespace weft
