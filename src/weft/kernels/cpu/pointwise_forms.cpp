#include "weft/kernels/cpu/pointwise_forms.h"

#include <algorithm>
#include <initializer_list>
#include <numeric>
#include <string_view>

#include "weft/expression/match.h"
#include "weft/kernels/cpu/pointwise_column_forms.h"
#include "weft/kernels/cpu/pointwise_patterns.h"
#include "weft/kernels/cross_entropy.h"
#include "weft/kernels/differences.h"
#include "weft/kernels/dropout.h"
#include "weft/kernels/elementwise.h"
#include "weft/kernels/middle_axes.h"
#include "weft/kernels/xent_sums_backward.h"

namespace weft::kernels {

namespace {

using Types = std::span<const TensorType>;
using Views = std::span<const View>;

/// An expression that has a pattern's form, and what the pattern's names are in it.
struct Found {
  const PointwiseSpec& spec;
  Types operands;
  Types results;
  Bindings bindings;

  const ScalarNode& node(int name) const { return spec.expression.node(bindings.at(name)); }
  /// Which operand a (0), b (1), … is. Only if it is one: a pattern's operand stands for any part.
  size_t operand(int name) const { return static_cast<size_t>(node(name).number); }
  double constant(int name) const { return node(name).value; }
  /// What the rest is multiplied by.
  double factor() const { return bindings.contains(kConstantOperands) ? constant(kConstantOperands) : 1; }
  bool has_operands() const {
    return std::all_of(bindings.begin(), bindings.end(), [&](const auto& bound) {
      const bool names_operand = bound.first >= 0 && bound.first < kConstantOperands;
      return !names_operand || spec.expression.node(bound.second).kind == ScalarNode::Kind::operand;
    });
  }
  /// Whether the operand lies element by element beside the result.
  bool alongside(size_t i) const { return spec.operand_axes[i] == spec.result_axes[0]; }
  bool same_type(size_t i) const { return operands[i].dtype == results[0].dtype; }
};

bool is_fast(DType dtype) { return dtype == DType::f32 || dtype == DType::bf16; }

using Unary = void (*)(const View& x, const View& out);
using Binary = void (*)(const View& a, const View& b, const View& out);

template <Unary F>
std::optional<PointwiseBody> unary(const Found& found) {
  const size_t a = found.operand(0);
  if (!found.alongside(a) || !found.same_type(a)) return std::nullopt;
  return [a](Views in, Views out) { F(in[a], out[0]); };
}

template <Binary F>
std::optional<PointwiseBody> binary(const Found& found) {
  const size_t a = found.operand(0), b = found.operand(1);
  for (const size_t i : {a, b}) {
    if (!found.alongside(i) || !found.same_type(i)) return std::nullopt;
  }
  return [a, b](Views in, Views out) { F(in[a], in[b], out[0]); };
}

/// b may be repeated over leading dimensions, and f32 beside bf16.
std::optional<PointwiseBody> sum(const Found& found) {
  size_t a = found.operand(0), b = found.operand(1);
  if (!found.alongside(a)) std::swap(a, b);
  const std::vector<int>& whole = found.spec.result_axes[0];
  const std::vector<int>& tail = found.spec.operand_axes[b];
  if (!found.alongside(a) || !found.same_type(a) || !is_fast(found.operands[b].dtype)) return std::nullopt;
  if (tail.size() > whole.size() || !std::equal(tail.rbegin(), tail.rend(), whole.rbegin()))
    return std::nullopt;
  return [a, b](Views in, Views out) { add(in[a], in[b], out[0]); };
}

std::optional<PointwiseBody> scaled(const Found& found) {
  const size_t a = found.operand(0);
  if (!found.alongside(a) || !found.same_type(a)) return std::nullopt;
  return
      [a, factor = found.constant(kConstantOperands)](Views in, Views out) { scale(in[a], factor, out[0]); };
}

std::optional<PointwiseBody> filled(const Found& found) {
  return [value = found.constant(kConstantOperands)](Views, Views out) { fill(out[0], value); };
}

std::optional<PointwiseBody> converted(const Found& found) {
  const size_t a = found.operand(0);
  if (!found.alongside(a) || !is_fast(found.operands[a].dtype)) return std::nullopt;
  return [a](Views in, Views out) { cast(in[a], out[0]); };
}

std::optional<PointwiseBody> dropped(const Found& found) {
  const ScalarNode& random = found.node(kRandomBinding);
  const size_t a = found.operand(0);
  const auto step = static_cast<size_t>(found.spec.expression.node(random.arguments[0]).number);
  if (!found.alongside(a) || !found.same_type(a) || random.axes != found.spec.result_axes[0])
    return std::nullopt;
  if (found.operands[step].dtype != DType::i64) return std::nullopt;
  Region region;
  Dims space;
  for (const int axis : random.axes) {
    region.ranges.push_back(found.spec.region.ranges[static_cast<size_t>(axis)]);
    space.push_back(found.spec.space[static_cast<size_t>(axis)]);
  }
  return [a, step, region, space, seed = random.seed, stream = random.stream,
          rule = DropoutRule{static_cast<int32_t>(found.constant(kConstantOperands + 1)),
                             static_cast<float>(found.constant(kConstantOperands))}](Views in, Views out) {
    const RandomStream bits{seed, stream, static_cast<uint64_t>(*in[step].as<int64_t>())};
    dropout(in[a], region, space, bits, rule, out[0]);
  };
}

/// The sum of all of an operand, or along its leading dimensions.
std::optional<PointwiseBody> summed(const Found& found) {
  const size_t a = found.operand(0);
  const std::vector<int>& all = found.spec.operand_axes[a];
  const std::vector<int>& kept = found.spec.result_axes[0];
  if (!is_fast(found.operands[a].dtype) || all.size() != found.spec.space.size() ||
      !std::equal(kept.rbegin(), kept.rend(), all.rbegin())) {
    return std::nullopt;
  }
  if (kept.empty()) return [a](Views in, Views out) { reduce_sum(in[a], out[0], 1); };
  return [a](Views in, Views out) { column_sum(in[a], out[0]); };
}

/// Along the last axis.
std::optional<PointwiseBody> greatest(const Found& found) {
  const size_t a = found.operand(0);
  std::vector<int> rows = found.spec.operand_axes[a];
  if (!is_fast(found.operands[a].dtype) || rows.empty() || rows.size() != found.spec.space.size())
    return std::nullopt;
  rows.pop_back();
  if (found.spec.result_axes[0] != rows) return std::nullopt;
  return [a](Views in, Views out) { row_max(in[a], out[0]); };
}

bool sums_all(const Found& found, size_t a) {
  return is_fast(found.operands[a].dtype) && found.spec.result_axes[0].empty() &&
         found.spec.operand_axes[a].size() == found.spec.space.size();
}

std::optional<PointwiseBody> summed_times(const Found& found) {
  const size_t a = found.operand(0);
  if (!sums_all(found, a)) return std::nullopt;
  return [a, factor = found.constant(kConstantOperands)](Views in, Views out) {
    reduce_sum(in[a], out[0], factor);
  };
}

std::optional<PointwiseBody> summed_squares(const Found& found) {
  const size_t a = found.operand(0);
  if (!sums_all(found, a)) return std::nullopt;
  return [a](Views in, Views out) { sum_squares(in[a], out[0]); };
}

/// Whether a and b lie element by element beside each other, of one type and along all axes.
bool side_by_side(const Found& found, size_t a, size_t b) {
  return is_fast(found.operands[a].dtype) && found.operands[a].dtype == found.operands[b].dtype &&
         found.spec.operand_axes[a] == found.spec.operand_axes[b] &&
         found.spec.operand_axes[a].size() == found.spec.space.size();
}

/// b is what a should be, and may be NaN.
std::optional<PointwiseBody> squared_differences(const Found& found) {
  const size_t a = found.operand(0), b = found.operand(1);
  if (!side_by_side(found, a, b) || !found.spec.result_axes[0].empty()) return std::nullopt;
  return [a, b, factor = found.factor()](Views in, Views out) {
    sum_squared_differences(in[a], in[b], factor, out[0]);
  };
}

std::optional<PointwiseBody> scaled_differences(const Found& found) {
  const size_t a = found.operand(0), b = found.operand(1), by = found.operand(2);
  if (!side_by_side(found, a, b) || !found.alongside(a) || !found.same_type(a)) return std::nullopt;
  if (!found.spec.operand_axes[by].empty() || found.operands[by].dtype != DType::f32) return std::nullopt;
  return [a, b, by, factor = found.factor()](Views in, Views out) {
    scale_differences(in[a], in[b], in[by], factor, out[0]);
  };
}

/// `all` are all axes in order, and `some` the first ones and the last: the axes between, of which there is
/// one.
std::optional<MiddleAxes> middle_axes(const Found& found, const std::vector<int>& all,
                                      const std::vector<int>& some) {
  const auto axes = static_cast<int>(found.spec.space.size());
  const auto outer = static_cast<int>(some.size()) - 1;
  if (std::ssize(all) != axes || outer < 1 || outer + 1 >= axes) return std::nullopt;
  MiddleAxes sizes{1, 1, 1};
  for (int axis = 0; axis < axes; ++axis) {
    const int kept = axis < outer ? some[static_cast<size_t>(axis)] : some.back();
    if (all[static_cast<size_t>(axis)] != axis) return std::nullopt;
    if ((axis < outer && kept != axis) || (axis == axes - 1 && kept != axis)) return std::nullopt;
    const int64_t size = found.spec.region.ranges[static_cast<size_t>(axis)].size();
    (axis < outer ? sizes.outer : axis < axes - 1 ? sizes.middle : sizes.inner) *= size;
  }
  return sizes;
}

std::optional<PointwiseBody> summed_between(const Found& found) {
  const size_t a = found.operand(0);
  const auto axes = middle_axes(found, found.spec.operand_axes[a], found.spec.result_axes[0]);
  if (!axes || !is_fast(found.operands[a].dtype)) return std::nullopt;
  return [a, axes = *axes, factor = found.factor()](Views in, Views out) {
    sum_middle(in[a], axes, factor, out[0]);
  };
}

std::optional<PointwiseBody> repeated_between(const Found& found) {
  const size_t a = found.operand(0);
  const auto axes = middle_axes(found, found.spec.result_axes[0], found.spec.operand_axes[a]);
  if (!axes || !found.same_type(a)) return std::nullopt;
  return [a, axes = *axes, factor = found.factor()](Views in, Views out) {
    repeat_middle(in[a], axes, factor, out[0]);
  };
}

/// The axis that the result lacks is the one whose positions are asked for; else all are there, in order.
std::optional<MiddleAxes> around_index(const Found& found, size_t a) {
  std::vector<int> all(found.spec.space.size());
  std::iota(all.begin(), all.end(), 0);
  const int index = found.node(kIndexBinding).number;
  MiddleAxes sizes{1, 1, 1};
  for (const int axis : all) {
    const int64_t size = found.spec.region.ranges[static_cast<size_t>(axis)].size();
    (axis < index ? sizes.outer : axis == index ? sizes.middle : sizes.inner) *= size;
  }
  if (found.spec.operand_axes[a] != all || !found.same_type(a)) return std::nullopt;
  std::erase(all, index);
  if (found.spec.result_axes[0] != all) return std::nullopt;
  return sizes;
}

int64_t first_at_index(const Found& found) {
  return found.spec.region.ranges[static_cast<size_t>(found.node(kIndexBinding).number)].begin;
}

std::optional<PointwiseBody> taken(const Found& found) {
  const size_t a = found.operand(0);
  const auto axes = around_index(found, a);
  if (!axes) return std::nullopt;
  const int64_t at = static_cast<int64_t>(found.constant(kConstantOperands + 1)) - first_at_index(found);
  return [a, axes = *axes, at](Views in, Views out) { take_middle(in[a], axes, at, out[0]); };
}

std::optional<PointwiseBody> taken_at_operand(const Found& found) {
  const size_t a = found.operand(0), n = found.operand(3);
  const auto axes = around_index(found, a);
  if (!axes || !found.spec.operand_axes[n].empty() || found.operands[n].dtype != DType::i64)
    return std::nullopt;
  return [a, n, axes = *axes, first = first_at_index(found)](Views in, Views out) {
    take_middle(in[a], axes, *in[n].as<int64_t>() - first, out[0]);
  };
}

/// What a cross entropy makes of its logits: along the last axis, beside numbers of each row.
struct ClassRows {
  size_t logits, max, targets;
  int64_t begin;  ///< the first class
};

std::optional<ClassRows> class_rows(const Found& found, std::initializer_list<int> of_rows) {
  const ClassRows made{found.operand(0), found.operand(1), found.operand(3), 0};
  const std::vector<int>& all = found.spec.operand_axes[made.logits];
  if (!is_fast(found.operands[made.logits].dtype) || all.empty() || all.size() != found.spec.space.size() ||
      found.node(kIndexBinding).number != all.back() || found.operands[made.targets].dtype != DType::i32) {
    return std::nullopt;
  }
  const std::vector<int> rows(all.begin(), all.end() - 1);
  if (found.spec.operand_axes[made.targets] != rows) return std::nullopt;
  for (const int name : of_rows) {
    const size_t i = found.operand(name);
    if (found.spec.operand_axes[i] != rows || found.operands[i].dtype != DType::f32) return std::nullopt;
  }
  return ClassRows{made.logits, made.max, made.targets,
                   found.spec.region.ranges[static_cast<size_t>(all.back())].begin};
}

std::optional<PointwiseBody> class_sums(const Found& found) {
  const std::optional<ClassRows> made = class_rows(found, {1});
  if (!made) return std::nullopt;
  const std::vector<int>& rows = found.spec.operand_axes[made->max];
  if (found.spec.result_axes[0] != rows || found.spec.result_axes[1] != rows) return std::nullopt;
  return [at = *made](Views in, Views out) {
    xent_sums(in[at.logits], in[at.max], in[at.targets], at.begin, out[0], out[1]);
  };
}

std::optional<PointwiseBody> class_sums_backward(const Found& found) {
  const std::optional<ClassRows> made = class_rows(found, {1, 2, 4});
  if (!made || !found.alongside(made->logits) || !found.same_type(made->logits)) return std::nullopt;
  return [at = *made, dsums = found.operand(2), dpicked = found.operand(4)](Views in, Views out) {
    xent_sums_backward(in[at.logits], in[dsums], in[dpicked], in[at.max], in[at.targets], at.begin, out[0]);
  };
}

void gelu_by_tanh(const View& x, const View& out) { gelu(x, out, true); }
void gelu_by_erf(const View& x, const View& out) { gelu(x, out, false); }
/// a is x and b the gradient of the result.
void gelu_by_tanh_backward(const View& x, const View& dy, const View& dx) { gelu_backward(dy, x, dx, true); }
void gelu_by_erf_backward(const View& x, const View& dy, const View& dx) { gelu_backward(dy, x, dx, false); }

/// See canonical_pattern(); the rule is that of every result.
struct Form {
  std::string_view pattern;
  bool gradient;
  std::optional<PointwiseBody> (*body)(const Found& found);
  std::string_view rule = {};
  bool rounds = false;  ///< gives reduced results of f32 and of bf16
};

constexpr std::string_view kDifferenceSquared = "select(b == b, a - b, 0.0) * select(b == b, a - b, 0.0)";
constexpr std::string_view kDifferenceSquaredTimes =
    "select(b == b, a - b, 0.0) * select(b == b, a - b, 0.0) * k";

// Bodies that take f32 and bf16 only; f64 is left to the tape.
constexpr Form kForms[] = {
    {"k", false, filled},
    {"a", false, converted},
    {"a + b", false, sum},
    {"a", false, repeated_between},
    {"a * b", false, binary<multiply>},
    {"a * k", false, scaled},
    {"a * k", false, repeated_between},
    {"max(a, 0.0)", false, unary<relu>},
    {"select(b > 0.0, a, 0.0)", false, binary<relu_backward>},
    {"tanh(a)", false, unary<tanh>},
    {"a * (1.0 - b * b)", false, binary<tanh_backward>},
    {"select(random[0, 0](n) >= t, a * k, 0.0)", false, dropped},
    {kGeluByTanh, false, unary<gelu_by_tanh>},
    {kGeluByTanh, true, binary<gelu_by_tanh_backward>},
    {kGeluByErf, false, unary<gelu_by_erf>},
    {kGeluByErf, true, binary<gelu_by_erf_backward>},
    {"a", false, summed, "sum"},
    {"a * k", false, summed_times, "sum"},
    {"a * a", false, summed_squares, "sum"},
    {"a", false, summed_between, "sum", true},
    {"a * k", false, summed_between, "sum", true},
    {kDifferenceSquared, false, squared_differences, "sum"},
    {kDifferenceSquaredTimes, false, squared_differences, "sum"},
    {"select(b == b, c * select(b == b, a - b, 0.0), 0.0)", false, scaled_differences},
    {"select(b == b, c * select(b == b, a - b, 0.0) * k, 0.0)", false, scaled_differences},
    {"select(index[0] == t, a, 0.0)", false, taken, "sum", true},
    {"select(index[0] == n, a, 0.0)", false, taken_at_operand, "sum", true},
    {"a", false, greatest, "max"},
    {"exp(a - b), select(index[0] == n, a, 0.0)", false, class_sums, "sum"},
    {"exp(a - b) * c + select(index[0] == n, d, 0.0)", false, class_sums_backward},
};

const std::vector<std::pair<Expression, const Form*>>& parsed_forms() {
  static const auto parsed = [] {
    std::vector<std::pair<Expression, const Form*>> all;
    for (const Form& form : kForms) all.emplace_back(canonical_pattern(form.pattern, form.gradient), &form);
    return all;
  }();
  return parsed;
}

}  // namespace

std::optional<PointwiseBody> find_pointwise_form(const PointwiseSpec& spec, Types operands, Types outputs) {
  if (std::optional<PointwiseBody> body = find_column_form(spec, operands, outputs)) return body;
  const Reduction* rule = spec.rules[0];
  const std::string_view name = rule == nullptr ? "" : rule->name;
  bool rounds = false;
  for (size_t r = 0; r < spec.rules.size(); ++r) {
    if (spec.rules[r] != rule || components_of(rule) != 1 || !is_fast(outputs[r].dtype)) return std::nullopt;
    rounds = rounds || (rule != nullptr && outputs[r].dtype != DType::f32);
  }
  for (const auto& [pattern, form] : parsed_forms()) {
    if (form->rule != name || (rounds && !form->rounds)) continue;
    Found found{spec, operands, outputs, {}};
    if (!match(pattern, spec.expression, found.bindings) || !found.has_operands()) continue;
    if (std::optional<PointwiseBody> body = form->body(found)) return body;
  }
  return std::nullopt;
}

}  // namespace weft::kernels
