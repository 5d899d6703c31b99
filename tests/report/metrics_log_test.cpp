#include "weft/report/metrics_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>

#include "weft/base/check.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class MetricsLogTest : public testing::Test {
 protected:
  MetricsLogTest()
      : path_(fs::path(testing::TempDir()) / ("metrics-" + std::to_string(getpid()) + ".jsonl")) {
    fs::remove(path_);
  }
  ~MetricsLogTest() override { fs::remove(path_); }

  void write_steps(int64_t first, int64_t last) {
    MetricsLog log(path_);
    for (int64_t step = first; step <= last; ++step) log.write(row(step));
  }

  static MetricsRow row(int64_t step) {
    MetricsRow row;
    row.step = step;
    row.loss = 1.0 / static_cast<double>(step);
    return row;
  }

  std::vector<int64_t> steps() const {
    std::vector<int64_t> found;
    for (const MetricsRow& row : read_metrics(path_)) found.push_back(row.step);
    return found;
  }

  std::string text() const {
    std::ifstream in(path_);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  void append(const std::string& text) const { std::ofstream(path_, std::ios::app) << text; }

  static std::string error_of(const std::function<void()>& act) {
    try {
      act();
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  }
  std::string read_error() const {
    return error_of([&] { read_metrics(path_); });
  }

  fs::path path_;
};

TEST_F(MetricsLogTest, RowsAreReadBackBitByBit) {
  MetricsRow full = row(3);
  full.validation_loss = 0.1 + 0.2;
  full.learning_rate = 6e-4;
  full.step_ms = 123.456;
  full.time = 1.7e9 + 0.25;
  full.samples_per_s = 1e6 / 3;
  full.tokens = int64_t{1} << 40;
  full.bytes = {{"all_reduce", 1234567890123}, {"storage", 0}};
  full.more = {{"gradient_norm", 1.5}};
  {
    MetricsLog log(path_);
    log.write(full);
    log.write(row(4));
  }
  const std::vector<MetricsRow> rows = read_metrics(path_);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].loss, full.loss);
  EXPECT_EQ(rows[0].validation_loss, full.validation_loss);
  EXPECT_EQ(rows[0].learning_rate, full.learning_rate);
  EXPECT_EQ(rows[0].step_ms, full.step_ms);
  EXPECT_EQ(rows[0].time, full.time);
  EXPECT_EQ(rows[0].samples_per_s, full.samples_per_s);
  EXPECT_EQ(rows[0].tokens, full.tokens);
  EXPECT_EQ(rows[0].bytes, full.bytes);
  EXPECT_EQ(rows[0].more, full.more);
  EXPECT_FALSE(rows[1].validation_loss);
  EXPECT_FALSE(rows[1].tokens);
}

TEST_F(MetricsLogTest, EachRowIsInTheFileAtOnce) {
  MetricsLog log(path_);
  log.write(row(1));
  EXPECT_EQ(text(),
            "{\"step\":1,\"loss\":1.0,\"learning_rate\":0.0,\"step_ms\":0.0,\"samples_per_s\":0.0}\n");
}

TEST_F(MetricsLogTest, LossThatIsNotFiniteIsReadAsNan) {
  MetricsLog log(path_);
  MetricsRow bad = row(1);
  bad.loss = std::numeric_limits<double>::infinity();
  log.write(bad);
  EXPECT_TRUE(std::isnan(read_metrics(path_)[0].loss));
}

TEST_F(MetricsLogTest, ResumeLeavesNoStepTwiceOrMissing) {
  write_steps(1, 9);
  append("{\"step\":10,\"lo");  // torn by the crash
  EXPECT_EQ(truncate_after(path_, 6), 6);
  EXPECT_EQ(steps(), (std::vector<int64_t>{1, 2, 3, 4, 5, 6}));
  write_steps(7, 8);
  EXPECT_EQ(steps(), (std::vector<int64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(MetricsLogTest, TruncationAtTheLastStepOnlyDropsTheTornLine) {
  write_steps(1, 3);
  const std::string before = text();
  append("{");
  EXPECT_EQ(truncate_after(path_, 7), 3) << "the last that there is";
  EXPECT_EQ(text(), before);
  EXPECT_EQ(truncate_after(path_, 0), 0);
  EXPECT_EQ(text(), "");
  fs::remove(path_);
  EXPECT_EQ(truncate_after(path_, 3), 0);
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(MetricsLogTest, TornLineIsIgnoredByReadersAndDroppedByWriters) {
  write_steps(1, 2);
  append("{\"step\":3");
  EXPECT_EQ(steps(), (std::vector<int64_t>{1, 2}));
  write_steps(3, 3);
  EXPECT_EQ(steps(), (std::vector<int64_t>{1, 2, 3}));
}

TEST_F(MetricsLogTest, BadLineIsNamed) {
  EXPECT_EQ(read_error(), path_.string() + ": the log of metrics does not exist");
  append("{\"step\":2}\n");
  EXPECT_EQ(read_error().find(path_.string() + ":1: is no row of metrics: "), 0u) << read_error();
}

TEST_F(MetricsLogTest, ADamagedLineIsLeftOutAndSaid) {
  write_steps(1, 2);
  append("{\"step\":3,\"lo#s\":1}\n");
  write_steps(4, 6);
  std::string left_out;
  EXPECT_EQ(read_metrics(path_, &left_out).size(), 5U);
  EXPECT_TRUE(left_out.starts_with("1 of 6 lines of the log of metrics are left out: " + path_.string() +
                                   ":3: is no row of metrics: "))
      << left_out;
  truncate_after(path_, 5);
  EXPECT_EQ(steps(), (std::vector<int64_t>{1, 2, 4, 5})) << "a resume goes on all the same";
}

TEST_F(MetricsLogTest, AStepIsAnInteger) {
  for (const char* step : {"1e20", "1.5", "null", "9223372036854775808", "18446744073709551615"}) {
    EXPECT_TRUE(error_of([&] {
                  metrics_from(fmt::format("{{\"step\":{},\"loss\":1}}\n", step), "m");
                }).starts_with("m:1: is no row of metrics: "))
        << step;
  }
}

TEST_F(MetricsLogTest, AStepThatIsDamagedTakesNoOthersWithIt) {
  write_steps(1, 2);
  write_steps(93, 93);  // was 3
  write_steps(4, 6);
  write_steps(1, 1);  // was 7
  write_steps(8, 8);
  EXPECT_EQ(truncate_after(path_, 5), 5);
  EXPECT_EQ(steps(), (std::vector<int64_t>{1, 2, 4, 5, 1}));
}

TEST_F(MetricsLogTest, OfALogOfWhichNothingCanBeReadNothingIsCut) {
  append("{}\n{}\n");
  EXPECT_TRUE(error_of([&] { truncate_after(path_, 5); }).starts_with(path_.string() + ":1: is no row"));
  EXPECT_EQ(text(), "{}\n{}\n");
}

TEST_F(MetricsLogTest, AFileThatIsRemovedMeanwhileIsMissed) {
  MetricsLog log(path_);
  log.write(row(1));
  fs::remove(path_);
  EXPECT_EQ(error_of([&] { log.write(row(2)); }), path_.string() + ": was removed while the run goes on");
}

TEST_F(MetricsLogTest, AFolderIsNoLog) {
  try {
    MetricsLog log(testing::TempDir());
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()), testing::TempDir() + ": cannot be opened for writing metrics");
  }
}

// Neither by a resume, which drops later steps, nor by a run that drops a torn line.
TEST_F(MetricsLogTest, AFileThatCannotBeCutIsNamed) {
  const int sealed = ::memfd_create("metrics", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  const fs::path path = "/proc/self/fd/" + std::to_string(sealed);
  MetricsLog(path).write(row(1));
  const auto kept = fs::file_size(path);
  std::ofstream(path, std::ios::app) << "{\"step\":2,\"lo";
  ASSERT_EQ(::fcntl(sealed, F_ADD_SEALS, F_SEAL_SHRINK), 0);
  const std::string expected = path.string() + ": cannot be cut to " + std::to_string(kept) + " bytes: ";
  EXPECT_EQ(error_of([&] { MetricsLog{path}; }), expected + "Operation not permitted");
  EXPECT_EQ(error_of([&] { truncate_after(path, 1); }), expected + "Operation not permitted");
  ::close(sealed);
}

TEST_F(MetricsLogTest, FullDiskIsAnError) {
  MetricsLog log("/dev/full");
  try {
    log.write(row(8));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "/dev/full: the metrics of step 8 cannot be written: No space left on device");
  }
}

TEST_F(MetricsLogTest, FieldNameThatIsTakenIsABug) {
  MetricsRow bad = row(1);
  bad.more = {{"loss", 1}};
  MetricsLog log(path_);
  EXPECT_THROW(log.write(bad), InternalError);
}

}  // namespace
}  // namespace weft
