#include "weft/kernels/attention_operands.h"

#include <array>

#include "weft/ops/linear/attention_sizes.h"

namespace weft::kernels {

namespace {

AttentionHeads heads_in(std::byte* data, int64_t tokens, int64_t heads, int64_t width) {
  return {data, tokens * heads * width, heads * width};
}

/// q, k and v, or what has their types.
std::array<AttentionHeads, 3> parts_of(const AttentionForm& form, const AttentionShape& s,
                                       std::span<const View> operands) {
  if (!form.packed) {
    return {heads_in(operands[0].data, s.queries, s.heads, s.width),
            heads_in(operands[1].data, s.keys, s.groups, s.width),
            heads_in(operands[2].data, s.keys, s.groups, s.width)};
  }
  const int64_t token = s.heads * s.width;
  std::array<AttentionHeads, 3> parts;
  for (int64_t part = 0; part < 3; ++part) {
    parts[static_cast<size_t>(part)] = {operands[0].data + part * token * bytes_of(s.dtype),
                                        3 * s.queries * token, 3 * token};
  }
  return parts;
}

}  // namespace

AttentionShape attention_shape(const AttentionForm& form, std::span<const TensorType> inputs) {
  const AttentionSizes sizes = attention_sizes(form, inputs);
  AttentionShape shape;
  shape.batch = sizes.batch;
  shape.queries = sizes.queries;
  shape.keys = sizes.keys;
  shape.heads = sizes.heads;
  shape.groups = sizes.groups;
  shape.width = sizes.width;
  shape.first_query = form.first_query;
  shape.causal = form.causal;
  shape.scale = form.scale;
  shape.dtype = inputs[0].dtype;
  shape.dropout = {.rate = form.dropout,
                   .seed = form.seed,
                   .stream = form.stream,
                   .heads = form.heads > 0 ? form.heads : sizes.heads,
                   .queries = form.queries > 0 ? form.queries : sizes.queries,
                   .first_batch = form.first_batch,
                   .first_head = form.first_head};
  return shape;
}

AttentionInputs attention_inputs(const AttentionForm& form, const AttentionShape& shape,
                                 std::span<const View> inputs) {
  const auto [q, k, v] = parts_of(form, shape, inputs);
  AttentionInputs in{q, k, v};
  if (form.has_lengths) in.lengths = inputs[form.lengths_at(inputs.size())].as<int32_t>();
  if (form.dropout > 0) in.step = static_cast<uint64_t>(*inputs.back().as<int64_t>());
  return in;
}

AttentionHeads attention_output(const AttentionShape& shape, const View& out) {
  return heads_in(out.data, shape.queries, shape.heads, shape.width);
}

AttentionGradients attention_gradients(const AttentionForm& form, const AttentionShape& shape,
                                       std::span<const View> outputs) {
  const auto [dq, dk, dv] = parts_of(form, shape, outputs);
  return {dq, dk, dv};
}

}  // namespace weft::kernels
