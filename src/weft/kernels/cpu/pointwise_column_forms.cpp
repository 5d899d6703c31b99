#include "weft/kernels/cpu/pointwise_column_forms.h"

#include <algorithm>

#include "weft/expression/match.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"
#include "weft/kernels/layer_norm.h"

namespace weft::kernels {

namespace {

enum Name { kGradient, kValue, kMean, kReciprocal, kNames };

const Expression& scaled_pattern() {
  static constexpr OperandName kLetters[] = {
      {"d", kGradient}, {"x", kValue}, {"m", kMean}, {"s", kReciprocal}};
  static const Expression pattern = simplify(parse_expression("d * (s * (x - m))", kLetters));
  return pattern;
}

bool is_row_sum(const PointwiseSpec& spec, size_t r) {
  const int last = static_cast<int>(spec.space.size()) - 1;
  return spec.rules[r] != nullptr && spec.rules[r]->name == "sum" && spec.result_axes[r] == std::vector{last};
}

}  // namespace

std::optional<PointwiseBody> find_column_form(const PointwiseSpec& spec, std::span<const TensorType> operands,
                                              std::span<const TensorType> outputs) {
  const Expression& expression = spec.expression;
  if (expression.results.size() > 2 || spec.space.size() < 2) return std::nullopt;
  for (size_t r = 0; r < expression.results.size(); ++r) {
    if (!is_row_sum(spec, r) || outputs[r].dtype != DType::f32) return std::nullopt;
  }
  Bindings bindings;
  if (!match(scaled_pattern(), expression.nodes, expression.results[0], bindings)) return std::nullopt;
  size_t operand[kNames];
  for (const auto& [name, id] : bindings) {
    const ScalarNode& node = expression.node(id);
    if (node.kind != ScalarNode::Kind::operand) return std::nullopt;
    operand[name] = static_cast<size_t>(node.number);
  }
  std::vector<int> all(spec.space.size());
  for (size_t a = 0; a < all.size(); ++a) all[a] = static_cast<int>(a);
  const std::vector<int> rows(all.begin(), all.end() - 1);
  const DType dtype = operands[operand[kValue]].dtype;
  const auto is = [&](Name name, const std::vector<int>& axes, DType wanted) {
    return spec.operand_axes[operand[name]] == axes && operands[operand[name]].dtype == wanted;
  };
  if ((dtype != DType::f32 && dtype != DType::bf16) || !is(kGradient, all, dtype) ||
      !is(kValue, all, dtype) || !is(kMean, rows, DType::f32) || !is(kReciprocal, rows, DType::f32)) {
    return std::nullopt;
  }
  const bool shifts = expression.results.size() == 2;
  if (shifts && expression.results[1] != bindings.at(kGradient)) return std::nullopt;
  return [d = operand[kGradient], x = operand[kValue], m = operand[kMean], s = operand[kReciprocal], shifts](
             std::span<const View> in, std::span<const View> out) {
    static const View nothing;
    layer_norm_backward_params(in[d], in[x], in[m], in[s], out[0], shifts ? out[1] : nothing);
  };
}

}  // namespace weft::kernels
