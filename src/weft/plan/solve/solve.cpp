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
constexpr int64_t kFirstNarrowing = 16;     ///< the round; then at twice as many
constexpr double kMostGap = 0.1;            ///< where the bound is farther off, hardly an option would go
constexpr double kNarrow = 0.9;             ///< of the options must be left at most
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
      if (round == next_narrowing_ && !is_over() && narrow(options_.rounds - round - 1)) return;
    }
  }
  /// Begins at this choice, where it keeps the limit.
  void start(Choice choice) {
    searches_[0].improve(std::move(choice));
    searches_[1].take(searches_[0].best());
  }

  const Found& best() const { return searches_[0].best(); }
  int64_t bound() const {
    return is_proven_ ? best().cost : std::min(std::max(ascent_.bound(), narrow_bound_), best().cost);
  }
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

  /// Takes out the options with which nothing can be cheaper than the best, and solves the smaller rest in as
  /// many rounds. False where that would be too little.
  bool narrow(int64_t rounds) {
    next_narrowing_ *= 2;
    const auto cost = static_cast<double>(best().cost);
    if (cost - static_cast<double>(bound()) > kMostGap * cost) return false;  // so it is where none is known
    const auto kept = ascent_.promising(best().cost, best().choice);
    int64_t all = 0;
    int64_t left = 0;
    Reduced narrowed = as_reduced(core_);
    for (size_t i = 0; i < kept.size(); ++i) {
      all += core_.nodes[i].options();
      left += std::ssize(kept[i]);
      if (std::ssize(kept[i]) < core_.nodes[i].options()) {
        narrowed.network.keep_options(static_cast<int32_t>(i), kept[i]);
      }
    }
    if (static_cast<double>(left) > kNarrow * static_cast<double>(all)) return false;
    const std::optional<Reduced> reduced = reduce_further(std::move(narrowed));
    // The best itself is left, so that something always is.
    WEFT_CHECK(reduced.has_value(), "narrowing has lost the solution that it keeps");
    const Core core = core_of(*reduced);
    if (const std::optional<Choice> optimum = eliminate(core, kMostSteps)) {
      take(whole_choice(core, *reduced, *optimum));
      is_proven_ = true;
      return true;
    }
    SolveOptions options = options_;
    options.rounds = rounds;
    Solver solver(core, options);
    solver.start(projected(core));
    solver.run();
    if (solver.best().cost < best().cost) take(whole_choice(core, *reduced, solver.best().choice));
    narrow_bound_ = std::max(narrow_bound_, solver.bound());
    return true;
  }
  /// The best as a choice of a core that was narrowed; where its option is gone, the first.
  Choice projected(const Core& core) const {
    Choice choice;
    for (const Core::Node& node : core.nodes) {
      const int32_t option = best().choice[static_cast<size_t>(node.origin)];
      const auto found = std::ranges::find(node.original_option, option);
      choice.push_back(found == node.original_option.end()
                           ? 0
                           : static_cast<int32_t>(found - node.original_option.begin()));
    }
    return choice;
  }
  void take(Choice choice) {
    const int64_t cost = cost_of(core_, choice);
    if (!is_feasible(core_, choice)) return;
    const Found found{std::move(choice), cost};
    for (Search& search : searches_) search.take(found);
  }

  const Core& core_;
  const SolveOptions& options_;
  Ascent ascent_;
  Search searches_[2];
  int64_t steps_of_bound_;           ///< of a round
  int64_t quota_ = steps_of_bound_;  ///< steps of a search in a round
  int64_t next_narrowing_ = kFirstNarrowing;
  int64_t narrow_bound_ = 0;
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
