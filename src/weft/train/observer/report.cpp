// report.html, and report.json, from which it can be drawn anew.
#include "weft/report/facts.h"
#include "weft/report/run_files.h"
#include "weft/train/observer.h"
#include "weft/train/run_report.h"

namespace weft {

namespace {

class ReportObserver final : public RunObserver {
 public:
  explicit ReportObserver(const RunView& run) : run_(run) {
    // Facts of an earlier run say nothing about this one.
    std::filesystem::remove(report_facts_of(run_.options.out));
  }
  void end(const RunEnd& end) override {
    const std::string text = end.sample.empty() ? "" : end.prompt + end.sample;
    write_report_facts(run_.options.out, run_report(run_.session, text));
    write_report(report_of(run_.options.out), read_report_input(run_.options.out));
  }

 private:
  const RunView& run_;
};

}  // namespace

void register_report(ObserverRegistry& registry) {
  registry.add("report", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    if (!run.first_rank) return nullptr;
    return std::make_unique<ReportObserver>(run);
  });
}

}  // namespace weft
