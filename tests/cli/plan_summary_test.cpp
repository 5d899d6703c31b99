// What weft plan opens with.
#include <sstream>

#include "tests/cli/command.h"

namespace weft::testing {
namespace {

using PlanSummary = Cli;

TEST_F(PlanSummary, APlanOpensWithASummaryAndATableByPartAndByWhatIsComputed) {
  const Outcome plan = run("plan " + recipe() + " --set model.layers=11 --set checkpoint.every=5");
  EXPECT_EQ(plan.code, 0) << plan.text;
  EXPECT_EQ(plan.text.substr(0, 5), "gpt: ");
  for (const char* words :
       {"\nmemory of a rank: ", "\n  weights ", "\n  optimizer state ", "\n  working memory ",
        "\n  checkpoint's copy ", "\na step on a rank: ", "bound by", "to and from memory", "h.0 to h.",
        "\npart of the model ", "\nwhat is computed ", "\nclass of work ", "\ncontraction "}) {
    EXPECT_NE(plan.text.find(words), std::string::npos) << words << "\n" << plan.text;
  }
  // Numbers in names are numbers, tensors and stages are not asked for, and a terminal is wide enough.
  EXPECT_LT(plan.text.find("\nh.0 "), plan.text.find("\nh.10 "));
  EXPECT_EQ(plan.text.find("h.0.attn.qkv"), std::string::npos);
  EXPECT_EQ(plan.text.find("took ms"), std::string::npos);
  std::istringstream lines(plan.text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  const std::string tensors = run("plan " + recipe() + " --set model.layers=11 --tensors").text;
  EXPECT_LT(tensors.find("  h.2.attn.qkv.weight "), tensors.find("  h.10.attn.qkv.weight "));
  for (const char* none :
       {" --set checkpoint.every=0", " --set checkpoint.every=5 --set checkpoint.asynchronous=false"}) {
    EXPECT_EQ(run("plan " + recipe() + none).text.find("checkpoint's copy"), std::string::npos) << none;
  }
}

}  // namespace
}  // namespace weft::testing
