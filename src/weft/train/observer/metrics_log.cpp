// metrics.jsonl: every step's row.
#include <fmt/format.h>

#include "weft/report/progress.h"
#include "weft/report/run_files.h"
#include "weft/store/durable_file.h"
#include "weft/train/observer.h"

namespace weft {

namespace {

/// Of a log that was lost, or copied without its last rows.
void say_lacking(const std::filesystem::path& path, int64_t last, int64_t resumed_after) {
  if (last >= resumed_after) return;
  const std::string steps = last + 1 == resumed_after
                                ? fmt::format("step {}", resumed_after)
                                : fmt::format("steps {} to {}", last + 1, resumed_after);
  Progress::say(fmt::format("warning: {}: the log lacks {}, so that the report's curves have a hole there",
                            path.string(), steps));
}

/// The log of a run whose checkpoints are gone is all that is left of it.
void keep_earlier(const std::filesystem::path& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  if (error || bytes == 0) return;
  std::filesystem::path kept;
  for (int number = 1; kept.empty() || std::filesystem::exists(kept, error); ++number) {
    kept = earlier_log_of(path.parent_path(), number);
  }
  std::filesystem::rename(path, kept, error);
  if (error) file_error("rename", path, error.value());
  Progress::say(fmt::format("the log of the steps that were made before is kept as {}", kept.string()));
}

class MetricsObserver final : public RunObserver {
 public:
  MetricsObserver(const std::filesystem::path& path, std::optional<int64_t> resumed_after) {
    if (resumed_after) {
      say_lacking(path, truncate_after(path, *resumed_after), *resumed_after);
    } else {
      keep_earlier(path);
    }
    log_.emplace(path);
  }
  void step(const StepRecord& record) override { log_->write(record.row); }

 private:
  std::optional<MetricsLog> log_;
};

}  // namespace

void register_metrics_log(ObserverRegistry& registry) {
  registry.add("metrics_log", [](const RunView& run) -> std::unique_ptr<RunObserver> {
    if (!run.first_rank) return nullptr;
    return std::make_unique<MetricsObserver>(metrics_log_of(run.options.out), run.resumed_after);
  });
}

}  // namespace weft
