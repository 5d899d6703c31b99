#pragma once
// An expression as loops over tiles, in order, with the tiles that they read and write. Internal.
#include <span>
#include <vector>

#include "weft/expression/expression.h"
#include "weft/kernels/cpu/pointwise_loops.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

/// What a step reads.
struct TapeSource {
  enum class Kind : uint8_t {
    tile,      ///< tile `at`
    read,      ///< read `at` of the tape
    constant,  ///< constant `at`
  };
  Kind kind = Kind::tile;
  int at = 0;
};

struct TapeStep {
  TileLoop loop = nullptr;
  const Function* function = nullptr;
  int arity = 0;
  TapeSource sources[3];
  int tile = 0;  ///< that it writes
};

/// An operand, as the type that the expression takes its elements for.
struct TapeRead {
  int operand = 0;
  ScalarType type = ScalarType::real;
  int tile = 0;  ///< for where it cannot be read in place; nobody else's
};

/// A tile of positions (index) or of random bits.
struct TapePosition {
  ScalarNode node;
  int step_operand = -1;  ///< random: which operand is the step
  int tile = 0;           ///< nobody else's
};

struct Tape {
  bool wide = false;  ///< lanes of 8 bytes
  std::vector<TapeRead> reads;
  std::vector<TapePosition> positions;
  std::vector<std::pair<double, ScalarType>> constants;
  std::vector<TapeStep> steps;
  std::vector<TapeSource> results;
  /// The last step's loop when it writes the only result in place of its tile; null where it cannot.
  TileLoop last_in_place = nullptr;
  int tiles = 0;
};

/// Wide where an operand or a result is f64. Parts for which there is a loop are one step
/// (pointwise_fusion.h).
Tape compile_tape(const Expression& expression, std::span<const TensorType> operands,
                  std::span<const TensorType> results);

}  // namespace weft::kernels
