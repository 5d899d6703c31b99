// The list of stages: each does what it says, stands where it says, and is measured.
#include "weft/plan/pipeline.h"

#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <sstream>

#include "tests/ops/interpreter.h"
#include "weft/base/check.h"
#include "weft/ops/pointwise/scale.h"

namespace weft {
namespace {

Graph scaled(bool with_dead_node) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {4}}, {"n"});
  if (with_dead_node) scale(build, x, 3);
  build.output("y", scale(build, x, 2));
  return std::move(build).build();
}

void expect_user_error(const std::string& skip, const std::string& message) {
  PlanOptions options;
  options.skip = {skip};
  try {
    make_plan(scaled(false), testing::device_named("cpu"), options);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), message);
  }
}

size_t position_of(std::string_view name) {
  const std::vector<Stage>& stages = planning_stages();
  size_t at = 0;
  while (at < stages.size() && stages[at].about.name != name) ++at;
  return at;
}

/// What the stage makes of its example.
std::string made_of_example(const Stage& stage) {
  const PassExample& example = stage.about.example;
  PlanOptions options;
  Device device("example");
  if (example.set_up != nullptr) example.set_up(options, device);
  const PlanContext context{device, options};
  Planning planning;
  GraphBuilder build;
  example.before(build);
  planning.local.graph = std::move(build).build();
  if (stage.about.name == "partition") assign_stage().run(planning, context);
  EXPECT_GT(stage.run(planning, context).gain, 0);
  return to_text(planning.local.graph);
}

TEST(Stages, TurnTheirExampleIntoWhatTheySay) {
  size_t without = 0;
  for (const Stage& stage : planning_stages()) {
    SCOPED_TRACE(stage.about.name);
    if (stage.about.example.before == nullptr) {
      ++without;
    } else {
      EXPECT_EQ(made_of_example(stage), stage.about.example.after);
    }
  }
  EXPECT_EQ(without, 2U) << "assign and emit_program make no graph: assignment_test.cpp, program_test.cpp";
}

TEST(Stages, StandWhereTheySay) {
  for (size_t s = 0; s < planning_stages().size(); ++s) {
    const PassDescription& about = planning_stages()[s].about;
    SCOPED_TRACE(about.name);
    EXPECT_NE(about.place.find("because"), std::string_view::npos);
    std::istringstream words{std::string(about.place)};
    std::string before;
    for (std::string word; words >> word; before = word) {
      const size_t other = position_of(word.substr(0, word.find_first_of(",;.")));
      if (other == planning_stages().size()) continue;
      if (before == "After" || before == "after") {
        EXPECT_LT(other, s) << word;
      } else if (before == "before") {
        EXPECT_GT(other, s) << word;
      }
    }
  }
}

TEST(Stages, AreTheOnesOfTheirDocs) {
  std::ifstream file(WEFT_SOURCE_DIR "/docs/passes.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), stage_reference()) << "make it anew: build/weft plan --list-passes > docs/passes.md";
}

TEST(Stages, AreMeasuredOnTheGraphsBeforeAndAfter) {
  PlanOptions options;
  options.measure_stages = true;
  const Plan with = make_plan(scaled(true), testing::device_named("cpu"), options);
  const StageReport& dead = with.stages[position_of("eliminate_dead")];
  EXPECT_EQ(dead.stage, "eliminate_dead");
  EXPECT_EQ(dead.gain, 1);
  EXPECT_EQ(dead.before.nodes - dead.after.nodes, 1);
  EXPECT_EQ(dead.before.flops - dead.after.flops, 4);
  EXPECT_EQ(dead.before.moved_bytes - dead.after.moved_bytes, 2 * 4 * 4);
  EXPECT_NE(stage_table(with).find("1 nodes removed"), std::string::npos) << stage_table(with);
  EXPECT_EQ(make_plan(scaled(true), testing::device_named("cpu"), {}).stages.back().after.nodes, 0);
}

TEST(Stages, PrintTheGraphWhenTheyChangedIt) {
  std::vector<std::string> printed;
  PlanOptions options;
  options.print = [&](const std::string& stage, const std::string&) { printed.push_back(stage); };
  make_plan(scaled(true), testing::device_named("cpu"), options);
  EXPECT_EQ(printed, std::vector<std::string>{"eliminate_dead"});
}

TEST(Stages, AreCountedAsTheyBegin) {
  std::vector<int64_t> begun;
  PlanOptions options;
  options.skip = {"join_rows"};
  options.progress = [&](int64_t stage, int64_t stages) {
    begun.push_back(stage);
    EXPECT_EQ(stages, std::ssize(planning_stages()));
  };
  make_plan(scaled(true), testing::device_named("cpu"), options);
  std::vector<int64_t> all(planning_stages().size());
  std::iota(all.begin(), all.end(), 1);
  EXPECT_EQ(begun, all);
}

TEST(Stages, AreLeftOutByTheirName) {
  PlanOptions options;
  options.skip = {"eliminate_dead"};
  const Plan plan = make_plan(scaled(true), testing::device_named("cpu"), options);
  EXPECT_EQ(plan.program.segments[0].instructions.size(), 2U);
  EXPECT_TRUE(plan.stages[position_of("eliminate_dead")].skipped);
  EXPECT_NE(stage_table(plan).find("eliminate_dead     skipped"), std::string::npos) << stage_table(plan);
}

TEST(Stages, RefuseToLeaveOutWhatDoesNotExistOrCannotBe) {
  std::string passes;
  for (const Stage& stage : planning_stages()) {
    if (stage.always.empty()) passes += (passes.empty() ? "" : ", ") + std::string(stage.about.name);
  }
  expect_user_error("fold", "--skip fold: there is no such pass, expected one of " + passes);
  expect_user_error(
      "assign", "--skip assign: this stage cannot be left out, because nothing else says where values lie");
  expect_user_error("partition",
                    "--skip partition: this stage cannot be left out, because a Program is one rank's");
  expect_user_error("emit_program",
                    "--skip emit_program: this stage cannot be left out, because only a Program can run");
}

}  // namespace
}  // namespace weft
