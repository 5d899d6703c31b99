#include "weft/expression/random_expression.h"

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr double kLargest = 4;

/// A part, and what its magnitude is at most.
struct Part {
  Scalar scalar;
  double bound = 0;
};

class Maker {
 public:
  Maker(const RandomExpression& wanted, const std::function<int64_t(int64_t, int64_t)>& between)
      : wanted_(wanted), between_(between) {}

  Expression run() {
    add_leaves();
    for (int i = 0; i < wanted_.calls; ++i) add_call();
    std::vector<Scalar> results;
    for (int r = 0; r < wanted_.results; ++r) {
      const auto back = std::min<int64_t>(r, static_cast<int64_t>(reals_.size()) - 1);
      results.push_back(reals_[reals_.size() - 1 - static_cast<size_t>(back)].scalar);
    }
    return build_.build(results);
  }

 private:
  void add_leaves() {
    for (size_t i = 0; i < wanted_.operands.size(); ++i) {
      const Scalar operand = build_.operand(static_cast<int>(i), wanted_.operands[i]);
      switch (wanted_.operands[i]) {
        case ScalarType::real:
          reals_.push_back({operand, 2});
          break;
        case ScalarType::integer:
          // Of unknown size: brought down by its sign.
          reals_.push_back({apply("real", apply("sign", operand)), 1});
          break;
        case ScalarType::boolean:
          conditions_.push_back(operand);
          break;
      }
    }
    unused_ = reals_.size();
    if (reals_.empty()) reals_.push_back({build_.constant(0.75), 1});
    if (wanted_.axes > 0 && between_(0, 2) == 0) {
      const Scalar index = build_.index(static_cast<int>(between_(0, wanted_.axes - 1)));
      reals_.push_back({apply("sin", apply("real", index)), 1});
    }
    if (wanted_.step >= 0) {
      std::vector<int> axes;
      for (int a = 0; a < wanted_.axes; ++a) axes.push_back(a);
      const Scalar step = build_.operand(wanted_.step, ScalarType::integer);
      conditions_.push_back(build_.random(3, static_cast<uint64_t>(between_(0, 9)), step, axes) >= 20000);
    }
  }

  Part real() {
    if (unused_ > 0) return reals_[--unused_];
    return reals_[static_cast<size_t>(between_(0, static_cast<int64_t>(reals_.size()) - 1))];
  }
  /// In [0.5, 2.5]: away from where functions are steep.
  Part positive() { return {apply("sigmoid", real().scalar) * 2.0 + 0.5, 2.5}; }

  /// Whole numbers come up often, and a rounding must not decide on which side of a step a value lies.
  Scalar off_step() { return real().scalar + 0.013717421; }

  void push(Part part) {
    if (part.bound > kLargest) part = {apply(between_(0, 1) == 0 ? "tanh" : "sin", part.scalar), 1};
    reals_.push_back(part);
  }

  /// Any function but those whose derivatives are not the slopes of their values.
  const Function& draw() {
    std::vector<const Function*> rows;
    for (const Function& row : functions()) {
      if (!row.stops_gradient) rows.push_back(&row);
    }
    return *rows[static_cast<size_t>(between_(0, std::ssize(rows) - 1))];
  }

  void add_call() {
    const Function& row = draw();
    switch (row.signature) {
      case Signature::real:
      case Signature::arithmetic:
        return push(arithmetic(row));
      case Signature::comparison: {
        const Scalar a = off_step();
        conditions_.push_back(build_.call(row, std::array{a, real().scalar}));
        return;
      }
      case Signature::selection: {
        const Part a = real(), b = real();
        return push(
            {build_.call(row, std::array{condition(), a.scalar, b.scalar}), std::max(a.bound, b.bound)});
      }
      case Signature::to_real:
        return push({build_.call(row, std::array{condition()}), 1});
      case Signature::to_integer: {
        const Scalar whole = build_.call(row, std::array{off_step()});
        return push({apply("real", whole + 1.0), kLargest + 1});
      }
      case Signature::to_boolean:
        conditions_.push_back(build_.call(row, std::array{off_step()}));
        return;
    }
  }

  Scalar condition() {
    if (conditions_.empty()) conditions_.push_back(off_step() < 0.0);
    return conditions_[static_cast<size_t>(between_(0, static_cast<int64_t>(conditions_.size()) - 1))];
  }

  Part arithmetic(const Function& row) {
    constexpr double kBelowZero[] = {-2.3, 0.7, 0.4};
    const bool needs_positive = std::isnan(row.evaluate(kBelowZero));
    if (row.name == "floor" || row.name == "sign")
      return {build_.call(row, std::array{off_step()}), kLargest};
    const Part a = needs_positive ? positive() : real();
    if (row.arity == 1) {
      // As exp does: by its value at the bound, where that is more than the bound.
      const double ends[] = {a.bound};
      const double grown = std::abs(row.evaluate(ends));
      return {build_.call(row, std::array{a.scalar}),
              std::max({a.bound, 1.5, std::isnan(grown) ? 0 : grown})};
    }
    const bool divides = row.name == "div";
    // Beside a constant in one of three calls.
    const Part b = divides ? positive()
                   : between_(0, 2) == 0
                       ? Part{build_.constant(static_cast<double>(between_(-3, 3)) * 0.5), 1.5}
                       : real();
    const Scalar made = build_.call(row, std::array{a.scalar, b.scalar});
    if (row.name == "mul") return {made, a.bound * b.bound};
    if (row.name == "pow") return {made, std::pow(a.bound, b.bound)};
    return {made, divides ? 2 * a.bound : a.bound + b.bound};
  }

  const RandomExpression& wanted_;
  const std::function<int64_t(int64_t, int64_t)>& between_;
  ExpressionBuilder build_;
  std::vector<Part> reals_;
  size_t unused_ = 0;
  std::vector<Scalar> conditions_;
};

}  // namespace

Expression random_expression(const RandomExpression& wanted,
                             const std::function<int64_t(int64_t, int64_t)>& between) {
  return Maker(wanted, between).run();
}

}  // namespace weft
