// Of data/decode/resample.h: scaling gives Pillow's bytes, those of golden.txt. No tolerance: both round to
// the same fixed-point weights and to bytes between the passes.
#include "tests/data/decode/pillow.h"

#include "weft/data/decode/resample.h"

namespace weft {
namespace {

void expect_scaled(std::istringstream& words, const std::string& line) {
  int64_t height = 0, width = 0, top = 0, left = 0, rows = 0, columns = 0, out_height = 0, out_width = 0;
  words >> height >> width >> top >> left >> rows >> columns >> out_height >> out_width;
  PixelBuffer source;
  PixelBuffer between;
  PixelBuffer result;
  AxisWeights down;
  AxisWeights across;
  down.set(static_cast<double>(top), static_cast<double>(rows), {top, top + rows}, out_height,
           {0, out_height});
  across.set(static_cast<double>(left), static_cast<double>(columns), {left, left + columns}, out_width,
             {0, out_width});
  testing::expect_pixels(resample(testing::picture(height, width, source), down, across, between, result),
                         words, line);
}

TEST(Pillow, ScalingIsTheSame) {
  const auto scaled = [](const std::string& name, std::istringstream& words, const std::string& line) {
    if (name == "scale") expect_scaled(words, line);
    return name == "scale";
  };
  EXPECT_EQ(testing::for_golden(scaled), 7);
}

}  // namespace
}  // namespace weft
