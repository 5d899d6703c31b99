// A run that is killed at any moment goes on to the last bit, though its checkpoints are written beside
// training.
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>

#include "tests/jobs/job.h"

namespace weft::testing {
namespace {

class Kills : public JobTest {
 protected:
  /// Kills a run of so many ranks until it has been killed so often; then lets it end.
  void try_kills(int ranks, int kills, uint64_t seed) {
    std::vector<std::string> keys{"run.steps=400", "checkpoint.every=7", "model.dropout=0.1"};
    if (ranks > 1) keys.push_back(fmt::format("parallel.data={}", ranks));
    const std::string whole = fmt::format("whole{}", ranks);
    const std::string parts = fmt::format("parts{}", ranks);
    ASSERT_EQ(run(ranks, train(whole, keys)).code, 0);
    std::vector<std::string> on = keys;
    on.emplace_back("checkpoint.resume=true");
    std::mt19937_64 random(seed);
    for (int killed = 0; killed < kills; ++killed) {
      Job job = start(ranks, train(parts, on));
      const auto after_ms = std::uniform_int_distribution<int>(0, ranks == 1 ? 600 : 1500)(random);
      const std::optional<Outcome> ended = job.wait(Seconds(after_ms * 1e-3));
      if (ended) {
        EXPECT_EQ(ended->code, 0) << ended->text;
        std::filesystem::remove_all(folder(parts));  // from the start again
        continue;
      }
      if (const std::optional<pid_t> victim =
              ranks == 1 ? std::optional(job.pid()) : job.rank(killed % ranks)) {
        kill(*victim, SIGKILL);
      } else {
        kill(job.pid(), SIGKILL);
      }
      ASSERT_TRUE(job.wait(Seconds(30))) << "kill " << killed;
    }
    const Outcome last = run(ranks, train(parts, on));
    EXPECT_EQ(last.code, 0) << last.text;
    EXPECT_EQ(losses(parts), losses(whole));
    EXPECT_EQ(losses(whole).size(), 400U);
  }
};

/// WEFT_KILLS=50 for more of them than CI has time for.
int kills_wanted() {
  const char* text = std::getenv("WEFT_KILLS");
  return text == nullptr ? 4 : std::atoi(text);
}

TEST_F(Kills, OneRankAtAnyMoment) { try_kills(1, kills_wanted(), 17); }

TEST_F(Kills, OneOfTwoRanksAtAnyMoment) { try_kills(2, kills_wanted(), 18); }

}  // namespace
}  // namespace weft::testing
