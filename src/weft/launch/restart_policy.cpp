#include "weft/launch/restart_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include "weft/base/exit_code.h"
#include "weft/train/session/launch.h"

namespace weft {

namespace {

std::string ending(int code) {
  if (code > kSignalled) {
    return fmt::format("a rank was ended by signal {} ({})", code - kSignalled, strsignal(code - kSignalled));
  }
  if (code == kBug) return "a rank found a bug of Weft's own";
  if (code == 1) return "the launcher ended the job with code 1: a rank or a host was lost, or none began";
  return fmt::format("the job ended with code {}", code);
}

/// Whether the last two attempts began alike and came to the same step, so that a third would too.
bool repeats(const std::vector<Attempt>& attempts) {
  if (attempts.size() < 2) return false;
  const Attempt& last = attempts.back();
  const Attempt& before = attempts[attempts.size() - 2];
  return last.from == before.from && last.reached == before.reached;
}

}  // namespace

bool is_asked_to_end(int code) {
  constexpr std::array<int, 5> kAsking{SIGINT, SIGTERM, SIGHUP, SIGUSR2, SIGXCPU};
  return std::find(kAsking.begin(), kAsking.end(), code - kSignalled) != kAsking.end();
}

int fewer_ranks(const ParallelSection& parallel, int ranks, int least) {
  const int64_t others = ranks_of_a_part(parallel);
  const int64_t fewer = (ranks - 1) / others * others;
  return fewer >= std::max<int64_t>(1, least) ? static_cast<int>(fewer) : 0;
}

Decision with_slots(Decision decision, int slots, const RestartLimits& limits,
                    const ParallelSection& parallel) {
  if (!decision.restart || decision.ranks <= slots) return decision;
  const int fewer = limits.least_ranks == 0 ? 0 : fewer_ranks(parallel, slots + 1, limits.least_ranks);
  if (fewer > 0) {
    decision.ranks = fewer;
    return decision;
  }
  return {false, 0,
          fmt::format("{}; the hosts that answer have {} slots for {} ranks, and --min-ranks {}",
                      decision.why, slots, decision.ranks,
                      limits.least_ranks == 0 ? "is not given" : fmt::format("is {}", limits.least_ranks))};
}

Decision after_attempt(const std::vector<Attempt>& attempts, const RestartLimits& limits,
                       const ParallelSection& parallel) {
  const Attempt& last = attempts.back();
  if (last.code == kUserErrorOfRank || last.code == kUsage)
    return {false, 0, "what the run says is wrong would be wrong again"};
  if (is_asked_to_end(last.code)) return {false, 0, "the run was asked to end"};
  const std::string why = ending(last.code);
  const auto used = static_cast<int>(attempts.size()) - 1;
  if (used >= limits.restarts) {
    if (limits.restarts == 0) return {false, 0, why};
    return {false, 0, fmt::format("{}; {} of {} restarts are used up", why, used, limits.restarts)};
  }
  // Where nothing at all was made, a rank or a host may be gone for good.
  const bool nothing_made = last.reached == last.from;
  const int fewer = limits.least_ranks == 0 ? 0 : fewer_ranks(parallel, last.ranks, limits.least_ranks);
  if (fewer > 0 && (nothing_made || repeats(attempts))) return {true, fewer, why};
  if (repeats(attempts)) {
    return {false, 0,
            fmt::format("{}; two attempts in a row ended after step {}, so another would too", why,
                        last.reached)};
  }
  return {true, last.ranks, why};
}

}  // namespace weft
