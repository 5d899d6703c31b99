#include "weft/graph/value_names.h"

#include <fmt/format.h>

namespace weft {

ValueNames::ValueNames(const Graph& graph) : names_(graph.values().size()) {
  for (size_t v = 0; v < names_.size(); ++v) {
    if (graph.values()[v].kind != ValueKind::result) names_[v] = "@" + graph.values()[v].name;
  }
  size_t results = 0;
  for (const Node& node : graph.nodes()) {
    for (const ValueId id : node.outputs) names_[id.at()] = fmt::format("%{}", results++);
  }
}

std::vector<std::string> ValueNames::of(const std::vector<ValueId>& ids) const {
  std::vector<std::string> names;
  for (const ValueId id : ids) names.push_back(of(id));
  return names;
}

}  // namespace weft
