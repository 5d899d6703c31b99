// Checkpoints: every so many steps, after the last, where the network did best, and when they are asked for.
// They are written beside training; where a launcher would not wait for a step to end, a recent copy of the
// states is at hand.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "weft/base/byte_size.h"
#include "weft/base/host_share.h"
#include "weft/base/threads.h"
#include "weft/params/checkpoint_writer.h"
#include "weft/report/progress.h"
#include "weft/report/run_files.h"
#include "weft/train/best_so_far.h"
#include "weft/train/guard/signals.h"
#include "weft/train/observer.h"
#include "weft/train/session/run_identity.h"

namespace weft {

namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// While the steps need every core, writing takes so much of one that no step is noticeably longer.
constexpr double kShareOfACore = 0.03;

class CheckpointObserver final : public RunObserver {
 public:
  explicit CheckpointObserver(const RunView& run)
      : run_(run),
        keys_(run.session.recipe().checkpoint),
        copies_(can_copy()),
        can_rescue_(copies_ && CommSession::mpi_runs()),
        identity_(RunIdentity::of(run.session, 0)),
        best_(run),
        writer_(run.session.store(), run.session.world(), options()) {}

  void step(const StepRecord& /*record*/) override { writer_.rethrow(); }

  void keep(const StepRecord& record) override {
    const int64_t step = record.row.step;
    const bool is_due = keys_.every > 0 && step % keys_.every == 0;
    const bool ends = record.is_last || record.is_interrupted;
    const std::optional<BestCheckpoint> best = best_.look_at(record);
    if (ends || is_due || best || record.checkpoint_asked) {
      take(step, [&](std::string identity) { writer_.write(step, std::move(identity), best); });
      if (ends || !copies_) writer_.finish();
    } else if (can_rescue_ && step >= next_copy_ && all_are_idle()) {
      take(step, [&](std::string identity) { writer_.copy(step, std::move(identity)); });
      plan_next_copy(record);
    }
  }

  void fail() override { writer_.finish(); }

 private:
  /// Whether a copy of the states is wanted, and there is memory. Collective.
  bool can_copy() const {
    if (!keys_.wants_copy(CommSession::mpi_runs())) return false;
    const int64_t bytes = CheckpointSnapshot::bytes_of(run_.session.store());
    int32_t fits = bytes <= share_of_memory() ? 1 : 0;
    run_.session.world().all_reduce(&fits, 1, Element::i32, Reduce::min).wait();
    if (fits == 0 && run_.first_rank) {
      Progress::say(fmt::format(
          "checkpoints are written while training waits: the {} for a copy of weights and optimizer "
          "state are not free",
          format_bytes(bytes)));
    }
    return fits != 0;
  }

  CheckpointWriter::Options options() const {
    CheckpointWriter::Options options{checkpoints_of(run_.options.out), keys_.keep, copies_};
    // A step waits for the slowest of its threads, which the writing would share a core with.
    if (copies_ && threads() >= share_of_cores()) options.share = kShareOfACore;
    if (can_rescue_) options.rescue = [] { return ending_signal() != 0; };
    return options;
  }

  /// `copy` is given the identity of the run at this step.
  template <class Copy>
  void take(int64_t step, const Copy& copy) {
    const Clock::time_point start = Clock::now();
    const bool waits = writer_.is_writing();
    identity_.data_position = step * run_.session.recipe().optimizer.accumulate;
    copy(identity_.to_json());
    copy_ms_ = ms_since(start);
    constexpr double kNoticedMs = 100;
    if (waits && copy_ms_ > kNoticedMs && run_.first_rank) {
      Progress::say(fmt::format("step {} waited {:.1f} s for the checkpoint before it to be written", step,
                                copy_ms_ / 1000));
    }
  }

  /// Collective: a copy for a rescue does not wait for a checkpoint that some rank still writes.
  bool all_are_idle() const {
    int32_t busy = writer_.is_writing() ? 1 : 0;
    run_.session.world().all_reduce(&busy, 1, Element::i32, Reduce::max).wait();
    return busy == 0;
  }

  /// So many steps on that copies cost a hundredth of the time. All ranks copy after the same step.
  void plan_next_copy(const StepRecord& record) {
    constexpr double kShare = 0.01;
    const double ratio = copy_ms_ / (kShare * std::max(record.row.step_ms, 1e-3));
    auto steps = static_cast<int64_t>(std::ceil(std::min(ratio, 1e9)));
    run_.session.world().all_reduce(&steps, 1, Element::i64, Reduce::max).wait();
    next_copy_ = record.row.step + std::max<int64_t>(1, steps);
  }

  const RunView& run_;
  const CheckpointSection& keys_;
  bool copies_;      ///< training goes on while a checkpoint is written
  bool can_rescue_;  ///< under mpirun, which kills soon after it has asked
  RunIdentity identity_;
  BestSoFar best_;
  double copy_ms_ = 0;
  int64_t next_copy_ = 1;
  CheckpointWriter writer_;
};

}  // namespace

void register_checkpoints(ObserverRegistry& registry) {
  registry.add("checkpoints", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    return std::make_unique<CheckpointObserver>(run);
  });
}

}  // namespace weft
