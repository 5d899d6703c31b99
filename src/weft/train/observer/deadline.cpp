// Ends the job where a rank stands still.
#include "weft/train/guard/hang_watch.h"
#include "weft/train/observer.h"

namespace weft {

namespace {

class DeadlineObserver final : public RunObserver {
 public:
  explicit DeadlineObserver(const Session& session) : watch_(session.executor(), session.world()) {}
  void begins(const Activity& activity) override { watch_.doing(activity.what); }
  void ends(const Activity& /*activity*/) override { watch_.doing("the loop between instructions"); }

 private:
  HangWatch watch_;
};

}  // namespace

void register_deadline(ObserverRegistry& registry) {
  registry.add("deadline", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    return std::make_unique<DeadlineObserver>(run.session);
  });
}

}  // namespace weft
