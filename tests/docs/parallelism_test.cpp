// docs/parallelism.md follows a convolution that two ranks split: its commands are run, its lines are what
// they print, and its tables are what the plans of both ranks have.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/models/built.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/session/session.h"

namespace weft::testing {
namespace {

namespace fs = std::filesystem;

std::string guide() {
  std::ifstream file(WEFT_SOURCE_DIR "/docs/parallelism.md");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The lines of all blocks whose info string is `info`.
std::vector<std::string> lines_of(const std::string& text, const std::string& info) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  bool inside = false;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("```")) {
      inside = !inside && line == "```" + info;
    } else if (inside) {
      lines.push_back(line);
    }
  }
  return lines;
}

std::string output_of(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), got);
  EXPECT_EQ(pclose(pipe), 0) << command << "\n" << text;
  return text;
}

/// Instructions are numbered; how many stand before one may depend on the machine's forms of products.
/// A line without the instruction's number and without what its kernel moves, which depends on the processor:
/// with what it is, its arithmetic, its least bytes or those that are sent, what binds it and what it makes.
std::string comparable(const std::string& line) {
  static const std::regex instruction(
      "^ *[0-9]+ (\\S+) +(\\S+) +([0-9.]+)( +[0-9.]+ [A-Za-z]+)? .*?([0-9.]+ [A-Za-z]+ "
      ")?(network|arithmetic|memory) "
      "+(.*)$");
  return std::regex_replace(line, instruction, "$1 $2 $3$4 $5$6 $7");
}

TEST(ParallelismGuide, ShowsLinesThatItsCommandsPrint) {
  const std::string text = guide();
  const fs::path folder = fs::temp_directory_path() / fmt::format("weft-guide-{}", getpid());
  fs::create_directories(folder);
  std::string all;
  for (std::string command : lines_of(text, "sh")) {
    command = std::regex_replace(command, std::regex("^build/weft"), WEFT_BINARY);
    command = std::regex_replace(command, std::regex("recipes/"), WEFT_SOURCE_DIR "/recipes/");
    all += output_of(fmt::format("cd {} && {}", folder.string(), command));
  }
  fs::remove_all(folder);
  std::set<std::string> printed;
  std::istringstream stream(all);
  for (std::string line; std::getline(stream, line);) printed.insert(comparable(line));
  const std::vector<std::string> shown = lines_of(text, "text");
  EXPECT_EQ(shown.size(), 8U);
  for (const std::string& line : shown) {
    EXPECT_TRUE(printed.contains(comparable(line))) << line << "\n" << all;
  }
}

Recipe recipe_of_the_guide() {
  const std::vector<std::string> overrides{"model.stages=2", "parallel.height=2"};
  return load_recipe(WEFT_SOURCE_DIR "/recipes/cosmoflow.toml", overrides);
}

/// "0 to 7" of dimension 2, the height.
std::string rows_of(const Region& region) {
  const Range& rows = region.ranges[2];
  return rows.size() == 1 ? std::to_string(rows.begin) : fmt::format("{} to {}", rows.begin, rows.end - 1);
}

/// The rows of the guide's table for exchange number `which` of the segment accumulate.
std::vector<std::string> table_of(size_t which) {
  const Recipe recipe = recipe_of_the_guide();
  const DataFacts facts = volumes({16, 16, 16, 4}, {4});
  std::vector<std::string> rows;
  for (int rank = 0; rank < 2; ++rank) {
    PlanOptions options;
    options.rank = rank;
    const Program program = plan_recipe(recipe, facts, std::move(options)).program;
    std::vector<const Instruction*> exchanges;
    for (const Instruction& instruction : program.segment(program.at("accumulate")).instructions) {
      const CommSpec* spec = instruction.op->communication();
      if (instruction.kind == InstructionKind::comm_start && spec->kind == CommKind::exchange) {
        exchanges.push_back(&instruction);
      }
    }
    const CommSpec& spec = *exchanges.at(which)->op->communication();
    EXPECT_EQ(spec.sends.size(), 1U);
    EXPECT_EQ(spec.receives.size(), 1U);
    const int64_t bytes = spec.sends[0].region.elems() * 4;
    EXPECT_EQ(exchanges[which]->predicted.network_bytes, bytes);
    rows.push_back(fmt::format("| {} | {} | {} | row {} to rank {}, {} bytes | row {} of rank {} |", rank,
                               rows_of(spec.source), rows_of(spec.target), rows_of(spec.sends[0].region),
                               spec.sends[0].peer, bytes, rows_of(spec.receives[0].region),
                               spec.receives[0].peer));
  }
  return rows;
}

TEST(ParallelismGuide, HasTheTablesOfBothRanksPlans) {
  const std::string text = guide();
  for (const size_t exchange : {0, 2}) {  // of pixels, and of the second convolution's gradient
    for (const std::string& row : table_of(exchange)) EXPECT_NE(text.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace weft::testing
