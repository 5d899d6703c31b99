// report.json, which says how the run goes and how it ended, and report.html, which is drawn of it at the
// end.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "weft/base/check.h"
#include "weft/report/facts.h"
#include "weft/report/progress.h"
#include "weft/report/run_files.h"
#include "weft/train/begin_record.h"
#include "weft/train/observer.h"
#include "weft/train/rank_times.h"
#include "weft/train/run_report.h"

namespace weft {

namespace {

/// Steps from one writing of the record to the next: few at first, and never more than a quarter of the run
/// that it then is behind.
int64_t next_writing(int64_t step, int64_t first) { return step + std::max<int64_t>(1, (step - first) / 4); }

class ReportObserver final : public RunObserver {
 public:
  explicit ReportObserver(const RunView& run)
      : run_(run), times_(run.session), began_at_(run.resumed_after.value_or(0)), next_(began_at_ + 1) {
    if (!run_.first_rank) return;
    record_ = begin_record(run_);
    if (run_.resumed_after) go_on_from_earlier();
    try_to_write();
  }

  void begins(const Activity& /*activity*/) override { times_.begins(); }
  void ends(const Activity& activity) override { times_.ends(activity); }

  void step(const StepRecord& record) override {
    record_.step = record.row.step;
    record_.skipped_updates = earlier_.run.skipped_updates + record.skipped_updates;
  }

  void keep(const StepRecord& record) override {
    const bool ends = record.is_last || record.is_interrupted;
    if (!ends && record.row.step < next_) return;
    next_ = next_writing(record.row.step, began_at_);
    ranks_ = times_.gather();
    record_.bad_samples = earlier_.run.bad_samples + bad_samples_of_all();
    if (run_.first_rank && !ends) try_to_write();
  }

  void end(const RunEnd& end) override {
    if (!run_.first_rank) return;
    record_.state = end.end == TrainEnd::finished ? RunState::finished : RunState::interrupted;
    record_.why = end.why;
    prompt_ = end.prompt;
    sample_ = end.sample;
    write();
    write_report(report_of(folder()), read_report_input(folder(), true));
  }

  void failed(const std::string& why) noexcept override {
    try {
      if (!run_.first_rank) {
        speak_for_first_rank(why);
        return;
      }
      record_.state = RunState::failed;
      record_.why = why;
      write();
      write_report(report_of(folder()), read_report_input(folder(), true));
    } catch (const std::exception& error) {
      Progress::say(error.what());  // what ended the run is said by whoever threw it
    }
  }

 private:
  const std::filesystem::path& folder() const { return run_.options.out; }

  /// Rank 0 may wait for this rank, and hear of its failure only as the job ends.
  void speak_for_first_rank(const std::string& why) const {
    constexpr std::chrono::milliseconds kFailsToo{500};
    std::this_thread::sleep_for(kFailsToo);
    // A trial's folder is gone by now.
    if (!std::filesystem::exists(report_facts_of(folder()))) return;
    ReportInput input = read_report_facts(folder());
    if (input.run.state != RunState::going_on) return;
    input.run.state = RunState::failed;
    input.run.why = fmt::format("rank {}: {}", run_.session.world().rank(), why);
    write_report_facts(folder(), input);
    write_report(report_of(folder()), read_report_input(folder(), true));
  }

  /// Collective.
  int64_t bad_samples_of_all() const {
    const auto stats = run_.session.data().train->stats();
    // Ranks that split samples load the same ones.
    const Communicator& world = run_.session.world();
    const int64_t group = world.size() / run_.session.recipe().parallel.data;
    int64_t bad = stats && world.rank() % group == 0 ? stats->bad_samples : 0;
    world.all_reduce(&bad, 1, Element::i64, Reduce::sum).wait();
    return bad;
  }

  void go_on_from_earlier() {
    if (!std::filesystem::exists(report_facts_of(folder()))) return;
    try {
      earlier_ = read_report_facts(folder());
    } catch (const UserError& error) {
      Progress::say(fmt::format("warning: {}; the report has no times of what was before", error.what()));
      return;
    }
    record_.skipped_updates = earlier_.run.skipped_updates;
    record_.bad_samples = earlier_.run.bad_samples;
    record_.parts.insert(record_.parts.begin(), earlier_.run.parts.begin(), earlier_.run.parts.end());
  }

  void write() {
    record_.parts.back().seen = seconds_now();
    ReportInput input;
    add_counted(run_.session, input);
    input.run = record_;
    input.ranks = ranks_;
    add_earlier(earlier_, input);
    const bool is_new = !sample_.empty();
    input.prompt = is_new ? prompt_ : earlier_.prompt;
    input.sample = is_new ? sample_ : earlier_.sample;
    input.sample_step = is_new ? record_.step : earlier_.sample_step;
    write_report_facts(folder(), input);
  }

  /// While the run goes on, a record that cannot be written ends nothing.
  void try_to_write() {
    try {
      write();
    } catch (const UserError& error) {
      if (!complained_) Progress::say(fmt::format("warning: {}", error.what()));
      complained_ = true;
    }
  }

  const RunView& run_;
  RankTimes times_;
  int64_t began_at_;
  int64_t next_;  ///< the step after which the record is written
  ReportInput earlier_;
  RunRecord record_;
  std::vector<RankTime> ranks_;
  std::string prompt_;
  std::string sample_;
  bool complained_ = false;
};

}  // namespace

void register_report(ObserverRegistry& registry) {
  registry.add("report", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    return std::make_unique<ReportObserver>(run);
  });
}

}  // namespace weft
