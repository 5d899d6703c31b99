#include "weft/train/begin_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "weft/base/environment.h"
#include "weft/base/host_share.h"
#include "weft/base/threads.h"
#include "weft/base/version.h"
#include "weft/models/model.h"
#include "weft/optimizers/optimizer.h"
#include "weft/report/text.h"
#include "weft/tasks/task.h"

namespace weft {

namespace {

/// "gpt: layers 4, heads 4". A 0 or an empty text says that the key is left to others.
std::string describe(const Kind& kind) {
  std::string keys;
  for (const KeyInfo& key : kind.keys()) {
    const std::string value = toml_text(key.initial);
    if (value == "0" || value == "\"\"") continue;
    keys += fmt::format("{} {} {}", keys.empty() ? ":" : ",", key.name, value);
  }
  return std::string(kind.name()) + keys;
}

std::string describe(const SampleTensor& tensor) {
  std::string text = tensor.shape.empty() ? "one number" : fmt::format("{}", fmt::join(tensor.shape, " x "));
  if (tensor.shape.empty() && tensor.has_ids()) text = "one id";
  if (tensor.has_ids()) text += fmt::format(", ids below {}", tensor.below);
  return text;
}

std::string machine() {
  const std::string processor = processor_name();
  return fmt::format("{}{} thread{} a rank, {} core{} for it", processor.empty() ? "" : processor + ", ",
                     threads(), threads() == 1 ? "" : "s", share_of_cores(),
                     share_of_cores() == 1 ? "" : "s");
}

/// The last is over all data, and need not be comparable with those before.
std::string evaluations(const LogSection& log) {
  if (log.evaluate_every == 0) return "at the end";
  const std::string every = fmt::format("every {} steps", log.evaluate_every);
  if (log.evaluate_batches == 0) return every;
  return fmt::format("{} on {} batches, at the end on all", every, log.evaluate_batches);
}

void add_facts(const Session& session, std::vector<RunFact>& facts) {
  const Recipe& recipe = session.recipe();
  const TrainingData& data = session.data();
  const auto count = [](int64_t number) { return human_count(static_cast<double>(number)); };
  facts.push_back({"model", describe(*recipe.model.kind)});
  facts.push_back({"parameters", count(session.executor().program().parameters())});
  facts.push_back({"data", fmt::format("{}: {}", recipe.data.kind->name(), recipe.data.path)});
  facts.push_back({"samples", fmt::format("{} to train on, {} batches of validation",
                                          count(data.train_samples), count(data.validation_batches))});
  facts.push_back(
      {"a sample", fmt::format("{} of {}; {} of {}", data.facts.input.name, describe(data.facts.input),
                               data.facts.target.name, describe(data.facts.target))});
  facts.push_back({"evaluations", evaluations(recipe.log)});
  facts.push_back(
      {"batch", recipe.optimizer.accumulate > 1
                    ? fmt::format("{}, in {} pieces", recipe.data.batch, recipe.optimizer.accumulate)
                    : fmt::format("{}", recipe.data.batch)});
  facts.push_back({"optimizer", describe(*recipe.optimizer.kind)});
  facts.push_back({"device", recipe.run.device});
  facts.push_back({"precision", std::string(name_of(recipe.run.precision))});
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
  add_facts(session, record.facts);
  for (const Metric* metric :
       metrics_of(recipe, task_of(recipe, session.data().facts), session.data().facts)) {
    record.metrics.push_back({std::string(metric->name()), std::string(name_of(metric->better())),
                              metric->text(0.5).ends_with('%')});
  }
  RunPart part;
  part.began = part.seen = seconds_now();
  part.after_step = record.step;
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
