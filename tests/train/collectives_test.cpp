// Of parallel/: how often and how much the ranks of every recipe communicate, by phase, kind and mesh axes:
// planned for all ranks, and held to what collectives.txt says. WEFT_WRITE_COLLECTIVES=FILE writes a new file
// instead.
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/recipe/needs_kinds.h"
#include "tests/train/collective_cases.h"

namespace weft {
namespace {

/// Collectives of one kind over the same axes in the same segment.
struct Tally {
  std::vector<int64_t> number;  ///< by rank
  std::vector<int64_t> bytes;   ///< sent, by rank
};

bool alike(const std::vector<int64_t>& by_rank) {
  return std::equal(by_rank.begin() + 1, by_rank.end(), by_rank.begin());
}

/// "accumulate all_reduce over data: 12 of 3456 bytes"; bytes of each rank where they differ.
std::string summary(const std::vector<Program>& programs) {
  std::map<std::string, Tally> tallies;
  for (size_t rank = 0; rank < programs.size(); ++rank) {
    for (const SegmentProgram& code : programs[rank].segments) {
      for (const Instruction& made : code.instructions) {
        if (made.kind != InstructionKind::comm_start) continue;
        std::vector<std::string> axes;
        for (const int m : made.op->communication()->mesh_axes) {
          axes.push_back(programs[rank].mesh.axis(m).name);
        }
        const std::string key =
            fmt::format("{} {} over {}", code.segment.name, made.op->name(), fmt::join(axes, ", "));
        Tally& tally = tallies[key];
        tally.number.resize(programs.size());
        tally.bytes.resize(programs.size());
        ++tally.number[rank];
        tally.bytes[rank] += made.predicted.network_bytes;
      }
    }
  }
  std::string text;
  for (const auto& [key, tally] : tallies) {
    EXPECT_TRUE(alike(tally.number)) << key << " on some ranks more often than on others";
    text += fmt::format("{}: {} of ", key, tally.number[0]);
    text += alike(tally.bytes) ? fmt::format("{} bytes\n", tally.bytes[0])
                               : fmt::format("{} bytes\n", fmt::join(tally.bytes, ", "));
  }
  return text;
}

/// By case: the lines under "[case]".
std::map<std::string, std::string> read_expected(const std::string& path) {
  std::map<std::string, std::string> sections;
  std::ifstream file(path);
  std::string name;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    if (line.starts_with('[')) {
      name = line.substr(1, line.size() - 2);
      sections[name];
    } else {
      sections[name] += line + "\n";
    }
  }
  return sections;
}

TEST(Collectives, OfEveryRecipeAreAsManyAndAsLargeAsExpected) {
  NEEDS_KINDS("adamw", "arrays", "classification", "constant", "cosine", "cosmoflow", "cross_entropy", "gpt",
              "images", "language_modelling", "augment", "mirror", "mixup", "mse", "regression", "resnet",
              "sgd", "text", "accuracy");
  const auto expected = read_expected(WEFT_SOURCE_DIR "/tests/train/collectives.txt");
  std::string written =
      "# Collectives of all recipes; see collectives_test.cpp. Number of each, and bytes that a rank "
      "sends.\n";
  const char* out = std::getenv("WEFT_WRITE_COLLECTIVES");
  size_t compared = 0;
  for (const testing::CollectiveCase& one : testing::collective_cases()) {
    const std::string name = testing::name_of(one);
    SCOPED_TRACE(name);
    std::string got = summary(testing::programs_of(one));
    if (const auto programs = testing::generating_programs_of(one); !programs.empty())
      got += summary(programs);
    written += fmt::format("[{}]\n{}", name, got);
    if (out != nullptr) continue;
    const auto found = expected.find(name);
    ASSERT_NE(found, expected.end()) << "collectives.txt does not have this case";
    EXPECT_EQ(got, found->second);
    ++compared;
  }
  if (out != nullptr) {
    std::ofstream(out) << written;
    GTEST_SKIP() << "wrote " << out;
  }
  EXPECT_EQ(compared, expected.size()) << "collectives.txt has cases that nothing plans";
}

}  // namespace
}  // namespace weft
