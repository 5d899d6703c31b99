#include "weft/params/named_checkpoint.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/ops/expect_error.h"
#include "weft/params/best_checkpoint.h"
#include "weft/params/checkpoint_files.h"

namespace weft {
namespace {

class NamedCheckpoint : public ::testing::Test {
 protected:
  NamedCheckpoint()
      : run_(std::filesystem::temp_directory_path() / fmt::format("weft-named-{}", getpid())),
        folder_(run_ / "checkpoints") {
    for (const int64_t step : {40, 50, 100})
      std::filesystem::create_directories(checkpoint_folder(folder_, step));
  }
  ~NamedCheckpoint() override { std::filesystem::remove_all(run_); }
  std::string error_of(const std::string& name, int64_t keep) const {
    try {
      return named_checkpoint(folder_, name, keep).string();
    } catch (const UserError& error) {
      return error.what();
    }
  }

  std::filesystem::path run_;
  std::filesystem::path folder_;
};

TEST_F(NamedCheckpoint, IsFoundByItsNameAndByItsStep) {
  for (const char* name : {"50", "0050", "step-50", "step-0000000050"})
    EXPECT_EQ(named_checkpoint(folder_, name, 0), checkpoint_folder(folder_, 50)) << name;
  write_best(folder_, {40, "loss", 1});
  EXPECT_EQ(named_checkpoint(folder_, "best", 0), checkpoint_folder(folder_, 40));
}

TEST_F(NamedCheckpoint, ThatIsNotThereNamesThoseThatAre) {
  write_best(folder_, {40, "loss", 1});
  const std::string there =
      folder_.string() + ", which are step-0000000100, step-0000000050, step-0000000040 (best)";
  for (const char* name : {"41", "newest", "-50", "50x", "", "step-", "99999999999999999999"}) {
    EXPECT_EQ(error_of(name, 0),
              fmt::format("--checkpoint {}: is none of the checkpoints of {}", name, there));
  }
  EXPECT_EQ(error_of("39", 3),
            fmt::format("--checkpoint 39: is none of the checkpoints of {}; checkpoint.keep = 3 "
                        "has older ones removed",
                        there));
  EXPECT_EQ(error_of("41", 3), fmt::format("--checkpoint 41: is none of the checkpoints of {}", there))
      << "one before it is kept";
  EXPECT_EQ(error_of("41", 4), fmt::format("--checkpoint 41: is none of the checkpoints of {}", there))
      << "so few that none was removed";
  EXPECT_EQ(error_of("101", 3), fmt::format("--checkpoint 101: is none of the checkpoints of {}", there))
      << "newer than the newest";
}

TEST_F(NamedCheckpoint, OfARunWithoutAnyIsOneSentence) {
  for (const std::filesystem::path& gone : {checkpoint_folder(folder_, 50).parent_path(), run_}) {
    std::filesystem::remove_all(gone);
    for (const char* name : {"50", "best"}) {
      EXPECT_EQ(error_of(name, 3),
                fmt::format("--checkpoint {}: the run {} has no checkpoints; train it first, "
                            "or name another run's folder",
                            name, run_.string()));
    }
  }
}

}  // namespace
}  // namespace weft
