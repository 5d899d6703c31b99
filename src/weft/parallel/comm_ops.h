#pragma once
// The nodes that the partitioner inserts: communication, and the local moves that need none.
#include "weft/graph/op.h"
#include "weft/parallel/mesh.h"

namespace weft {

/// Sum (or maximum) over the ranks of a group; every rank gets the whole results. Operands of these types,
/// which have one dtype, travel in one message. In place.
OpPtr all_reduce_op(std::vector<int> mesh_axes, int group_size, Combine combine,
                    const std::vector<TensorType>& types);
/// Sum over the group of values of region `whole`; rank i of the group keeps parts[i].
OpPtr reduce_scatter_op(std::vector<int> mesh_axes, Combine combine, DType dtype, Region whole,
                        std::vector<Region> parts, int self);
/// Rank i of the group owns parts[i]; every rank gets `whole`.
OpPtr all_gather_op(std::vector<int> mesh_axes, DType dtype, Region whole, std::vector<Region> parts,
                    int self);
/// Point-to-point messages that turn the owned region into the needed one (halo exchange among others). Peers
/// are positions in the group.
OpPtr exchange_op(std::vector<int> mesh_axes, DType dtype, Region owned, Region needed,
                  std::vector<Transfer> sends, std::vector<Transfer> receives, int group_size);
/// The box `inner` of a value that holds `outer`.
OpPtr take_region_op(Region outer, Region inner);
/// The value, or zeros: turns a replicated value into one part of a partial sum.
OpPtr keep_or_zero_op(bool keep);

}  // namespace weft
