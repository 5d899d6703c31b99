#pragma once
#include <memory>
#include <span>
#include <vector>

#include "weft/data/load/assembler.h"
#include "weft/data/load/sample_parts.h"
#include "weft/tensor/view.h"

namespace weft {

/// What the samples of one kind of data become: the tensors of a row of a batch.
class SampleForm {
 public:
  virtual ~SampleForm() = default;

  /// The tensors of a row, whole, where floating ones are of type `floating`.
  virtual std::vector<TensorType> row_types(DType floating) const = 0;
  /// What a rank reads of each of the source's fields whose rows are the boxes `rows` of the tensors; none:
  /// the whole sample, whatever the boxes are.
  virtual std::vector<Region> to_read(std::span<const Region> /*rows*/) const { return {}; }
  /// Which part a rank reads, where that changes from epoch to epoch. UserError where the ranks' parts do not
  /// go with that.
  virtual SampleParts::Choice choice(const SampleParts& /*parts*/) const { return nullptr; }
  /// Makes the boxes `rows` of tensors whose floating ones are of type `floating`. The form outlives it.
  virtual std::unique_ptr<Assembler> assembler(std::span<const Region> rows, DType floating,
                                               int workers) const = 0;
};

}  // namespace weft
