#include "weft/optimizers/rule/adafactor.h"

#include <fmt/format.h>

#include "weft/ops/pointwise/elementwise.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

namespace {

/// Where [out..., in...] is split so that rows and columns are fewest.
size_t split_of(const Dims& shape) {
  size_t best = 1;
  const auto kept = [&](size_t k) {
    int64_t rows = 1;
    int64_t columns = 1;
    for (size_t d = 0; d < shape.size(); ++d) (d < k ? rows : columns) *= shape[d];
    return rows + columns;
  };
  for (size_t k = 2; k < shape.size(); ++k) {
    if (kept(k) < kept(best)) best = k;
  }
  return best;
}

std::vector<int> axes_between(size_t begin, size_t end) {
  std::vector<int> axes;
  for (size_t d = begin; d < end; ++d) axes.push_back(static_cast<int>(d));
  return axes;
}

/// The means of squares that a parameter keeps, followed, and each gradient divided by the root of its own.
class Scaled {
 public:
  Scaled(const AdafactorRule& rule, const ParameterUpdate& at)
      : rule_(rule), at_(at), shape_(at.type().shape) {}

  ValueId gradient() { return shape_.size() > 1 ? by_rows_and_columns() : by_elements(); }

 private:
  /// What becomes of a state that follows a mean of squares: `now`, a text, makes it of x1, `seen`, and of
  /// the factor x2.
  ValueId follow(ValueId state, ValueId seen, const std::string& now) const {
    const ValueId next = pointwise(at_.build, {state, seen, at_.factor, at_.step},
                                   fmt::format("share = pow(real(n3), {}); now = {}; "
                                               "select(x2 == x2, x0 + share * (now - x0), x0)",
                                               real(rule_.beta2_decay), now));
    at_.build.update(state, next);
    return next;
  }

  ValueId followed(const std::string& kind, const std::vector<int>& away) {
    int64_t count = 1;
    for (const int axis : away) count *= shape_[static_cast<size_t>(axis)];
    const ValueId sum = reduce(at_.build, "sum", {at_.gradient}, "x0 * x0", away)[0];
    return follow(at_.state(kind, at_.build.type(sum)), sum,
                  fmt::format("x1 * x2 * x2 / {}", real(static_cast<double>(count))));
  }

  ValueId by_elements() {
    const ValueId mean = follow(at_.state("adafactor.v"), at_.gradient, "x1 * x1 * x2 * x2");
    return pointwise(at_.build, {at_.gradient, mean, at_.factor},
                     fmt::format("{} * x0 * x2", inverse_root("x1")));
  }

  ValueId by_rows_and_columns() {
    const size_t split = split_of(shape_);
    const std::vector<int> leading = axes_between(0, split);
    const std::vector<int> trailing = axes_between(split, shape_.size());
    const ValueId rows = followed("adafactor.rows", trailing);
    const ValueId columns = followed("adafactor.columns", leading);
    const ValueId total = reduce(at_.build, "sum", {rows}, "x0", leading_axes_of(at_.build, rows))[0];
    const auto count = static_cast<double>(elems_of(at_.build.type(rows).shape));
    return pointwise_beside(at_.build, at_.gradient,
                            {{rows, leading}, {columns, trailing}, {total, {}}, {at_.factor, {}}},
                            fmt::format("share = x1 / max(x3 / {}, {}); {} * x0 * x4", real(count),
                                        real(rule_.epsilons[0]), inverse_root("share * x2")));
  }

  /// Of a mean of squares, which counts as the square of the epsilon at least. That square may be less than
  /// f32 can say; the reciprocal of the epsilon, which is the same bound, is not.
  std::string inverse_root(const std::string& mean) const {
    return fmt::format("min(rsqrt({}), {})", mean, real(1 / rule_.epsilons[0]));
  }

  const AdafactorRule& rule_;
  const ParameterUpdate& at_;
  Dims shape_;
};

}  // namespace

void AdafactorRule::update(const ParameterUpdate& at) const {
  const ValueId step = Scaled(*this, at).gradient();
  const std::vector<int> all = leading_axes_of(at.build, at.parameter);
  const auto squares = reduce(at.build, "sum", {at.parameter, step}, "x0 * x0, x1 * x1", all);
  // p, step, sums of their squares, learning rate, step number, factor.
  const std::string text = fmt::format(
      "size = max({1}, sqrt(x2 / {0})); rate = min(x4, 1.0 / sqrt(real(n5))); "
      "over = max(1.0, sqrt(x3 / {0}) / {2}); "
      "select(x6 == x6, x0 * (1.0 - x4 * {3}) - size * rate / over * x1, x0)",
      real(static_cast<double>(elems_of(at.type().shape))), real(epsilons[1]), real(threshold),
      real(at.weight_decay));
  at.build.update(
      at.parameter,
      pointwise(at.build, {at.parameter, step, squares[0], squares[1], at.rate, at.step, at.factor}, text));
}

void register_adafactor(KindsOf<Optimizer>& kinds) { kinds.add<AdafactorRule>(); }

}  // namespace weft
