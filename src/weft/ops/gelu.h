#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// How the Gaussian error linear unit is computed (Hendrycks and Gimpel, 2016): exactly, or by its tanh
/// approximation.
enum class GeluKind : uint8_t { erf, tanh };
template <>
struct EnumNames<GeluKind> {
  static constexpr std::string_view kNames[] = {"erf", "tanh"};
};

/// x times the normal distribution function of x, elementwise.
ValueId gelu(GraphBuilder& build, ValueId x, GeluKind kind);

struct Gelu final : Schema<Gelu> {
  static constexpr std::string_view kName = "gelu";
  static constexpr std::string_view kMeaning = "x times the normal distribution function of x, elementwise.";
  GeluKind kind = GeluKind::erf;
  Gelu() = default;
  explicit Gelu(GeluKind k) : kind(k) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("kind", op.kind, "exactly, or by the tanh approximation");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 15}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dx from (dy, x).
struct GeluBackward final : Schema<GeluBackward> {
  static constexpr std::string_view kName = "gelu_backward";
  static constexpr std::string_view kMeaning = "The gradient of gelu: dx from dy and x.";
  GeluKind kind = GeluKind::erf;
  GeluBackward() = default;
  explicit GeluBackward(GeluKind k) : kind(k) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("kind", op.kind, "exactly, or by the tanh approximation");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 20}; }
};

}  // namespace weft
