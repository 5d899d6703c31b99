// Any bytes are a problem or a UserError, and what was read can be reduced: its sums do not overflow.
#include <cstdint>
#include <string_view>

#include "weft/base/check.h"
#include "weft/plan/solve/contest_file.h"
#include "weft/plan/solve/solve.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), count);
  try {
    const weft::ContestProblem contest = weft::parse_contest(text, "fuzz.json");
    weft::SolveOptions options;
    options.rounds = 2;
    const weft::Solution solution = weft::solve(contest.problem, options);
    WEFT_CHECK(!solution.feasible || solution.bound <= solution.cost, "the bound is above a solution");
  } catch (const weft::UserError&) {
    return 0;
  }
  return 0;
}
