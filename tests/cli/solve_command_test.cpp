#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace weft::testing {
namespace {

using SolveCommand = Cli;

constexpr std::string_view kThree = R"({"problem": {"name": "three", "nodes": {
  "intervals": [[0, 4], [2, 6], [3, 3]], "costs": [[5, 1], [2, 7, 3], [4, 4]],
  "usages": [[1, 6], [3, 1, 5], [9, 0]]}, "edges": {"nodes": [[0, 1], [1, 2]],
  "costs": [[0, 9, 3, 4, 5, 0], [1, 2, 3, 4, 5, 6]]}, "usage_limit": LIMIT}})";

std::string with_limit(const fs::path& folder, const std::string& limit) {
  std::string text(kThree);
  text.replace(text.find("LIMIT"), 5, limit);
  const fs::path path = folder / ("limit" + limit + ".json");
  std::ofstream(path) << text;
  return path.string();
}

TEST_F(SolveCommand, PrintsOneLineOfJson) {
  const std::string chosen = (folder_ / "choice.json").string();
  const Outcome solved = run("plan solve " + with_limit(folder_, "7") + " --write-choice " + chosen);
  EXPECT_EQ(solved.code, 0);
  const nlohmann::json line = nlohmann::json::parse(solved.text);
  EXPECT_EQ(std::count(solved.text.begin(), solved.text.end(), '\n'), 1);
  EXPECT_EQ(line.at("name"), "three");
  // Options 0, 0, 0: 5 + 2 + 4 of the nodes, and 0 + 1 of the edges. With 1 the first costs 4 less, and its
  // edge 4 more; with 3 for the second node it uses 9.
  EXPECT_EQ(line.at("cost"), 12);
  EXPECT_EQ(line.at("bound"), 12);
  EXPECT_EQ(line.at("feasible"), true);
  EXPECT_EQ(line.at("stop"), "optimal");
  EXPECT_TRUE(line.at("seconds").is_number());
  EXPECT_EQ(content(chosen), "[0,0,0]\n");
}

TEST_F(SolveCommand, SaysThatNothingKeepsTheLimit) {
  const Outcome solved = run("plan solve " + with_limit(folder_, "1") + " --seconds 5");
  EXPECT_EQ(solved.code, 1);
  const nlohmann::json line = nlohmann::json::parse(solved.text);
  EXPECT_EQ(line.at("stop"), "impossible");
  EXPECT_EQ(line.at("feasible"), false);
  EXPECT_TRUE(line.at("cost").is_null());
}

TEST_F(SolveCommand, ItsMistakesAreOneSentence) {
  EXPECT_EQ(run("plan solve " + out() + "/none.json").text,
            "weft: " + out() + "/none.json: the problem cannot be read\n");
  const std::string nowhere = out() + "/none/choice";
  const Outcome unwritten = run("plan solve " + with_limit(folder_, "7") + " --write-choice " + nowhere);
  EXPECT_EQ(unwritten.code, 1);
  EXPECT_NE(unwritten.text.find("weft: --write-choice " + nowhere + ": the file cannot be written"),
            std::string::npos)
      << unwritten.text;
  EXPECT_EQ(run("plan solve").code, 2);
}

}  // namespace
}  // namespace weft::testing
