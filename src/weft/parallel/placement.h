#pragma once
// Which region of a value each rank of a mesh owns.
#include <string>
#include <vector>

#include "weft/graph/op.h"
#include "weft/parallel/mesh.h"
#include "weft/tensor/region.h"

namespace weft {

/// In DTensor's words: `sharded[d]` lists the mesh axes that split dimension d (outermost first), `partial`
/// the mesh axes over which a sum (or what `combine` says) is still owed; over all other mesh axes the value
/// is replicated.
struct Placement {
  std::vector<std::vector<int>> sharded;
  std::vector<int> partial;
  Combine combine = Combine::sum;

  static Placement replicate(size_t dims) { return {std::vector<std::vector<int>>(dims), {}, Combine::sum}; }
  bool operator==(const Placement&) const = default;
  /// All mesh axes that split some dimension, ascending.
  std::vector<int> sharding_axes() const;
};

/// Part of [0, size) that `rank` owns when `axes` split it, each axis the parts of those before it: sizes
/// differ by at most one; may be empty.
Range owned_range(int64_t size, const std::vector<int>& axes, const Mesh& mesh, int rank);
/// The box of a value of `shape` that `rank` owns.
Region owned_region(const Placement& placement, const Dims& shape, const Mesh& mesh, int rank);
/// In DTensor's words, mesh axes that replicate left out: "data: Shard(0), tensor: Partial(sum)";
/// "Replicate".
std::string to_string(const Placement& placement, const Mesh& mesh);

}  // namespace weft
