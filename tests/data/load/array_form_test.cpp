// Of data/load/array_rows.h: which parts of a sample a rank reads, and the rows that come of them.
#include "weft/data/load/array_form.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::message_of;

/// Samples whose every element tells what it is: number of the sample, index in the field. No files.
class GridSource final : public Source {
 public:
  GridSource(Dims input, TensorType target)
      : fields_{{"input", {DType::f32, std::move(input)}}, {"target", std::move(target)}} {}

  int64_t count() const override { return 8; }
  std::string name(int64_t sample) const override { return fmt::format("grid[{}]", sample); }
  std::span<const Field> fields() const override { return fields_; }
  std::span<const std::filesystem::path> files() const override { return {}; }
  void locate(int64_t, std::span<const Region>, std::vector<Extent>&) const override {}
  void unpack(int64_t sample, std::span<const Region> parts, std::span<const std::byte>,
              std::span<const View> outputs) const override {
    const Dims strides = strides_of(fields_[0].type.shape);
    const Region& part = parts[0];
    const Dims inner = strides_of(part.shape());
    for (int64_t i = 0; i < part.elems(); ++i) {
      int64_t index = 0;
      for (size_t d = 0; d < inner.size(); ++d)
        index += (part.ranges[d].begin + i / inner[d] % part.shape()[d]) * strides[d];
      outputs[0].as<float>()[i] = static_cast<float>(sample * 1000 + index);
    }
    if (outputs[1].type.dtype == DType::i64) {
      *outputs[1].as<int64_t>() = sample == bad ? 3'000'000'000 : sample;
    } else if (outputs[1].type.dtype == DType::f64) {
      *outputs[1].as<double>() = sample == bad ? std::nan("") : static_cast<double>(sample);
    } else {
      for (int64_t i = 0; i < outputs[1].elems(); ++i)
        outputs[1].as<float>()[i] = static_cast<float>(sample) + 0.5F * static_cast<float>(i);
    }
  }
  int64_t bad = -1;  ///< a sample whose class id is too large for an i32
  Field& target() { return fields_[1]; }

 private:
  std::vector<Field> fields_;
};

std::shared_ptr<GridSource> numbers(Dims input) {
  return std::make_shared<GridSource>(std::move(input), TensorType{DType::f32, {2}});
}

template <class T>
View view_of(std::vector<T>& memory, DType dtype, const Dims& shape) {
  memory.resize(static_cast<size_t>(elems_of(shape)));
  return {reinterpret_cast<std::byte*>(memory.data()), {dtype, shape}};
}

std::vector<float> row_of(const ArrayForm& form, const Region& part, int64_t epoch, int64_t sample) {
  const auto assembler = form.assembler(std::vector{part, Region::all({2})}, DType::f32, 1);
  std::vector<float> input;
  std::vector<float> target;
  assembler->assemble(
      0, epoch, sample, {},
      std::vector{view_of(input, DType::f32, part.shape()), view_of(target, DType::f32, {2})});
  EXPECT_EQ(target, (std::vector<float>{static_cast<float>(sample), static_cast<float>(sample) + 0.5F}));
  return input;
}

/// The box of a row-major array.
std::vector<float> box(const std::vector<float>& whole, const Dims& shape, const Region& part) {
  const Dims strides = strides_of(shape);
  const Dims inner = strides_of(part.shape());
  std::vector<float> values;
  for (int64_t i = 0; i < part.elems(); ++i) {
    int64_t index = 0;
    for (size_t d = 0; d < inner.size(); ++d)
      index += (part.ranges[d].begin + i / inner[d] % part.shape()[d]) * strides[d];
    values.push_back(whole[static_cast<size_t>(index)]);
  }
  return values;
}

TEST(ArrayForm, ChannelsComeLastWhereverTheFileHasThem) {
  using Channels = ArrayChannels;
  const ArrayForm last(numbers({3, 4, 5, 2}), {});
  const ArrayForm first(numbers({2, 3, 4, 5}), {.channels = Channels::first});
  const ArrayForm none(numbers({3, 4, 5}), {.channels = Channels::none});
  EXPECT_EQ(last.shape(), (Dims{3, 4, 5, 2}));
  EXPECT_EQ(first.shape(), (Dims{3, 4, 5, 2}));
  EXPECT_EQ(none.shape(), (Dims{3, 4, 5, 1}));
  const auto at_last = row_of(last, Region::all(last.shape()), 0, 1);
  const auto at_first = row_of(first, Region::all(first.shape()), 0, 1);
  for (int64_t point = 0; point < 60; ++point) {
    for (int64_t c = 0; c < 2; ++c) {
      EXPECT_EQ(at_last[static_cast<size_t>(point * 2 + c)], static_cast<float>(1000 + point * 2 + c));
      EXPECT_EQ(at_first[static_cast<size_t>(point * 2 + c)], static_cast<float>(1000 + c * 60 + point));
    }
  }
  EXPECT_EQ(row_of(none, Region::all(none.shape()), 0, 2)[7], 2007);
}

TEST(ArrayForm, APartIsThePartOfTheWholeHoweverItIsTurned) {
  for (const auto channels : {ArrayChannels::last, ArrayChannels::first}) {
    const bool first = channels == ArrayChannels::first;
    ArrayFormOptions options;
    options.channels = channels;
    options.values = {true, {1.5, 0.5}, {2}};
    options.transform = {{true, true, true}, true};
    options.seed = 11;
    const ArrayForm form(numbers(first ? Dims{2, 4, 4, 4} : Dims{4, 4, 4, 2}), options);
    bool turned = false;
    for (int64_t epoch = 0; epoch < 12; ++epoch) {
      const auto whole = row_of(form, Region::all(form.shape()), epoch, 3);
      turned = turned || whole != row_of(form, Region::all(form.shape()), 0, 3);
      for (const Region& part :
           {Region{{{0, 2}, {0, 4}, {0, 4}, {0, 2}}}, Region{{{1, 4}, {2, 3}, {0, 0}, {0, 2}}},
            Region{{{3, 4}, {1, 4}, {2, 4}, {0, 2}}}}) {
        EXPECT_EQ(row_of(form, part, epoch, 3), box(whole, form.shape(), part)) << to_string(part);
      }
    }
    EXPECT_TRUE(turned);
  }
}

TEST(ArrayForm, SamplesWithNothingInThemAreRefused) {
  EXPECT_EQ(message_of([] {
              ArrayForm(numbers({4, 0, 3}), {});
            }),
            "data.path: a sample's field input has the shape [4, 0, 3], expected sizes above 0");
  const auto targets = std::make_shared<GridSource>(Dims{4}, TensorType{DType::f32, {0}});
  EXPECT_EQ(message_of([&] { ArrayForm(targets, {}); }),
            "data.path: a sample's field target has the shape [0], expected sizes above 0");
}

TEST(ArrayForm, ValuesAreTakenInTheOrderLogMeanDeviation) {
  const ArrayForm form(numbers({2, 2, 2}), {.values = {true, {1, 2}, {4, 5}}});
  const auto row = row_of(form, Region::all({2, 2, 2}), 0, 5);  // 5000 and on: past the table of logarithms
  const auto early = row_of(form, Region::all({2, 2, 2}), 0, 0);
  for (size_t i = 0; i < 8; ++i) {
    const double mean = i % 2 == 0 ? 1 : 2;
    const double deviation = i % 2 == 0 ? 4 : 5;
    EXPECT_NEAR(row[i], (std::log1p(5000.0 + static_cast<double>(i)) - mean) / deviation, 1e-6);
    EXPECT_NEAR(early[i], (std::log1p(static_cast<double>(i)) - mean) / deviation, 1e-6);
  }
}

TEST(ArrayForm, RanksReadThePartThatLandsOnTheirOwn) {
  ArrayFormOptions options;
  options.transform.flip = {true, false, false};
  options.seed = 4;
  const ArrayForm form(numbers({6, 4, 4, 1}), options);
  const Region front{{{0, 3}, {0, 4}, {0, 4}, {0, 1}}};
  const Region back{{{3, 6}, {0, 4}, {0, 4}, {0, 1}}};
  SampleParts parts(
      {form.to_read(std::vector{front, Region::all({2})}), form.to_read(std::vector{back, Region::all({2})})},
      0);
  const SampleParts::Choice choice = form.choice(parts);
  ASSERT_TRUE(choice);
  int flipped = 0;
  for (int64_t epoch = 0; epoch < 40; ++epoch) {
    const bool backwards = row_of(form, front, epoch, 2)[0] > 2000 + 40;
    EXPECT_EQ(choice(epoch, 2), backwards ? 1 : 0);
    flipped += backwards ? 1 : 0;
  }
  EXPECT_GT(flipped, 5);
  EXPECT_LT(flipped, 35);
}

TEST(ArrayForm, PartsThatATurnedSampleDoesNotMatchAreRefused) {
  ArrayFormOptions options;
  options.transform.flip = {true, false, false};
  const auto parts_of = [](const ArrayForm& form, int64_t cut) {
    const Region front{{{0, cut}, {0, 4}, {0, 4}, {0, 1}}};
    const Region back{{{cut, 4}, {0, 4}, {0, 4}, {0, 1}}};
    const Region target = Region::all({2});
    return SampleParts({form.to_read(std::vector{front, target}), form.to_read(std::vector{back, target})},
                       0);
  };
  const ArrayForm mirrored(numbers({4, 4, 4, 1}), options);
  EXPECT_EQ(message_of([&] { mirrored.choice(parts_of(mirrored, 1)); }),
            "data.mirror: a sample of [4, 4, 4, 1] that is turned over does not fall onto the parts that "
            "[parallel] cuts it into; cut it into equal parts");
  EXPECT_EQ(message_of([&] { mirrored.choice(parts_of(mirrored, 2)); }), "");
  options.transform.rotate = true;
  const ArrayForm rotated(numbers({4, 4, 4, 1}), options);
  EXPECT_NE(message_of([&] { rotated.choice(parts_of(rotated, 2)); }).find("along all axes alike"),
            std::string::npos);
  EXPECT_FALSE(rotated.choice(SampleParts(2, 1))) << "whole samples turn as they like";
}

TEST(ArrayForm, ClassIdsAreIntegersAndEmptyRowsDoNotCount) {
  const auto source = std::make_shared<GridSource>(Dims{2, 2, 3}, TensorType{DType::i64, {}});
  source->bad = 4;
  const ArrayForm form(source, {});
  EXPECT_TRUE(form.target_is_class());
  const auto assembler = form.assembler(std::vector{Region::all({2, 2, 3}), Region::all({})}, DType::f64, 1);
  std::vector<double> input;
  std::vector<int32_t> label;
  const std::vector row{view_of(input, DType::f64, {2, 2, 3}), view_of(label, DType::i32, {})};
  assembler->assemble(0, 0, 7, {}, row);
  EXPECT_EQ(label[0], 7);
  EXPECT_EQ(input[11], 7011);
  assembler->assemble_empty(row);
  EXPECT_EQ(label[0], -1);
  EXPECT_EQ(input[11], 0);
  EXPECT_EQ(message_of([&] { assembler->assemble(0, 0, 4, {}, row); }),
            "grid[4]: field target is 3000000000, expected a class id below 2147483648");
  const ArrayForm other(numbers({2, 2, 1}), {});
  std::vector<float> target;
  other.assembler(std::vector{Region::all({2, 2, 1}), Region::all({2})}, DType::f64, 1)
      ->assemble_empty(std::vector{view_of(input, DType::f64, {2, 2, 1}), view_of(target, DType::f32, {2})});
  EXPECT_TRUE(std::isnan(target[0]) && std::isnan(target[1]));
}

/// The class id of a sample; else what is said of it.
std::string class_id_of(const ArrayForm& form, int64_t sample) {
  const auto assembler = form.assembler(std::vector{Region::all({2, 3}), Region::all({})}, DType::f32, 1);
  std::vector<float> input;
  std::vector<int32_t> label;
  const std::vector row{view_of(input, DType::f32, {2, 3}), view_of(label, DType::i32, {})};
  const std::string message = message_of([&] { assembler->assemble(0, 0, sample, {}, row); });
  return message.empty() ? std::to_string(label[0]) : message;
}

// [1] a sample, and integers of 8 and 16 bits, which sources give as f32.
TEST(ArrayForm, OneIntegerOfAnyFormIsAClassId) {
  for (const DType dtype : {DType::i64, DType::i32, DType::u8, DType::f32}) {
    for (const Dims& shape : {Dims{}, Dims{1}, Dims{1, 1}}) {
      const auto source = std::make_shared<GridSource>(Dims{2, 3}, TensorType{dtype, shape});
      source->target().is_whole = true;
      const ArrayForm form(source, {});
      EXPECT_TRUE(form.target_is_class());
      EXPECT_EQ(class_id_of(form, 5), "5");
      EXPECT_FALSE(ArrayForm(source, {.target = ArrayTarget::numbers}).target_is_class());
    }
  }
  const auto two = std::make_shared<GridSource>(Dims{2, 3}, TensorType{DType::i64, {2}});
  EXPECT_FALSE(ArrayForm(two, {.target = ArrayTarget::ids}).target_is_class());
}

TEST(ArrayForm, WholeNumbersOfFloatingPointAreClassIdsWhereTheseAreLearnt) {
  const auto source = std::make_shared<GridSource>(Dims{2, 3}, TensorType{DType::f64, {1}});
  EXPECT_FALSE(ArrayForm(source, {}).target_is_class());
  const ArrayForm form(source, {.target = ArrayTarget::ids});
  EXPECT_TRUE(form.target_is_class());
  EXPECT_EQ(class_id_of(form, 3), "3");
  source->bad = 3;
  EXPECT_EQ(class_id_of(form, 3), std::to_string(kMissingId)) << "NaN";
  const double half = 1.5;
  const View view{reinterpret_cast<std::byte*>(const_cast<double*>(&half)), {DType::f64, {1}}};
  EXPECT_EQ(message_of([&] { form.class_id(3, view); }), "grid[3]: field target is 1.5, expected a class id");
}

TEST(ArrayForm, AnIdThatTheFileCallsAbsentIsMissingUnlessItIsIgnored) {
  const auto source = std::make_shared<GridSource>(Dims{2, 3}, TensorType{DType::i64, {}});
  source->target().is_whole = true;
  source->target().absent.values = {int64_t{6}};
  EXPECT_EQ(class_id_of(ArrayForm(source, {}), 6), std::to_string(kMissingId));
  EXPECT_EQ(class_id_of(ArrayForm(source, {}), 5), "5");
  EXPECT_EQ(class_id_of(ArrayForm(source, {.ignored = 6}), 6), "6");
}

TEST(ArrayForm, FieldsThatDoNotFitAreOneSentence) {
  EXPECT_EQ(
      message_of([] {
        ArrayForm(numbers({2, 3, 4, 5, 6}), {});
      }),
      "data.input: field input has the shape [2, 3, 4, 5, 6] a sample, expected up to three dimensions in "
      "space and the channels");
  EXPECT_EQ(message_of([] { ArrayForm(numbers({}), {}); }),
            "data.input: field input has the shape [] a sample, expected up to three dimensions in space and "
            "the channels");
  EXPECT_EQ(ArrayForm(numbers({4}), {}).shape(), Dims{4}) << "channels, and no space";
  EXPECT_EQ(message_of([] {
              ArrayForm(numbers({2, 3, 4, 5}), {.channels = ArrayChannels::none});
            }),
            "data.input: field input has the shape [2, 3, 4, 5] a sample, expected up to three dimensions in "
            "space; where it has channels, data.channels = \"last\" or \"first\" says so");
  EXPECT_EQ(message_of([] {
              ArrayForm(numbers({4, 2}), {.values = {false, {1, 2, 3}, {}}});
            }),
            "data.mean: 3 numbers, and field input has 2 channels; expected one for each, or one for all");
}

}  // namespace
}  // namespace weft
