#pragma once
#include <string>
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

/// What text calls the values of a graph: inputs and states "@name", results "%n", counted in the order of
/// their nodes, so that equal graphs read alike however they were made.
class ValueNames {
 public:
  explicit ValueNames(const Graph& graph);
  const std::string& of(ValueId id) const { return names_[id.at()]; }
  std::vector<std::string> of(const std::vector<ValueId>& ids) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace weft
