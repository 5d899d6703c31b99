#pragma once
// The one solver of choices: a sum of costs of nodes and pairs, under a limit at every time.
#include <functional>

#include "weft/base/enum_names.h"
#include "weft/plan/solve/problem.h"

namespace weft {

/// Why a search ended.
enum class SolveStop {
  optimal,     ///< nothing cheaper keeps the limit
  impossible,  ///< nothing keeps it, or avoids all impossible costs
  late,        ///< the seconds were over
  rounds,      ///< as many rounds were done as were asked for
};

template <>
struct EnumNames<SolveStop> {
  static constexpr std::string_view kNames[] = {"optimal", "impossible", "late", "rounds"};
};

struct SolveOptions {
  uint64_t seed = 1;
  /// Of the search, after all else failed to prove an optimum. What is found depends on the problem, the seed
  /// and this alone, where the time does not run out.
  int64_t rounds = 100;
  /// Whether the time is over; asked often. Empty: it never is.
  std::function<bool()> is_late;
};

struct Solution {
  Choice choice;               ///< empty where none was found
  int64_t cost = kImpossible;  ///< of it
  int64_t bound = 0;           ///< no choice that keeps the limit costs less
  bool feasible = false;       ///< the choice keeps the limit
  SolveStop stop = SolveStop::rounds;
};

/// `problem` must be solvable (expect_solvable). Two threads search where there are two.
Solution solve(const Problem& problem, const SolveOptions& options);

}  // namespace weft
