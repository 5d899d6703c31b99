#pragma once
#include "weft/data/load/sample_form.h"
#include "weft/data/source/source.h"

namespace weft {

/// Windows of a token file (source/token_source.h): tokens [w] and targets [w], the tokens one further; i32.
/// An empty row has zeros for tokens and -1 (not counted) for targets.
class TokenForm final : public SampleForm {
 public:
  /// shared: the loader and the recipe's data know the source as well.
  explicit TokenForm(std::shared_ptr<const Source> source);
  std::vector<TensorType> row_types(DType floating) const override;
  /// Of whole rows only.
  std::unique_ptr<Assembler> assembler(std::span<const Region> rows, DType floating,
                                       int workers) const override;

 private:
  std::shared_ptr<const Source> source_;
  int64_t window_;
};

}  // namespace weft
