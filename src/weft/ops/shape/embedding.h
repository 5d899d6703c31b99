#pragma once
#include <utility>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// Rows of `table` [V, C] at `ids` (i32, any shape): [ids..., C] of `out_dtype`. Ids outside [0, V) give
/// zeros. The vocabulary is a summed axis: a part of the table gives a partial sum, zeros where the ids lie
/// elsewhere. The gradient of the table is dense and of the statistics dtype.
ValueId embedding(GraphBuilder& build, ValueId table, ValueId ids, DType out_dtype);

struct Embedding final : Schema<Embedding> {
  static constexpr std::string_view kName = "embedding";
  static constexpr std::string_view kMeaning =
      "Rows of the table [V, C] at ids i32 [...]: [..., C]; zeros for ids outside of the table.";
  DType out = DType::f32;
  int64_t vocab_begin = 0;
  Embedding() = default;
  Embedding(DType o, int64_t begin) : out(o), vocab_begin(begin) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("out", op.out, "dtype of the result");
    v("vocab_begin", op.vocab_begin, "id of the table's first row");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.flops_per_point = 0}; }
  /// Of the table only the rows that ids name.
  int64_t least_bytes(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  OpPtr localize(const LocalRegions& regions) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

struct EmbeddingBackward final : Schema<EmbeddingBackward> {
  static constexpr std::string_view kName = "embedding_backward";
  static constexpr std::string_view kMeaning =
      "The gradient of embedding's table: the rows of dy [..., C] summed by their ids i32 [...], onto a "
      "third operand if it accumulates.";
  TensorType table;  ///< of the gradient: nothing else says how large the vocabulary is
  int64_t vocab_begin = 0;
  bool accumulates = false;  ///< a third operand is what the rows are added to
  EmbeddingBackward() = default;
  EmbeddingBackward(TensorType t, int64_t begin, bool accumulate = false)
      : table(std::move(t)), vocab_begin(begin), accumulates(accumulate) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("table", op.table, "type of the result");
    v("vocab_begin", op.vocab_begin, "id of the result's first row");
    v("accumulates", op.accumulates, "whether a third operand, of the result's type, is added");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override;
  OpPtr accumulating_form() const override;
  OpPtr localize(const LocalRegions& regions) const override;
};

}  // namespace weft
