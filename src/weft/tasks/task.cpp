#include "weft/tasks/task.h"

#include "weft/base/check.h"

namespace weft {

namespace {

std::string described(const SampleTensor& target) {
  return target.has_ids() ? std::string("ids") : "numbers " + to_string(target.shape);
}

}  // namespace

const KindsOf<Task>& Task::kinds() {
  static const auto kKinds = KindsOf<Task>::from(register_all_tasks);
  return kKinds;
}

const Task& task_of(const Recipe& recipe, const DataFacts& facts) {
  if (recipe.task.kind) {
    if (recipe.task.kind->suits(facts)) return *recipe.task.kind;
    user_error("task.kind = \"{}\": the data's targets are {}, which it does not learn",
               recipe.task.kind->name(), described(facts.target));
  }
  for (const auto& task : Task::kinds().list()) {
    if (task->suits(facts)) return *task;
  }
  user_error("task.kind: no task learns the data's targets, {}", described(facts.target));
}

const Loss& loss_of(const Recipe& recipe, const Task& task, const DataFacts& facts) {
  const Loss* usual = Loss::kinds().find(task.usual_loss()).get();
  const Loss* loss = recipe.loss.kind ? &*recipe.loss.kind : usual;
  if (loss == nullptr) {
    user_error("loss.kind: name one, because \"{}\", the usual one of task \"{}\", is not built",
               task.usual_loss(), task.name());
  }
  if (!loss->suits(facts.target)) {
    user_error("loss.kind = \"{}\": the data's targets are {}, which it does not measure", loss->name(),
               described(facts.target));
  }
  return *loss;
}

std::vector<const Metric*> metrics_of(const Recipe& recipe, const Task& task, const DataFacts& facts) {
  std::vector<const Metric*> metrics;
  for (const Choice<Metric>& metric : recipe.task.metrics.list()) {
    if (!metric->suits(facts.target)) {
      user_error("task.metrics: \"{}\" does not measure the data's targets, {}", metric->name(),
                 described(facts.target));
    }
    metrics.push_back(&*metric);
  }
  if (!metrics.empty()) return metrics;
  for (const std::string_view name : task.usual_metrics()) {
    if (const auto metric = Metric::kinds().find(name)) metrics.push_back(metric.get());
  }
  return metrics;
}

}  // namespace weft
