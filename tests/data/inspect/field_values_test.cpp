#include "weft/data/inspect/field_values.h"

#include <limits>

#include "tests/data/source/source_fixture.h"
#include "weft/store/safetensors.h"

namespace weft {
namespace {

class FieldValuesTest : public SourceTest {
 protected:
  template <class T>
  std::unique_ptr<Source> of(std::vector<T> numbers, DType dtype, const Dims& shape) const {
    write_safetensors(
        folder_ / "a.safetensors",
        std::vector<NamedView>{{"a", {reinterpret_cast<std::byte*>(numbers.data()), {dtype, shape}}}});
    return open(folder_ / "a.safetensors");
  }
};

TEST_F(FieldValuesTest, IdsAreCountedAndNumbersAreMeasured) {
  const auto ids = of<int64_t>({50, 0, 100, 50}, DType::i64, {4});
  EXPECT_EQ(look_at_field(*ids, 0).text(4), "3 ids from 0 to 100 in all samples");
  const auto column = of<uint8_t>({7, 7}, DType::u8, {2, 1});
  EXPECT_EQ(look_at_field(*column, 0).text(2), "1 id from 7 to 7 in all samples");
  const auto pixels = of<uint8_t>({7, 8, 1, 4}, DType::u8, {2, 2});
  EXPECT_EQ(look_at_field(*pixels, 0).text(2), "1 to 8, mean 5 in all samples");
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto numbers = of<float>({-1.5F, kNan, 2, kInfinity, -kInfinity, 0.25F}, DType::f32, {3, 2});
  EXPECT_EQ(look_at_field(*numbers, 0).text(3), "-1.5 to 2, mean 0.25, 1 NaN, 2 infinite in all samples");
  const auto none = of<float>({kNan}, DType::f32, {1, 1});
  EXPECT_EQ(look_at_field(*none, 0).text(1), "no number, 1 NaN in all samples");
}

TEST_F(FieldValuesTest, OfOtherFieldsNothingIsRead) {
  std::vector<int64_t> ids{4, 5, 6};
  std::vector<float> numbers{1, 2, 3, 4, 5, 6};
  const fs::path path = folder_ / "two.safetensors";
  write_safetensors(path,
                    std::vector<NamedView>{
                        {"ids", {reinterpret_cast<std::byte*>(ids.data()), {DType::i64, {3}}}},
                        {"numbers", {reinterpret_cast<std::byte*>(numbers.data()), {DType::f32, {3, 2}}}}});
  const auto source = open(path, {"ids", "numbers"});
  fs::resize_file(path, fs::file_size(path) - 4);  // of the last numbers
  EXPECT_EQ(look_at_field(*source, 0).text(3), "3 ids from 4 to 6 in all samples");
  EXPECT_EQ(look_at_field(*source, 1).text(3), "1 to 4, mean 2.5 in 2 of 3 samples");
}

TEST_F(FieldValuesTest, NoMoreSamplesAreReadThanTheOptionsSay) {
  std::vector<int64_t> numbers(100);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int64_t>(i);
  const auto source = of<int64_t>(numbers, DType::i64, {100});
  EXPECT_EQ(look_at_field(*source, 0, {.most_samples = 4}).text(100),
            "4 ids from 0 to 75 in 4 of 100 samples");
  EXPECT_EQ(look_at_field(*source, 0, {.most_bytes = 80}).samples, 10);
  EXPECT_EQ(look_at_field(*source, 0, {.most_bytes = 0}).samples, 1);
}

TEST_F(FieldValuesTest, OfASampleThatIsTooLargeTheFirstRowsAreRead) {
  std::vector<float> numbers(3 * 8 * 4);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
  const auto source = of<float>(numbers, DType::f32, {3, 8, 4});
  // The rest is not there to be read.
  fs::resize_file(folder_ / "a.safetensors", fs::file_size(folder_ / "a.safetensors") - 4 * (96 - 8));
  EXPECT_EQ(look_at_field(*source, 0, {.most_bytes = 40}).text(3),
            "0 to 7, mean 3.5 in the first rows of 1 of 3 samples");
  EXPECT_EQ(look_at_field(*source, 0, {.most_bytes = 0}).text(3),
            "0 to 0, mean 0 in the first rows of 1 of 3 samples");
}

TEST_F(FieldValuesTest, SamplesThatCannotBeReadAreLeftOut) {
  const auto source = of<int64_t>({1, 2, 3}, DType::i64, {3});
  fs::resize_file(folder_ / "a.safetensors", fs::file_size(folder_ / "a.safetensors") - 8);
  EXPECT_EQ(look_at_field(*source, 0).text(3), "2 ids from 1 to 2 in 2 of 3 samples");
}

}  // namespace
}  // namespace weft
