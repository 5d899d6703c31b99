#include "weft/plan/solve/solve.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/plan/solve/ascent.h"
#include "weft/plan/solve/branch.h"
#include "weft/plan/solve/core.h"
#include "weft/plan/solve/eliminate.h"
#include "weft/plan/solve/search.h"

namespace weft {

namespace {

constexpr int64_t kMostSteps = 20'000'000;  ///< of the exact elimination: below a second and 240 MB
constexpr int64_t kFirstRounds = 8;         ///< before branches are tried, which need a good solution
constexpr int64_t kMostBranches = 2000;
constexpr int64_t kMostBranchedNodes = 64;  ///< of larger cores so many branches prove nothing
constexpr int kSteps = 24;                  ///< of the bound in a round
constexpr int64_t kMostWalks = 1000;        ///< of a search in a round

int64_t steps_of_a_sweep(const Core& core) {
  int64_t steps = std::ssize(core.capacity);
  for (const Core::Edge& edge : core.edges) steps += 2 * std::ssize(edge.costs);
  for (const Core::Node& node : core.nodes) steps += node.options() * std::ssize(node.lives);
  return steps;
}

class Solver {
 public:
  Solver(const Core& core, const SolveOptions& options)
      : core_(core),
        options_(options),
        ascent_(core),
        searches_{Search(core, options.seed, 0, options.is_late),
                  Search(core, options.seed, 1, options.is_late)},
        steps_of_bound_(kSteps * steps_of_a_sweep(core)) {}

  void run() {
    for (int64_t round = 0; round < options_.rounds && !is_over(); ++round) {
      if (round == kFirstRounds && std::ssize(core_.nodes) <= kMostBranchedNodes) try_branches();
      if (!is_over()) do_round();
    }
  }

  const Found& best() const { return searches_[0].best(); }
  int64_t bound() const { return is_proven_ ? best().cost : std::min(ascent_.bound(), best().cost); }
  SolveStop stop() const {
    if (is_proven_ || bound() >= best().cost) {
      return best().cost < kImpossible ? SolveStop::optimal : SolveStop::impossible;
    }
    return is_late() ? SolveStop::late : SolveStop::rounds;
  }

 private:
  bool is_late() const { return options_.is_late && options_.is_late(); }
  bool is_over() const { return is_proven_ || bound() >= best().cost || is_late(); }

  /// The bound rises, and the one search improves what it suggests, while the other wanders.
  void do_round() {
    const Prices prices = ascent_.best_prices();
    const int64_t before = searches_[0].steps();
    parallel_for(2, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        Search& search = searches_[static_cast<size_t>(i)];
        if (i == 0 && !ascent_.is_over()) {
          rise(search);
        } else {
          wander(search, prices);
        }
      }
    });
    if (!ascent_.is_over()) quota_ = steps_of_bound_ + searches_[0].steps() - before;
    searches_[0].take(searches_[1].best());
    searches_[1].take(searches_[0].best());
  }
  /// As long as the other takes for the bound.
  void wander(Search& search, const Prices& prices) const {
    const int64_t end = search.steps() + quota_;
    for (int64_t walk = 0; walk < kMostWalks && search.steps() < end && !is_late(); ++walk)
      search.wander(prices);
  }
  void rise(Search& search) {
    for (int step = 0; step < kSteps && !is_late(); ++step) ascent_.step(search.best().cost);
    if (!is_late()) search.improve(ascent_.suggestion());
  }
  void try_branches() {
    const Branched branched = branch(core_, best().cost, {kMostBranches, options_.is_late});
    if (branched.choice) {
      const Found found{*branched.choice, cost_of(core_, *branched.choice)};
      for (Search& search : searches_) search.take(found);
    }
    is_proven_ = branched.is_complete;
  }

  const Core& core_;
  const SolveOptions& options_;
  Ascent ascent_;
  Search searches_[2];
  int64_t steps_of_bound_;           ///< of a round
  int64_t quota_ = steps_of_bound_;  ///< steps of a search in a round
  bool is_proven_ = false;
};

Solution of_choice(const Problem& problem, Choice choice, int64_t bound, SolveStop stop) {
  Solution solution{std::move(choice), 0, bound, false, stop};
  solution.cost = cost_of(problem, solution.choice);
  solution.feasible = is_feasible(problem, solution.choice);
  return solution;
}

}  // namespace

Solution solve(const Problem& problem, const SolveOptions& options) {
  const std::optional<Reduced> reduced = reduce(problem);
  if (!reduced) return {{}, kImpossible, kImpossible, false, SolveStop::impossible};
  const Core core = core_of(*reduced);
  if (const std::optional<Choice> best = eliminate(core, kMostSteps)) {
    const int64_t cost = cost_of(core, *best);
    if (cost >= kImpossible) return {{}, kImpossible, kImpossible, false, SolveStop::impossible};
    return of_choice(problem, whole_choice(core, *reduced, *best), cost, SolveStop::optimal);
  }
  Solver solver(core, options);
  solver.run();
  if (solver.best().cost >= kImpossible) return {{}, kImpossible, solver.bound(), false, solver.stop()};
  Solution solution =
      of_choice(problem, whole_choice(core, *reduced, solver.best().choice), solver.bound(), solver.stop());
  WEFT_CHECK(solution.feasible && solution.cost == solver.best().cost,
             "a solution's cost changed on the way back: {} was {}", solution.cost, solver.best().cost);
  return solution;
}

}  // namespace weft
