#pragma once
// Dimensions that run together: a class is a set of value dimensions and op axes that must be split alike.
#include <set>
#include <string>
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

struct DimensionClass {
  int64_t smallest = 0;                    ///< the least size among its axes
  std::vector<NodeId> whole_in;            ///< the nodes that need it undivided, in the graph's order
  std::vector<NodeId> gathered_in;         ///< those whose parts along it only a gather combines
  bool parameter = false;                  ///< contains a dimension of a parameter
  std::set<std::string> input_dimensions;  ///< the names of inputs' dimensions in it
  double flops = 0;                        ///< of the nodes that have an axis in it
  std::vector<std::pair<int, int>> axes;   ///< (node, axis)
};

class DimensionClasses {
 public:
  explicit DimensionClasses(const Graph& graph);
  const std::vector<DimensionClass>& classes() const { return classes_; }
  int of_axis(size_t node, size_t axis) const { return class_of_[axis_item_[node] + axis]; }
  int of_dimension(ValueId value, size_t dim) const { return class_of_[value_item_[value.at()] + dim]; }
  const IndexMap& map(size_t node) const { return maps_[node]; }

 private:
  void unite_all(const Graph& graph);
  void describe(const Graph& graph);
  size_t find(size_t item);
  void unite(size_t a, size_t b);

  std::vector<IndexMap> maps_;
  std::vector<size_t> value_item_;  ///< first item of each value; one item a dimension
  std::vector<size_t> axis_item_;   ///< first item of each node; one item an axis
  std::vector<size_t> parent_;
  std::vector<int> class_of_;
  std::vector<DimensionClass> classes_;
};

}  // namespace weft
