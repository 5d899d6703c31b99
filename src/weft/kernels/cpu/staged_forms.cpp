#include "weft/kernels/cpu/staged_forms.h"

#include <fmt/format.h>

#include <algorithm>

#include "weft/kernels/cpu/staged_match.h"
#include "weft/kernels/layer_norm.h"
#include "weft/kernels/softmax.h"

namespace weft::kernels {

namespace {

using Types = std::span<const TensorType>;
using Views = std::span<const View>;
constexpr int kNone = -1;

/// A sequence that has a pattern's form.
struct Found {
  const Staged& op;
  Types inputs;
  Types outputs;
  SequenceBindings bindings;

  int value(char letter) const {
    const auto found = bindings.values.find(letter);
    return found == bindings.values.end() ? kNone : found->second;
  }
  size_t input(char letter) const { return static_cast<size_t>(value(letter)); }
  /// kNone where nobody else reads it.
  int output(char letter) const {
    const auto found = std::find(op.results.begin(), op.results.end(), value(letter));
    return found == op.results.end() ? kNone : static_cast<int>(found - op.results.begin());
  }
  /// Whether a value is of this dtype and has rows and columns, rows, or columns, wherever it stands.
  bool is(char letter, DType dtype, const std::vector<int>& axes) const {
    const int number = value(letter);
    if (number < 0) return false;
    bool fits = number >= op.operands || inputs[static_cast<size_t>(number)].dtype == dtype;
    int made = op.operands;
    for (const StagedStep& step : op.steps) {
      for (size_t i = 0; i < step.inputs.size(); ++i) {
        fits = fits && (step.inputs[i] != number || step.op.operands[i] == axes);
      }
      const std::vector<PointwiseOutput> given = outputs_of(step.op);
      for (size_t o = 0; o < given.size(); ++o, ++made) {
        if (made != number) continue;
        fits = fits && step.op.dtypes[o] == dtype && step.op.results[given[o].result] == axes;
      }
    }
    return fits;
  }
  bool are(std::string_view letters, DType dtype, const std::vector<int>& axes) const {
    return std::all_of(letters.begin(), letters.end(), [&](char letter) { return is(letter, dtype, axes); });
  }
  bool is_input(char letter) const { return value(letter) >= 0 && value(letter) < op.operands; }
  /// Whether no value but these is an output.
  bool gives_only(std::string_view letters) const {
    const auto is_one = [&](char letter) { return output(letter) != kNone; };
    return std::count_if(letters.begin(), letters.end(), is_one) == std::ssize(op.results);
  }
};

const std::vector<int> kElements = {0, 1};
const std::vector<int> kRows = {0};
const std::vector<int> kColumns = {1};

/// Columns, of which there must be one, and no other axis beside the rows.
bool has_plain_rows(const Found& found, DType dtype, char column) {
  if ((dtype != DType::f32 && dtype != DType::bf16) || !found.is_input(column)) return false;
  const auto flat = [](const StagedStep& step) { return step.op.space.size() <= 2; };
  return found.inputs[found.input(column)].elems() > 0 &&
         std::all_of(found.op.steps.begin(), found.op.steps.end(), flat);
}

/// A view without data for kNone. By reference: a copy would allocate.
const View& at(Views views, int number) {
  static const View nothing;
  return number == kNone ? nothing : views[static_cast<size_t>(number)];
}

// x; g gamma, b beta; m mean, q squares, s reciprocal deviation, y result.
std::vector<StepPattern> layer_norm_forward() {
  return {{{"moments", "x", "mq"}},
          {{kNoReduction, "rsqrt(q / k + e)", "s"}},
          {{kNoReduction, "(x - m) * s * g + b", "y"}}};
}

std::optional<StagedBody> normalized(const Found& found) {
  if (!found.is_input('x') || !found.is_input('b')) return std::nullopt;
  const DType dtype = found.inputs[found.input('x')].dtype;
  if (!has_plain_rows(found, dtype, 'g') || !found.are("xy", dtype, kElements) ||
      !found.are("gb", DType::f32, kColumns) || !found.are("mqs", DType::f32, kRows) ||
      !found.gives_only("msy") || found.output('y') == kNone) {
    return std::nullopt;
  }
  if (found.bindings.constants.at('k') != static_cast<double>(found.inputs[found.input('g')].elems()))
    return std::nullopt;
  return [x = found.input('x'), g = found.input('g'), b = found.input('b'), y = found.output('y'),
          m = found.output('m'), s = found.output('s'), rows = found.op.rows(),
          epsilon = found.bindings.constants.at('e')](Views in, Views out) {
    layer_norm({in[x], in[g], in[b], rows, epsilon}, at(out, y), at(out, m), at(out, s));
  };
}

// d the gradient of y; v, w and p those of m, s and q; z that of x: through these, and `rest`.
std::vector<StepPattern> layer_norm_backward(std::string_view rest) {
  return {{{"sum", "-(d * g * s)", "v"}, {"sum", "(x - m) * (d * g)", "w"}},
          {{kNoReduction, "w * (s * (s * s)) * e", "p"}},
          {{kNoReduction, fmt::format("v / k + p * (x - m) * 2.0 + ({})", rest), "z"}}};
}

std::optional<StagedBody> normalized_backward(const Found& found) {
  const bool adds = found.value('r') != kNone;
  for (const char letter : {'x', 'd', 'g', 'm', 's'}) {
    if (!found.is_input(letter)) return std::nullopt;
  }
  const DType dtype = found.inputs[found.input('x')].dtype;
  // The product of both has no order.
  const auto [d, g] = found.is('d', dtype, kElements) ? std::pair{'d', 'g'} : std::pair{'g', 'd'};
  if (!has_plain_rows(found, dtype, g) || !found.are("xz", dtype, kElements) ||
      !found.is(d, dtype, kElements) ||
      (adds && (!found.is_input('r') || !found.is('r', dtype, kElements))) ||
      !found.is(g, DType::f32, kColumns) || !found.are("msvwp", DType::f32, kRows) ||
      !found.gives_only("z")) {
    return std::nullopt;
  }
  const auto columns = static_cast<double>(found.inputs[found.input(g)].elems());
  if (found.bindings.constants.at('k') != columns || found.bindings.constants.at('e') != -0.5 / columns)
    return std::nullopt;
  return [dy = found.input(d), x = found.input('x'), gamma = found.input(g), m = found.input('m'),
          s = found.input('s'), r = found.value('r')](Views in, Views out) {
    layer_norm_backward_input({in[dy], in[x], in[gamma], in[m], in[s], at(in, r)}, out[0]);
  };
}

// x; m and s the online softmax's pair, y the result.
std::vector<StepPattern> softmax_forward() {
  return {{{"max_exp_sum", "x", "ms"}}, {{kNoReduction, "exp(x - m) / s", "y"}}};
}

/// Columns, of which there must be one, are the last dimension of x.
bool has_columns(const Found& found, char x) {
  const Dims& shape = found.inputs[found.input(x)].shape;
  const auto flat = [&](const StagedStep& step) {
    return step.op.space.size() == 1 || (step.op.space.size() == 2 && step.op.space[1] == shape.back());
  };
  return !shape.empty() && shape.back() > 0 &&
         std::all_of(found.op.steps.begin(), found.op.steps.end(), flat);
}

std::optional<StagedBody> exponentials_over_sum(const Found& found) {
  if (!found.is_input('x')) return std::nullopt;
  const DType dtype = found.inputs[found.input('x')].dtype;
  if ((dtype != DType::f32 && dtype != DType::bf16) || !has_columns(found, 'x') ||
      !found.are("xy", dtype, kElements) || !found.are("ms", DType::f32, kRows) || !found.gives_only("msy") ||
      found.output('y') == kNone) {
    return std::nullopt;
  }
  return [x = found.input('x'), y = found.output('y'), m = found.output('m'), s = found.output('s')](
             Views in, Views out) { softmax(in[x], at(out, m), at(out, s), at(out, y)); };
}

// y and d, the gradient of y, of which the product has no order; v the gradient of s, z that of x.
std::vector<StepPattern> softmax_backward_steps(std::string_view gradient) {
  return {{{"sum", "y * d", "p"}}, {{kNoReduction, "-(p / s)", "v"}}, {{kNoReduction, gradient, "z"}}};
}

/// s is what y was divided by, and falls out whatever it is.
template <char kY, char kD>
std::optional<StagedBody> exponentials_over_sum_backward(const Found& found) {
  if (!found.is_input('y') || !found.is_input('d') || !found.is_input('s')) return std::nullopt;
  const DType dtype = found.inputs[found.input('y')].dtype;
  if ((dtype != DType::f32 && dtype != DType::bf16) || !has_columns(found, 'y') ||
      !found.are("ydz", dtype, kElements) || !found.are("spv", DType::f32, kRows) || !found.gives_only("z")) {
    return std::nullopt;
  }
  return [y = found.input(kY), d = found.input(kD)](Views in, Views out) {
    softmax_backward(in[d], in[y], out[0]);
  };
}

struct Form {
  std::vector<StepPattern> steps;
  std::optional<StagedBody> (*body)(const Found& found);
};

const std::vector<Form>& forms() {
  static const std::vector<Form> all = {
      {layer_norm_forward(), normalized},
      {layer_norm_backward("d * g * s"), normalized_backward},
      {layer_norm_backward("r + d * g * s"), normalized_backward},
      {softmax_forward(), exponentials_over_sum},
      {softmax_backward_steps("v * (y * s) + y * d"), exponentials_over_sum_backward<'y', 'd'>},
      {softmax_backward_steps("v * (d * s) + y * d"), exponentials_over_sum_backward<'d', 'y'>}};
  return all;
}

}  // namespace

std::optional<StagedBody> find_staged_form(const Staged& op, Types inputs, Types outputs) {
  for (const Form& form : forms()) {
    std::optional<SequenceBindings> bindings = match_steps(op, form.steps);
    if (!bindings) continue;
    if (std::optional<StagedBody> body = form.body({op, inputs, outputs, std::move(*bindings)})) return body;
  }
  return std::nullopt;
}

}  // namespace weft::kernels
