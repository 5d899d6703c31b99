#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "weft/expression/expression.h"
#include "weft/expression/reduction.h"
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// Axes that an iteration space may have.
inline constexpr size_t kMostPointwiseAxes = 8;

/// In the place of a rule: a result that has all axes.
inline constexpr std::string_view kNoReduction = "none";

/// In the grammar of expression/text.h. UserError where a text is none of it.
template <>
struct AttributeCodec<Expression> {
  static std::string type() { return "expression"; }
  static AttributeValue to(const Expression& value);
  static Expression from(const AttributeValue& value);
};

/// Computes an expression at every point of an iteration space, and reduces what is wanted of it by rules of
/// expression/reduction.h. Shapes, index map, gradient, arithmetic, linearity, how the results of parts
/// combine and which operands may be overwritten follow from it.
struct Pointwise final : Schema<Pointwise> {
  static constexpr std::string_view kName = "pointwise";
  static constexpr std::string_view kMeaning =
      "An expression at every point of an iteration space, of the operands' elements there, and reductions "
      "of what it gives: activations, dropout, casts, constants; sums, maxima, moments, losses.";
  Expression expression;
  /// Which axis each dimension of each operand is; operands are repeated along the axes that they have not.
  std::vector<std::vector<int>> operands;
  std::vector<std::vector<int>> results;  ///< likewise; each has every axis, or is reduced along the others
  std::vector<std::string> reductions;    ///< the rule of each result, or kNoReduction
  std::vector<DType> dtypes;              ///< of the outputs: a result's components, one after the other
  Dims space;                             ///< sizes of the whole iteration space
  Region region;                          ///< the part of it that the operands hold

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("expression", op.expression, "what is computed, x0 being the first operand's element");
    v("operands", op.operands, "which axis each dimension of each operand is; along others it is repeated");
    v("results", op.results, "which axis each dimension of each result is");
    v("reductions", op.reductions, meaning_of_reductions());
    v("dtypes", op.dtypes, "of the outputs: each result's components");
    v("space", op.space, "sizes of the whole iteration space");
    v("region", op.region, "the part of it that the operands hold");
  }
  /// The expression, or how it begins.
  std::string title() const override;
  std::string formula() const override;
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
  OpPtr localize(const LocalRegions& regions) const override;
  std::vector<std::optional<ValueId>> join_parts(GraphBuilder& build,
                                                 const GatheredParts& parts) const override;

  /// The rows of expression/reductions.cpp.
  static std::string_view meaning_of_reductions();
  /// Null for a result that is not reduced. UserError for a name that no rule has.
  const Reduction* rule(size_t result) const;
  /// The axes that result `r` has not.
  std::vector<int> reduced_axes(size_t r) const;
};

/// What an output of the op is.
struct PointwiseOutput {
  size_t result = 0;
  size_t component = 0;
};
std::vector<PointwiseOutput> outputs_of(const Pointwise& op);

/// The outputs of an expression, simplified, over a whole iteration space of sizes `space`. `reductions` may
/// be left out where there are none. UserError where operands do not fit: "pointwise: got f32[3] for operand
/// 1 (x1), expected …".
std::vector<ValueId> pointwise(GraphBuilder& build, std::span<const ValueId> operands, Pointwise op);

/// Elementwise: one result of the shape of the operand with most dimensions, which those of the others end (a
/// bias beside rows). Of operand 0's dtype, unless another is given.
///
///   pointwise(build, {x, y}, "max(x0 + x1, 0)")
///   pointwise(build, {x}, [](std::span<const Scalar> x) { return x[0] * apply("sigmoid", x[0]); })
ValueId pointwise(GraphBuilder& build, const std::vector<ValueId>& operands, std::string_view text,
                  std::optional<DType> dtype = {});
using Formula = std::function<Scalar(std::span<const Scalar>)>;
ValueId pointwise(GraphBuilder& build, const std::vector<ValueId>& operands, const Formula& formula,
                  std::optional<DType> dtype = {});
ValueId pointwise(GraphBuilder& build, const std::vector<ValueId>& operands, const Expression& expression,
                  std::optional<DType> dtype = {});

/// An op over the operand with most dimensions, which those of the others end; it has no expression yet.
/// UserError where they do not.
Pointwise trailing_pointwise(GraphBuilder& build, std::span<const ValueId> operands);

/// How an expression reads elements of a dtype: integers as integers.
ScalarType scalar_type_of(DType dtype);

}  // namespace weft
