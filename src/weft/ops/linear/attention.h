#pragma once
#include <optional>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

struct AttentionOptions {
  bool causal = false;  ///< whether a position sees itself and earlier ones only
  double scale = 1;     ///< factor of the products of queries and keys
  std::optional<ValueId>
      lengths;  ///< i32 [B]: how many keys of each batch entry are there; the rest is padding
  /// Of the softmax's weights: see dropout() for its rate, seed and stream. `step` is an i64 scalar.
  double dropout = 0;
  uint64_t seed = 0;
  uint64_t stream = 0;
  std::optional<ValueId> step;
};

/// Softmax attention of q [B, T, H, D] over k and v [B, S, G, D]: out [B, T, H, D], where head h looks at the
/// keys and values of head h / (H / G), and G divides H (grouped-query attention, Ainslie et al., 2023). With
/// `causal` T = S. A query that sees no key gives zeros. Nothing of size T x S is stored, masks of dropout
/// neither.
ValueId attention(GraphBuilder& build, ValueId q, ValueId k, ValueId v, const AttentionOptions& options);

/// The same of one operand qkv [B, T, 3, H, D], which has q, k and v at 0, 1, 2 of its third dimension.
ValueId attention(GraphBuilder& build, ValueId qkv, const AttentionOptions& options);
ValueId attention(GraphBuilder& build, ValueId qkv, bool causal, double scale);

/// What both passes are told. Their first operands are q, k and v, or qkv where it is packed; the last are
/// the lengths and the step, where there are such.
struct AttentionForm {
  bool causal = false;
  double scale = 1;
  bool packed = false;
  bool has_lengths = false;
  double dropout = 0;
  uint64_t seed = 0;
  uint64_t stream = 0;
  // Of a part of a larger node:
  int64_t first_batch = 0, first_head = 0, first_query = 0;
  int64_t heads = 0, queries = 0;  ///< of the whole; 0: this is the whole

  template <class Visitor, class Form>
  static void visit(Visitor& v, Form& form) {
    v("causal", form.causal, "whether a position sees itself and earlier ones only");
    v("scale", form.scale, "factor of the products of queries and keys");
    v("packed", form.packed, "whether q, k and v are parts of one operand");
    v("has_lengths", form.has_lengths, "whether an operand says how many keys each batch entry has");
    v("dropout", form.dropout, "share of the softmax's weights that is dropped");
    v("seed", form.seed, "of the masks");
    v("stream", form.stream, "number of the masks among those of the seed");
    v("first_batch", form.first_batch, "of a part: its first batch entry in the whole");
    v("first_head", form.first_head, "likewise its first head");
    v("first_query", form.first_query, "likewise its first query");
    v("heads", form.heads, "of a part: heads of the whole; 0 for the whole");
    v("queries", form.queries, "likewise queries");
  }
  size_t heads_operands() const { return packed ? 1 : 3; }
  /// Where the operand is; only where there is one.
  size_t lengths_at(size_t inputs) const { return inputs - 1 - (dropout > 0 ? 1 : 0); }
};

struct Attention final : Schema<Attention> {
  static constexpr std::string_view kName = "attention";
  static constexpr std::string_view kMeaning =
      "Softmax attention of q [B, T, H, D] over k and v [B, S, G, D], or of qkv [B, T, 3, H, D]: out [B, T, "
      "H, D], and the logarithms of the softmax's denominators [B, H, T], which the gradient reads. Dao et "
      "al., FlashAttention (2022).";
  AttentionForm form;
  Attention() = default;
  explicit Attention(const AttentionForm& f) : form(f) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    AttentionForm::visit(v, op.form);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override;
  OpPtr localize(const LocalRegions& regions) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dq, dk and dv, or dqkv, from (q, k, v or qkv; out, lse, dout; lengths, step).
struct AttentionBackward final : Schema<AttentionBackward> {
  static constexpr std::string_view kName = "attention_backward";
  static constexpr std::string_view kMeaning =
      "The gradients of attention: those of q, k and v, or of qkv, from these, out, the logarithms and dout.";
  AttentionForm form;
  AttentionBackward() = default;
  explicit AttentionBackward(const AttentionForm& f) : form(f) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    AttentionForm::visit(v, op.form);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override;
  OpPtr localize(const LocalRegions& regions) const override;
};

}  // namespace weft
