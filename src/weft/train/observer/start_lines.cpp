// What a run says before its first step, in nine lines.
#include <fmt/format.h>

#include "weft/report/progress.h"
#include "weft/train/observer.h"
#include "weft/train/run_facts.h"

namespace weft {

namespace {

class StartObserver final : public RunObserver {
 public:
  explicit StartObserver(const RunView& run) {
    if (!run.first_rank) return;
    for (const RunFact& fact : run_facts(run)) Progress::say(fmt::format("{:<8}{}", fact.name, fact.value));
    Progress::say(fmt::format("{:<8}{}", "folder", run.options.out.string()));
  }
};

}  // namespace

void register_start_lines(ObserverRegistry& registry) {
  registry.add("start_lines", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    return std::make_unique<StartObserver>(run);
  });
}

}  // namespace weft
