#pragma once
// What a run says of itself: who began it when and where, with what, and how it ended. It is the member "run"
// of report.json.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "weft/base/enum_names.h"

namespace weft {

/// As the run wrote it last. One that was killed has no time to write, and stays at `going_on`.
enum class RunState : uint8_t { going_on, finished, interrupted, failed };

template <>
struct EnumNames<RunState> {
  static constexpr std::string_view kNames[] = {"going on", "finished", "interrupted", "failed"};
};

/// One process (one job of ranks) that worked on the run: the first begins it, each further one resumes it.
struct RunPart {
  double began = 0;                  ///< seconds since 1970
  double seen = 0;                   ///< the last time that it wrote the record, seconds since 1970
  int64_t after_step = 0;            ///< it went on after this step; 0: it began the run
  std::vector<std::string> changes;  ///< since that step, as "optimizer.learning_rate 0.003 -> 0.0001"
  std::string command;
  std::string version;  ///< of Weft
  std::string host;
  std::string machine;  ///< "12 cores of an AMD EPYC …, 2 threads a rank"
  std::string mesh;     ///< "2 ranks: data 2"
};

/// A line of the facts: "parameters", "834 k".
struct RunFact {
  std::string name;
  std::string value;
};

/// A metric of the validation data, and which way it gets better.
struct MetricFact {
  std::string name;
  std::string better;     ///< "more", "less" or "nearer 0"
  bool is_share = false;  ///< of a whole, which people read in percent
};

struct RunRecord {
  RunState state = RunState::going_on;
  std::string why;  ///< it failed, a sentence; or it was interrupted, because of "SIGINT"
  int64_t step = 0;
  int64_t steps = 0;  ///< in all; 0: not known
  double steps_per_epoch = 0;
  int64_t skipped_updates = 0;
  int64_t bad_samples = 0;
  std::vector<RunFact> facts;  ///< model, parameters, data, …
  std::vector<MetricFact> metrics;
  std::vector<RunPart> parts;
};

/// "resumed after step 183 with changes: optimizer.learning_rate 0.003 -> 0.0001", for each part that went on
/// as another than the one before it.
std::vector<std::string> resumed_with_changes(const RunRecord& record);

void to_json(nlohmann::json& json, const RunRecord& record);
/// What is not there is as in a RunRecord that nobody filled. nlohmann's exceptions where a member is of
/// another type.
void from_json(const nlohmann::json& json, RunRecord& record);

}  // namespace weft
