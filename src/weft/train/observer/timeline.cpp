// The timeline of the last steps, where --trace asks for one: a file a rank.
#include <fmt/format.h>

#include "weft/train/load_metrics.h"
#include "weft/train/observer.h"

namespace weft {

namespace {

constexpr size_t kEvents = 200'000;

class TimelineObserver final : public RunObserver {
 public:
  explicit TimelineObserver(const RunView& run) : run_(run), trace_(kEvents) {
    write();  // a path that cannot be written is said now
    run_.session.executor().record(&trace_);
  }
  ~TimelineObserver() override { run_.session.executor().record(nullptr); }

  void begins(const Activity& /*activity*/) override { start_ = trace_.now(); }
  void ends(const Activity& activity) override {
    static const std::string kPlace = "input";
    if (activity.lane != nullptr) {
      trace_.add({&kPlace, activity.lane, "data", "compute", start_, trace_.now() - start_});
    }
  }
  void step(const StepRecord& /*record*/) override {
    trace_fetches(run_.session.data().train->fetches(), trace_);
  }
  void end(const RunEnd& /*end*/) override {
    run_.session.executor().record(nullptr);
    write();
  }

 private:
  void write() const {
    const Communicator& world = run_.session.world();
    const std::string rank = world.size() > 1 ? fmt::format(".{}", world.rank()) : std::string();
    trace_.write(run_.options.trace.string() + rank, world.rank());
  }

  const RunView& run_;
  Trace trace_;
  int64_t start_ = 0;
};

}  // namespace

void register_timeline(ObserverRegistry& registry) {
  registry.add("timeline", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    if (run.options.trace.empty()) return nullptr;
    return std::make_unique<TimelineObserver>(run);
  });
}

}  // namespace weft
