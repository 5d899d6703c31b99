#include "weft/tasks/best_measure.h"

#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "weft/base/nearest_key.h"
#include "weft/tasks/task.h"

namespace weft {

std::optional<BestMeasure> best_measure(const Recipe& recipe, const DataFacts& facts) {
  const std::string& name = recipe.checkpoint.best;
  if (name.empty()) return std::nullopt;
  if (name == "loss") return BestMeasure{};
  std::vector<std::string> known{"loss"};
  for (const Metric* metric : metrics_of(recipe, task_of(recipe, facts), facts)) {
    if (metric->name() == name) return BestMeasure{metric};
    known.emplace_back(metric->name());
  }
  const std::optional<std::string> nearest = nearest_key(name, known);
  user_error("checkpoint.best = \"{}\": expected one of what is measured, {}{}", name, fmt::join(known, ", "),
             nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "");
}

}  // namespace weft
