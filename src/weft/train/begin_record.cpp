#include "weft/train/begin_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "weft/base/environment.h"
#include "weft/base/host_share.h"
#include "weft/base/plural.h"
#include "weft/base/threads.h"
#include "weft/base/version.h"
#include "weft/tasks/task.h"
#include "weft/train/run_facts.h"

namespace weft {

namespace {

std::string machine() {
  const std::string processor = processor_name();
  return fmt::format("{}{} a rank, {} for it", processor.empty() ? "" : processor + ", ",
                     plural(threads(), "thread"), plural(share_of_cores(), "core"));
}

}  // namespace

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

RunRecord begin_record(const RunView& run) {
  const Session& session = run.session;
  const Recipe& recipe = session.recipe();
  RunRecord record;
  record.step = run.resumed_after.value_or(0);
  record.steps = run.total_steps;
  record.steps_per_epoch = static_cast<double>(session.data().epoch_batches) /
                           static_cast<double>(std::max<int64_t>(recipe.optimizer.accumulate, 1));
  record.facts = run_facts(run);
  std::erase_if(record.facts,
                [](const RunFact& fact) { return fact.name == "ranks"; });  // of each part its own
  for (const Metric* metric :
       metrics_of(recipe, task_of(recipe, session.data().facts), session.data().facts)) {
    record.metrics.push_back({std::string(metric->name()), std::string(name_of(metric->better())),
                              metric->text(0.5).ends_with('%')});
  }
  RunPart part;
  part.began = part.seen = seconds_now();
  part.after_step = record.step;
  part.changes = run.changes;
  part.command = command_line();
  part.version = version();
  part.host = host_name();
  part.machine = machine();
  const Mesh& mesh = session.executor().program().mesh;
  part.mesh =
      mesh.ranks() == 1 ? mesh.to_string() : fmt::format("{} ranks: {}", mesh.ranks(), mesh.to_string());
  record.parts.push_back(std::move(part));
  return record;
}

}  // namespace weft
