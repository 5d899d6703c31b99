#pragma once
#include "weft/data/load/array_form.h"
#include "weft/data/load/assembler.h"

namespace weft {

/// Makes the rows of an ArrayForm, which outlives it.
class ArrayRows final : public Assembler {
 public:
  /// `part`: the box of the input [spatial..., C] that is made; targets are whole.
  ArrayRows(const ArrayForm& form, Region part, DType floating, int workers);
  std::vector<TensorType> row_types() const override { return types_; }
  void assemble(int worker, int64_t epoch, int64_t sample, std::span<const std::byte> record,
                std::span<const View> row) override;
  void assemble_empty(std::span<const View> row) override;

 private:
  struct Scratch {
    std::vector<std::byte> input;   ///< as the source gives it, where that is not what the row has
    std::vector<std::byte> values;  ///< before it is turned over
    std::vector<std::byte> target;
  };
  void write_target(int64_t sample, const View& stored, const View& row) const;

  const ArrayForm& form_;
  Region part_;
  std::vector<TensorType> types_;
  DType stored_ = DType::f32;  ///< what the source unpacks the input to
  bool direct_;                ///< the source can write to the row itself
  std::vector<Scratch> scratch_;
};

}  // namespace weft
