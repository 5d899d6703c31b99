#include "weft/report/facts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class Facts : public ::testing::Test {
 protected:
  Facts() : folder_(fs::path(::testing::TempDir()) / ("weft-facts-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~Facts() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(Facts, AreReadBack) {
  ReportInput input;
  input.title = "a run";
  input.sample = "text \xff that is no UTF-8";
  input.arena_bytes = 7;
  write_report_facts(folder_, input);
  for (const char* name : {"metrics.jsonl", "recipe.toml"}) std::ofstream(folder_ / name).close();
  const ReportInput read = read_report_input(folder_);
  EXPECT_EQ(read.title, "a run");
  EXPECT_EQ(read.sample, "text \xef\xbf\xbd that is no UTF-8");
  EXPECT_EQ(read.arena_bytes, 7);
}

TEST_F(Facts, OfARunThatWasNotLoggedSayThatThereAreNoCurves) {
  std::ofstream(folder_ / "recipe.toml").close();
  ReportInput facts;
  facts.notes = {"a note of the run"};
  write_report_facts(folder_, facts);
  const ReportInput read = read_report_input(folder_);
  EXPECT_TRUE(read.metrics.empty());
  EXPECT_EQ(read.notes, (std::vector<std::string>{
                            "a note of the run", "There is no metrics.jsonl: there are no curves to show."}));
  write_report(folder_ / "report.html", read);
}

TEST_F(Facts, SayWhatAFolderOfARunLacks) {
  testing::expect_user_error([&] { read_report_input(folder_); },
                             "/recipe.toml: the recipe of the run cannot be read");
  testing::expect_user_error([&] { write_report_facts(folder_ / "none", {}); },
                             "/none/report.json: it cannot be written");
  for (const char* name : {"metrics.jsonl", "recipe.toml"}) std::ofstream(folder_ / name).close();
  std::ofstream(folder_ / "report.json") << "[]";
  testing::expect_user_error([&] { read_report_input(folder_); },
                             "/report.json: not what `weft train` wrote (");
}

}  // namespace
}  // namespace weft
