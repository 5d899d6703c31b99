#pragma once
// From where a value lies to where it is needed: the nodes that sum what is owed and move what is elsewhere.
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "weft/graph/graph.h"
#include "weft/parallel/mesh.h"
#include "weft/parallel/placement.h"

namespace weft {

/// A value of one rank's graph, and how it and its like on the other ranks make up the global value.
struct PlacedValue {
  ValueId value;
  Placement placement;
};

/// Adds the nodes to the graph of one rank. What it adds depends on placements and on the regions of all
/// ranks only, never on this rank's alone, so that all ranks communicate in the same order. What was made
/// once is used again within its segment: values do not cross segments.
class Redistribute {
 public:
  /// The region that a rank needs.
  using RegionOf = std::function<Region(int rank)>;

  /// `build` is added to, and must outlive this, as must the mesh.
  Redistribute(const Mesh& mesh, int rank, GraphBuilder& build) : mesh_(mesh), rank_(rank), build_(build) {}

  /// Sums what `from` owes over all mesh axes but `kept`: by reduce-scatter over all those axes together that
  /// `wanted` splits further dimensions by, by all-reduce over the rest. The result may lie otherwise than
  /// `wanted`. `shape` is global.
  PlacedValue settle(PlacedValue from, const Dims& shape, const Placement& wanted,
                     const std::vector<int>& kept);

  /// What a node needs of a value, as the arguments of settle() say it.
  struct Need {
    PlacedValue from;
    Dims shape;
    Placement wanted;
    std::vector<int> kept;
  };
  /// Those that settle() would make whole by an all-reduce each, by one for all that are small, have one
  /// dtype and owe over the same axes: settle() then finds the sums. How large one is, its global type says.
  void settle_together(std::span<const Need> needs);

  /// A value that combines by `gather`: what the ranks have of it along a new first dimension, in the order
  /// of their group. All of them own the box `region`.
  ValueId stack(const PlacedValue& from, const Region& region);

  /// The part of the value that this rank needs: itself, a part of it, or what an all-gather or an exchange
  /// brings. Partial sums are moved as they are.
  ValueId move(const PlacedValue& from, const Dims& shape, const RegionOf& needed);

  /// The value as one term of the sum that the ranks along mesh axis m make: one of them keeps it, the others
  /// have zeros.
  ValueId owe(ValueId value, int m);

 private:
  /// Position, within a segment, of what is made of a value.
  using Key = std::tuple<SegmentId, ValueId, std::string>;

  PlacedValue scatter(const PlacedValue& from, const Dims& shape, const Placement& scattered);
  std::optional<PlacedValue> known_sum(const PlacedValue& from, const std::vector<int>& owed) const;
  PlacedValue all_reduce(const PlacedValue& from, const std::vector<int>& over);
  void all_reduce_together(const std::vector<PlacedValue>& values, const std::vector<int>& over);
  ValueId communicate(ValueId value, const std::vector<int>& axes, const std::vector<Region>& have,
                      const std::vector<Region>& need);
  bool gathers(const std::vector<int>& axes, const std::vector<Region>& have,
               const std::vector<Region>& need) const;
  template <class Make>
  ValueId once(const Key& key, Make&& make);

  const Mesh& mesh_;
  int rank_;
  GraphBuilder& build_;
  std::map<Key, ValueId> made_;
};

}  // namespace weft
