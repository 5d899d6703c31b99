#include "weft/data/synthetic/volumes.h"

#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <cstdlib>

#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

using VolumesTest = SourceTest;

/// Fails for want of space, then leaves as a command does, which ends the libraries.
[[noreturn]] void leave_after_failing(const fs::path& path) {
  const rlimit limit{8192, 8192};
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &limit);
  int code = 3;
  try {
    make_volumes({path, 4, {32, 32, 32, 4}, {}, 0, 9});
  } catch (const UserError&) {
    code = 1;
  }
  std::exit(code);
}

TEST_F(VolumesTest, ThatFindNoSpaceEndInAnErrorAndNoCrash) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(leave_after_failing(folder_ / "v.h5"), ::testing::ExitedWithCode(1), "");
}

TEST_F(VolumesTest, AreWhatTheSourceReadsBack) {
  const Dims shape{6, 5, 8, 2};
  for (const int deflate : {0, 4}) {
    for (const Dims& chunk : {Dims{}, Dims{3, 5, 4, 2}}) {
      make_volumes({folder_ / "v.h5", 3, shape, chunk, deflate, 9});
      EXPECT_FALSE(fs::exists(folder_ / "v.h5.part"));
      const auto source = open(folder_ / "v.h5");
      ASSERT_EQ(source->count(), 3);
      EXPECT_EQ(source->fields()[0].name, "full");
      EXPECT_EQ(source->fields()[1].name, "unitPar");
      for (int64_t volume = 0; volume < 3; ++volume) {
        std::vector<int16_t> expected(static_cast<size_t>(elems_of(shape)));
        fill_volume(9, volume, shape, expected);
        const auto values = values_of(*source, volume, whole_of(*source));
        EXPECT_EQ(values[0], std::vector<double>(expected.begin(), expected.end()));
        const std::vector<float> parameters = volume_parameters(9, volume);
        EXPECT_EQ(values[1], std::vector<double>(parameters.begin(), parameters.end()));
      }
    }
  }
}

/// Mean of a volume, and the mean squared difference of neighbours in units of its variance.
std::pair<double, double> statistics(uint64_t seed, int64_t volume) {
  const int64_t side = 32;
  std::vector<int16_t> values(static_cast<size_t>(side * side * side));
  fill_volume(seed, volume, {side, side, side, 1}, values);
  double sum = 0;
  double squares = 0;
  double steps = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += values[i];
    squares += static_cast<double>(values[i]) * values[i];
    const double step = i % side != 0 ? values[i] - values[i - 1] : 0;
    steps += step * step;
  }
  const double count = static_cast<double>(values.size());
  const double variance = squares / count - sum / count * sum / count;
  return {sum / count, steps / count / variance};
}

TEST_F(VolumesTest, AreSmoothAndFollowTheirParameters) {
  // The mean density is 40 e^(p/2), up to the chance of one volume; the correlation over many shows it.
  double product = 0;
  double of_parameter = 0;
  double of_mean = 0;
  double parameter_sum = 0;
  double mean_sum = 0;
  const int64_t volumes = 24;
  for (int64_t volume = 0; volume < volumes; ++volume) {
    const auto [mean, roughness] = statistics(4, volume);
    // Independent neighbours would have 2.
    EXPECT_LT(roughness, 1.0) << volume;
    const double parameter = volume_parameters(4, volume)[2];
    const double logarithm = std::log(mean);
    product += parameter * logarithm;
    of_parameter += parameter * parameter;
    of_mean += logarithm * logarithm;
    parameter_sum += parameter;
    mean_sum += logarithm;
  }
  const double covariance = product - parameter_sum * mean_sum / volumes;
  const double correlation = covariance / std::sqrt((of_parameter - parameter_sum * parameter_sum / volumes) *
                                                    (of_mean - mean_sum * mean_sum / volumes));
  EXPECT_GT(correlation, 0.8);
}

TEST_F(VolumesTest, SaysWhatCannotBeMade) {
  const auto say = [&](VolumeOptions options) {
    options.path = folder_ / "v.h5";
    return message_of([&] { make_volumes(options); });
  };
  EXPECT_EQ(say({{}, 0}), "volumes: a count of 0, expected at least 1");
  EXPECT_EQ(say({{}, 1, {4, 4, 4}}), "volumes: the shape [4, 4, 4] has 3 sizes, expected DxHxWxC");
  EXPECT_EQ(say({{}, 1, {4, 4, 4, 1}, {5, 1, 1, 1}}),
            "volumes: the chunk [5, 1, 1, 1] does not fit into the shape [4, 4, 4, 1]");
  EXPECT_EQ(say({{}, 1, {4, 4, 4, 1}, {2, 2}}),
            "volumes: the chunk [2, 2] has 2 sizes, expected as many as the shape [4, 4, 4, 1]");
  EXPECT_EQ(say({{}, 1, {4, 4, 4, 1}, {}, 10}), "volumes: deflate 10, expected 0 to 9");
  EXPECT_EQ(say({{}, 1, {4, 0, 4, 1}}), "volumes: a size of 0 in [4, 0, 4, 1], expected 1 to 4096");
  EXPECT_EQ(message_of([&] {
              make_volumes({folder_ / "no/v.h5", 1, {2, 2, 2, 1}});
            }),
            folder_.string() + "/no/v.h5.part: the volumes cannot be written (is the disk full?)");
  fs::create_directories(folder_ / "taken.h5");
  EXPECT_EQ(message_of([&] {
              make_volumes({folder_ / "taken.h5", 1, {2, 2, 2, 1}});
            }),
            folder_.string() +
                "/taken.h5: this is a folder, a device or a pipe, expected a place for a file of volumes");
  const auto take_the_place = [&](int64_t) { fs::create_directories(folder_ / "late.h5"); };
  EXPECT_EQ(message_of([&] {
              make_volumes({folder_ / "late.h5", 1, {2, 2, 2, 1}}, take_the_place);
            }),
            folder_.string() + "/late.h5: cannot be written: Is a directory");
  EXPECT_FALSE(fs::exists(folder_ / "late.h5.part"));
}

}  // namespace
}  // namespace weft
