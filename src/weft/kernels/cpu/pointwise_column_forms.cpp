#include "weft/kernels/cpu/pointwise_column_forms.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>

#include "weft/expression/match.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"
#include "weft/kernels/channels.h"
#include "weft/kernels/layer_norm.h"

namespace weft::kernels {

namespace {

using Types = std::span<const TensorType>;
using Views = std::span<const View>;
/// Which operand each letter of a pattern is.
using Letters = std::map<char, size_t>;

const View& nothing() {
  static const View none;
  return none;
}

PointwiseBody scaled_sums(const Letters& at) {
  return [d = at.at('d'), x = at.at('x'), m = at.at('m'), s = at.at('s')](Views in, Views out) {
    layer_norm_backward_params(in[d], in[x], in[m], in[s], out[0], out.size() == 2 ? out[1] : nothing());
  };
}

PointwiseBody power_sums(const Letters& at) {
  return [x = at.at('x')](Views in, Views out) { channel_power_sums(in[x], out[0], out[1]); };
}

/// kFirst is the result that is the sum of d alone.
template <size_t kFirst>
PointwiseBody gradient_sums(const Letters& at) {
  return [d = at.at('d'), x = at.at('x'), m = at.at('m')](Views in, Views out) {
    channel_gradient_sums(in[d], in[x], in[m], out[kFirst], out[1 - kFirst]);
  };
}

PointwiseBody scaled(const Letters& at) {
  return [x = at.at('x'), m = at.at('m'), s = at.at('s'), b = at.at('b')](Views in, Views out) {
    scale_channels(in[x], in[m], in[s], in[b], out[0]);
  };
}

PointwiseBody gradient(const Letters& at) {
  return
      [d = at.at('d'), x = at.at('x'), s = at.at('s'), p = at.at('p'), q = at.at('q')](Views in, Views out) {
        channel_gradient(in[d], in[x], {in[s], in[p], in[q]}, out[0]);
      };
}

/// Results, all summed over rows or none; the letters that are elements, rows and columns.
struct Form {
  std::string_view results;
  bool summed;
  std::string_view elements, rows, columns;
  PointwiseBody (*body)(const Letters& at);
};

// x, d: elements. m: of rows or columns, as s.
constexpr Form kForms[] = {
    {"d * (s * (x - m)), d", true, "dx", "ms", "", scaled_sums},
    {"d * (s * (x - m))", true, "dx", "ms", "", scaled_sums},
    {"x, x * x", true, "x", "", "", power_sums},
    {"d, d * (x - m)", true, "dx", "", "m", gradient_sums<0>},
    {"d * (x - m), d", true, "dx", "", "m", gradient_sums<1>},
    {"(x - m) * s + b", false, "x", "", "msb", scaled},
    {"d * s + ((p + x * q) + x * q)", false, "dx", "", "spq", gradient},
};

Expression parse_form(std::string_view text) {
  static constexpr std::string_view kLetters = "bdmpqsx";
  std::vector<OperandName> names;
  for (size_t i = 0; i < kLetters.size(); ++i) names.push_back({kLetters.substr(i, 1), kLetters[i]});
  return simplify(parse_expression(text, names));
}

const std::vector<std::pair<Expression, const Form*>>& parsed_forms() {
  static const auto parsed = [] {
    std::vector<std::pair<Expression, const Form*>> all;
    for (const Form& form : kForms) all.emplace_back(parse_form(form.results), &form);
    return all;
  }();
  return parsed;
}

bool is_one_of(std::string_view letters, int letter) {
  return letters.find(static_cast<char>(letter)) != std::string_view::npos;
}

/// An expression on operands that may have a form. Rows are all axes but the last.
class Subject {
 public:
  Subject(const PointwiseSpec& spec, Types operands, Types outputs)
      : spec_(spec), operands_(operands), outputs_(outputs), all_(spec.space.size()) {
    std::iota(all_.begin(), all_.end(), 0);
  }

  std::optional<Letters> letters_of(const Expression& pattern, const Form& form) const {
    Bindings bindings;
    const auto may_bind = [&](int letter, int node) {
      return fits(form, letter, spec_.expression.node(node));
    };
    if (!match(pattern, spec_.expression, bindings, may_bind)) return std::nullopt;
    Letters letters;
    for (const auto& [letter, id] : bindings) {
      letters.emplace(static_cast<char>(letter), static_cast<size_t>(spec_.expression.node(id).number));
    }
    const DType dtype = operands_[letters.at('x')].dtype;
    if (dtype != DType::f32 && dtype != DType::bf16) return std::nullopt;
    const auto is_of_x = [&](char letter) { return operands_[letters.at(letter)].dtype == dtype; };
    if (!std::all_of(form.elements.begin(), form.elements.end(), is_of_x)) return std::nullopt;
    if (!results_fit(form, dtype)) return std::nullopt;
    return letters;
  }

 private:
  bool fits(const Form& form, int letter, const ScalarNode& node) const {
    if (node.kind != ScalarNode::Kind::operand) return false;
    const std::vector<int>& axes = spec_.operand_axes[static_cast<size_t>(node.number)];
    if (is_one_of(form.elements, letter)) return axes == all_;
    if (operands_[static_cast<size_t>(node.number)].dtype != DType::f32) return false;
    if (is_one_of(form.rows, letter)) return std::vector(all_.begin(), all_.end() - 1) == axes;
    return axes == std::vector{all_.back()};
  }

  bool results_fit(const Form& form, DType dtype) const {
    for (size_t r = 0; r < spec_.rules.size(); ++r) {
      const Reduction* rule = spec_.rules[r];
      if (form.summed != (rule != nullptr) || (rule != nullptr && rule->name != "sum")) return false;
      if (spec_.result_axes[r] != (form.summed ? std::vector{all_.back()} : all_)) return false;
      if (outputs_[r].dtype != (form.summed ? DType::f32 : dtype)) return false;
    }
    return true;
  }

  const PointwiseSpec& spec_;
  Types operands_, outputs_;
  std::vector<int> all_;
};

}  // namespace

std::optional<PointwiseBody> find_column_form(const PointwiseSpec& spec, Types operands, Types outputs) {
  if (spec.space.size() < 2) return std::nullopt;
  const Subject subject(spec, operands, outputs);
  for (const auto& [pattern, form] : parsed_forms()) {
    if (const std::optional<Letters> letters = subject.letters_of(pattern, *form))
      return form->body(*letters);
  }
  return std::nullopt;
}

}  // namespace weft::kernels
