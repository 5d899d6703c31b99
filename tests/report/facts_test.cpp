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
  input.planned_bytes = 7;
  input.run.state = RunState::failed;
  input.run.why = "the loss is nan";
  input.run.step = 3;
  input.run.facts = {{"model", "gpt"}};
  input.run.metrics = {{"accuracy", "more", true}};
  input.run.parts = {{.began = 5,
                      .seen = 9,
                      .after_step = 2,
                      .changes = {"run.steps 2 -> 3"},
                      .command = "weft train a",
                      .mesh = "1 rank"}};
  input.ops = {{.name = "x0 + x1", .kind = "pointwise", .phase = "update", .calls = 4, .predicted_ms = 2}};
  input.ranks = {{.host = "here", .wall_ms = 7, .waiting_ms = 1}};
  write_report_facts(folder_, input);
  for (const char* name : {"metrics.jsonl", "recipe.toml"}) std::ofstream(folder_ / name).close();
  const ReportInput read = read_report_input(folder_);
  EXPECT_EQ(read.title, "a run");
  EXPECT_EQ(read.sample, "text \xef\xbf\xbd that is no UTF-8");
  EXPECT_EQ(read.planned_bytes, 7);
  EXPECT_EQ(read.run.state, RunState::failed);
  EXPECT_EQ(read.run.why, "the loss is nan");
  EXPECT_EQ(read.run.step, 3);
  EXPECT_EQ(read.run.facts.at(0).value, "gpt");
  EXPECT_TRUE(read.run.metrics.at(0).is_share);
  EXPECT_EQ(read.run.parts.at(0).command, "weft train a");
  EXPECT_EQ(read.run.parts.at(0).after_step, 2);
  EXPECT_EQ(read.run.parts.at(0).changes, input.run.parts[0].changes);
  EXPECT_EQ(read.ops.at(0).kind, "pointwise");
  EXPECT_EQ(read.ops.at(0).predicted_ms, 2);
  EXPECT_EQ(read.ranks.at(0).waiting_ms, 1);
}

TEST_F(Facts, OfAnEarlierVersionLackWhatItDidNotKnow) {
  for (const char* name : {"metrics.jsonl", "recipe.toml"}) std::ofstream(folder_ / name).close();
  std::ofstream(folder_ / "report.json")
      << R"({"title": "old", "subtitle": "of", "ops": [{"name": "gelu"}]})";
  const ReportInput read = read_report_input(folder_, true);
  EXPECT_EQ(read.title, "old");
  EXPECT_EQ(read.ops.at(0).name, "gelu");
  EXPECT_EQ(read.run.state, RunState::going_on);
  EXPECT_TRUE(read.is_held);
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
                             "/recipe.toml: the recipe of the run does not exist");
  testing::expect_user_error([&] { write_report_facts(folder_ / "none", {}); },
                             "/none/report.json: the record of the run cannot be written");
  for (const char* name : {"metrics.jsonl", "recipe.toml"}) std::ofstream(folder_ / name).close();
  std::ofstream(folder_ / "report.json") << "[]";
  testing::expect_user_error([&] { read_report_input(folder_); },
                             "/report.json: not what `weft train` wrote (");
  testing::expect_user_error([] { report_facts_from(R"({"planned_bytes": 1e20})", "r.json"); },
                             "r.json: not what `weft train` wrote: it says 1e+20");
  testing::expect_user_error(
      [] { report_facts_from(R"({"planned_bytes": 18446744073709551615})", "r.json"); },
      "r.json: not what `weft train` wrote: it says 1.84e+19");
}

}  // namespace
}  // namespace weft
