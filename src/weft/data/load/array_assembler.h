#pragma once
#include "weft/data/load/assembler.h"
#include "weft/data/source/source.h"

namespace weft {

/// Rows of the source's own fields (volumes, fields on grids, vectors), converted to the dtypes of the step.
class ArrayAssembler final : public Assembler {
 public:
  struct Options {
    std::vector<DType> dtypes;  ///< of each field; none: as the source has them
    std::vector<Region> part;   ///< of each field; none: whole
    int workers = 1;
  };
  /// `source` must outlive this; its samples have one shape.
  ArrayAssembler(const Source& source, Options options);
  std::vector<TensorType> row_types() const override { return types_; }
  void assemble(int worker, int64_t epoch, int64_t sample, std::span<const std::byte> record,
                std::span<const View> row) override;
  void assemble_empty(std::span<const View> row) override;

 private:
  const Source& source_;
  std::vector<Region> part_;
  std::vector<TensorType> types_;
  std::vector<std::vector<std::vector<std::byte>>> scratch_;  ///< [worker][field], where the dtype differs
};

}  // namespace weft
