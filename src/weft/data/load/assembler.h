#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weft/tensor/view.h"

namespace weft {

/// Turns records into rows of a batch. Called by several workers at once, each with a number of its own.
class Assembler {
 public:
  virtual ~Assembler() = default;
  /// Tensors of one row, without the batch dimension: this rank's part.
  virtual std::vector<TensorType> row_types() const = 0;
  /// Writes one row of each output. UserError naming the sample where the record is broken.
  virtual void assemble(int worker, int64_t epoch, int64_t sample, std::span<const std::byte> record,
                        std::span<const View> row) = 0;
  /// Writes the row of no sample: zeros, and -1 for class ids, so that no loss counts it.
  virtual void assemble_empty(std::span<const View> row) = 0;
};

}  // namespace weft
