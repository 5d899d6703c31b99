#include "weft/plan/solve/contest_file.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>

#include "weft/base/check.h"
#include "weft/plan/solve/solve.h"

namespace weft::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTwo = R"({"problem": {"name": "two", "nodes": {
  "intervals": [[0, 4], [3, 3]], "costs": [[1, 2], [5]], "usages": [[3, 1], [7]]},
  "edges": {"nodes": [[1, 0]], "costs": [[10, 2000000000000000000]]}, "usage_limit": 6}})";

TEST(ContestFile, IsReadAsItStands) {
  const ContestProblem read = parse_contest(kTwo, "two.json");
  EXPECT_EQ(read.name, "two");
  EXPECT_EQ(read.problem.limit, 6);
  ASSERT_EQ(read.problem.nodes.size(), 2U);
  EXPECT_EQ(read.problem.nodes[0].costs, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(read.problem.nodes[0].lives[0].end, 4);
  EXPECT_EQ(read.problem.nodes[0].lives[0].usage, (std::vector<int64_t>{3, 1}));
  ASSERT_EQ(read.problem.edges.size(), 1U);
  EXPECT_EQ(read.problem.edges[0].a, 1);
  EXPECT_EQ(read.problem.edges[0].costs, (std::vector<int64_t>{10, kImpossible}));
}

TEST(ContestFile, MayBePacked) {
  const fs::path path = fs::path(::testing::TempDir()) / "two.json.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, kTwo.data(), static_cast<unsigned>(kTwo.size()));
  gzclose(file);
  EXPECT_EQ(read_contest_file(path).problem.nodes.size(), 2U);
  try {
    read_contest_file(path, 100);
    FAIL() << "it was read";
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), path.string() + ": got a problem of more than 100 bytes, expected less");
  }
  fs::resize_file(path, fs::file_size(path) / 2);
  try {
    read_contest_file(path);
    FAIL() << "it was read";
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), path.string() + ": the packed problem is broken or cut short");
  }
  fs::remove(path);
  try {
    read_contest_file(path);
    FAIL() << "it was read";
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), path.string() + ": the problem cannot be read");
  }
}

/// What is said where `part` of kTwo is `other` instead.
std::string complaint(std::string_view part, std::string_view other) {
  std::string text(kTwo);
  const size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  text.replace(at, part.size(), other);
  try {
    parse_contest(text, "two.json");
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(ContestFile, WhatIsWrongIsSaid) {
  const std::string not_there = ", which a problem of the contest does not have there";
  EXPECT_EQ(complaint("\"two\"", "null"), "two.json: got null at \"problem.name\"" + not_there);
  EXPECT_EQ(complaint("\"two\"", "true"), "two.json: got a boolean at \"problem.name\"" + not_there);
  EXPECT_EQ(complaint("\"two\"", "2"), "two.json: got a number at \"problem.name\"" + not_there);
  EXPECT_EQ(complaint("\"two\"", "{}"), "two.json: got an object at \"problem.name\"" + not_there);
  EXPECT_EQ(complaint("[5]", "[[5]]"), "two.json: got a list at \"problem.nodes.costs\"" + not_there);
  EXPECT_EQ(complaint("[5]", "[\"5\"]"), "two.json: got a text at \"problem.nodes.costs\"" + not_there);
  EXPECT_EQ(complaint("[5]", "5"), "two.json: got a number at \"problem.nodes.costs\"" + not_there);
  EXPECT_EQ(complaint("[5]", "[5.5]"),
            "two.json: got a number that is no 64-bit integer at \"problem.nodes.costs\"" + not_there);
  EXPECT_EQ(complaint("[5]", "[]"), "two.json: got a node without options, expected one or more");
  EXPECT_EQ(complaint("[3, 3]", "[3]"), "two.json: got an interval of 1 numbers, expected 2");
  EXPECT_EQ(complaint("[1, 0]", "[1]"), "two.json: got an edge of 1 numbers, expected 2");
  EXPECT_EQ(complaint("[1, 0]", "[1, 2]"), "two.json: got an edge of node 2, expected one of the 2 nodes");
  EXPECT_EQ(complaint("[[1, 0]]", "[]"),
            "two.json: got 0 pairs and 1 costs of edges, expected as many of each");
  EXPECT_EQ(complaint(", [3, 3]", ""),
            "two.json: got 1 intervals, 2 costs and 2 usages of nodes, expected as many of each");
  EXPECT_EQ(complaint(", \"usage_limit\": 6", ""), "two.json: got no usage_limit of 0 or more, expected one");
  EXPECT_EQ(complaint(", \"usage_limit\": 6", ",").substr(0, 48),
            "two.json: no JSON (parse error at line 3, column");
}

/// The file that the contest explains its format by.
TEST(ContestFile, TheExampleIsSolved) {
  const char* data = std::getenv("WEFT_TEST_DATA");
  const fs::path path = fs::path(data != nullptr ? data : "/work/shared/data") / "iopddl/example.json";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is absent";
  const ContestProblem example = read_contest_file(path);
  const Solution solution = solve(example.problem, {});
  EXPECT_EQ(solution.stop, SolveStop::optimal);
  EXPECT_TRUE(solution.feasible);
  int64_t best = kImpossible;
  for (int32_t code = 0; code < 2 * 3 * 2; ++code) {
    const Choice choice{0, code % 2, code / 2 % 3, code / 6, 0};
    if (is_feasible(example.problem, choice)) best = std::min(best, cost_of(example.problem, choice));
  }
  EXPECT_EQ(solution.cost, best);
}

}  // namespace
}  // namespace weft::testing
