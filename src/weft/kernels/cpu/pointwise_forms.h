#pragma once
// Hand-written bodies for expressions of a known canonical form. Internal.
#include <concepts>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include "weft/graph/kernel.h"
#include "weft/kernels/pointwise.h"

namespace weft::kernels {

/// Made of a function of operands and results, which is what runs, with nothing between.
struct PointwiseBody {
  template <std::invocable<std::span<const View>, std::span<const View>> F>
  PointwiseBody(F body)  // NOLINT(google-explicit-constructor): bodies are written as functions
      : run([body = std::move(body)](const KernelContext& context) {
          body(context.inputs, context.outputs);
        }) {}

  std::function<void(const KernelContext&)> run;
};

/// The body for this expression on these operands; none where there is none, or not for their types and axes.
std::optional<PointwiseBody> find_pointwise_form(const PointwiseSpec& spec,
                                                 std::span<const TensorType> operands,
                                                 std::span<const TensorType> outputs);

}  // namespace weft::kernels
