#pragma once
// Loops over tiles: one function of an expression on some hundreds of elements that lie in L1. Internal.
//
// A tile holds lanes of one width: reals as f32 and integers as i32, or (wide) f64 and i64; booleans are
// integers 0 and 1. Loops run over whole vectors: sources that are tiles, and results, have room for a
// multiple of lanes.
#include <cstdint>
#include <string_view>

#include "weft/base/philox.h"
#include "weft/expression/function.h"
#include "weft/tensor/dtype.h"

namespace weft::kernels {

struct TileStep {
  const void* sources[3] = {};
  /// All ones, or 0 where a source is one vector of equal elements.
  int64_t masks[3] = {-1, -1, -1};
  void* out = nullptr;
  int64_t count = 0;
  const Function* function = nullptr;  ///< for the loop that serves functions without one
};
using TileLoop = void (*)(const TileStep& step);

/// Loops of one function by the kind of lanes that its (last) arguments are; null where there is none.
struct TileLoops {
  std::string_view name;
  TileLoop f32 = nullptr;
  TileLoop f32_to_bf16 = nullptr;  ///< the result is stored as bf16
  TileLoop f64 = nullptr;
  TileLoop i32 = nullptr;
  TileLoop i64 = nullptr;
};

/// For the functions of the table, and for those of several functions in one pass (pointwise_fusion.h). Null
/// for those that must be evaluated one element at a time.
const TileLoops* find_tile_loops(std::string_view name);
/// One element at a time, by the function's definition.
TileLoops slow_tile_loops();

/// Elements of a vector of 4 bytes, or of 8 where `wide`.
int64_t tile_lanes(bool wide);

/// `count` elements of a tensor, `stride` apart from element `first` on.
struct TileRun {
  int64_t first = 0;
  int64_t stride = 1;
  int64_t count = 0;
};
/// Reads elements into the lanes of a tile; booleans become 0 and 1.
using TileReader = void (*)(const std::byte* tensor, const TileRun& run, void* tile);
TileReader find_tile_reader(DType dtype, ScalarType type, bool wide);
/// Writes as many lanes of a tile, from its first on, as elements. Bits share bytes: two threads must not
/// write any of one byte.
using TileWriter = void (*)(const void* tile, std::byte* tensor, const TileRun& run);
TileWriter find_tile_writer(DType dtype, bool wide);

/// Random bits of elements first, first + stride, … of the stream.
void fill_random(const RandomStream& stream, uint64_t first, int64_t stride, int64_t count, bool wide,
                 void* tile);

}  // namespace weft::kernels
