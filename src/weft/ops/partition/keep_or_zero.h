#pragma once
#include "weft/graph/schema.h"

namespace weft {

/// The value, or zeros: turns a replicated value into one part of a partial sum. The partitioner makes it: it
/// cannot be divided.
struct KeepOrZero final : Schema<KeepOrZero> {
  static constexpr std::string_view kName = "keep_or_zero";
  static constexpr std::string_view kMeaning =
      "The operand, or zeros: turns a value that all ranks have into one part of a sum over them.";
  bool keep = true;
  KeepOrZero() = default;
  explicit KeepOrZero(bool k) : keep(k) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("keep", op.keep, "whether the result is the operand");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
};

}  // namespace weft
