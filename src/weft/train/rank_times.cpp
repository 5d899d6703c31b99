#include "weft/train/rank_times.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/environment.h"

namespace weft {

namespace {

struct LedgerTimes {
  double compute = 0;
  std::vector<double> communication;  ///< by the numbers of communications, which ranks have in common
};

LedgerTimes ledger_times(const Executor& executor) {
  LedgerTimes times;
  const Program& program = executor.program();
  for (const SegmentId id : program.order) {
    const SegmentProgram& code = program.segment(id);
    std::map<int, double> by_number;
    for (size_t i = 0; i < code.instructions.size(); ++i) {
      const double ms = static_cast<double>(executor.ledger(id)[i].nanoseconds) * 1e-6;
      if (code.instructions[i].kind == InstructionKind::compute) {
        times.compute += ms;
      } else {
        by_number[code.instructions[i].comm] += ms;
      }
    }
    for (const auto& [number, ms] : by_number) times.communication.push_back(ms);
  }
  return times;
}

}  // namespace

SharedTimes split_communication(const std::vector<std::vector<double>>& ms) {
  SharedTimes times{std::vector<double>(ms.size()), std::vector<double>(ms.size())};
  for (size_t i = 0; !ms.empty() && i < ms.front().size(); ++i) {
    double least = ms.front()[i];
    for (const std::vector<double>& rank : ms) least = std::min(least, rank.at(i));
    for (size_t rank = 0; rank < ms.size(); ++rank) {
      times.communication[rank] += least;
      times.waiting[rank] += ms[rank][i] - least;
    }
  }
  return times;
}

std::vector<RankTime> RankTimes::gather() const {
  LedgerTimes own = ledger_times(session_.executor());
  own.communication.push_back(spent(Spent::waiting));
  const nlohmann::json told{host_name(),           since(began_),         own.compute,
                            spent(Spent::loading), spent(Spent::keeping), own.communication};
  std::vector<RankTime> ranks;
  std::vector<std::vector<double>> shared;
  for (const std::string& text : session_.world().all_gather_text(told.dump())) {
    const nlohmann::json heard = nlohmann::json::parse(text);
    RankTime rank;
    heard.at(0).get_to(rank.host);
    heard.at(1).get_to(rank.wall_ms);
    heard.at(2).get_to(rank.compute_ms);
    heard.at(3).get_to(rank.loading_ms);
    heard.at(4).get_to(rank.keeping_ms);
    shared.push_back(heard.at(5).get<std::vector<double>>());
    WEFT_CHECK(shared.back().size() == own.communication.size(), "ranks have different communications");
    ranks.push_back(std::move(rank));
  }
  const SharedTimes split = split_communication(shared);
  for (size_t rank = 0; rank < ranks.size(); ++rank) {
    ranks[rank].communication_ms = split.communication[rank];
    ranks[rank].waiting_ms = split.waiting[rank];
  }
  return ranks;
}

}  // namespace weft
