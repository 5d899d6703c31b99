#include "weft/params/best_checkpoint.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/ops/expect_error.h"
#include "weft/params/checkpoint_files.h"

namespace weft {
namespace {

class BestCheckpointFile : public ::testing::Test {
 protected:
  BestCheckpointFile()
      : folder_(std::filesystem::temp_directory_path() / fmt::format("weft-best-{}", getpid())) {
    std::filesystem::create_directories(checkpoint_folder(folder_, 7));
  }
  ~BestCheckpointFile() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& text) const { std::ofstream(folder_ / "best.json") << text; }

  std::filesystem::path folder_;
};

TEST_F(BestCheckpointFile, IsReadAsItWasWritten) {
  EXPECT_EQ(read_best(folder_), std::nullopt);
  const BestCheckpoint best{7, "accuracy", 0.1 + 0.2, 1.25};
  write_best(folder_, best);
  EXPECT_EQ(read_best(folder_), best);
  write_best(folder_, {7, "loss", 2, {}});
  EXPECT_EQ(read_best(folder_), (BestCheckpoint{7, "loss", 2, {}}));
}

TEST_F(BestCheckpointFile, OfACheckpointThatIsGoneIsNone) {
  write_best(folder_, {8, "loss", 1, {}});
  EXPECT_EQ(read_best(folder_), std::nullopt);
}

TEST_F(BestCheckpointFile, ThatIsBrokenIsOneSentence) {
  for (const char* text :
       {"", "[]", "{", "{}", R"({"step": 7, "metric": "loss"})",
        R"({"step": "7", "metric": "loss", "value": 1})", R"({"step": 7, "metric": 1, "value": 1})",
        R"({"step": 7.5, "metric": "x", "value": 1})"}) {
    write(text);
    testing::expect_user_error([&] { read_best(folder_); },
                               (folder_ / "best.json").string() +
                                   ": does not say which checkpoint is the best: "
                                   "expected step, metric and value; without the file none is");
  }
}

}  // namespace
}  // namespace weft
