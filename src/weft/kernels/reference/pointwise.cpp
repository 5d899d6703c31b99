#include "weft/kernels/pointwise_naive.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "weft/base/check.h"
#include "weft/expression/evaluate.h"
#include "weft/graph/device.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/pointwise/pointwise_positions.h"
#include "weft/tensor/bits.h"
#include "weft/tensor/with_dtype.h"

namespace weft::kernels::naive {

namespace {

double element(const View& view, int64_t at) {
  if (view.type.dtype == DType::bit) return load_bit(view.data, at) ? 1 : 0;
  double value = 0;
  with_dtype(view.type.dtype, [&](auto of) { value = element_cast<double>(view.as<decltype(of)>()[at]); });
  return value;
}

void set_element(const View& view, int64_t at, double value) {
  if (view.type.dtype == DType::bit) return store_bit(view.data, at, value != 0);
  with_dtype(view.type.dtype, [&](auto of) {
    using T = decltype(of);
    if constexpr (std::is_integral_v<T>) {
      view.as<T>()[at] = static_cast<T>(integer_of(value, view.type.dtype));
    } else {
      view.as<T>()[at] = element_cast<T>(value);
    }
  });
}

int64_t offset_of(std::span<const int64_t> position, const Dims& strides) {
  int64_t offset = 0;
  for (size_t a = 0; a < strides.size(); ++a) offset += position[a] * strides[a];
  return offset;
}

/// Where a point lies along some axes, row-major in the whole space.
double position_among(std::span<const int> axes, const Dims& space, std::span<const int64_t> position) {
  int64_t at = 0;
  for (const int axis : axes) {
    const auto a = static_cast<size_t>(axis);
    at = at * space[a] + position[a];
  }
  return static_cast<double>(at);
}

class Points {
 public:
  explicit Points(PointwiseSpec spec);

  int64_t scratch_bytes() const;
  void run(const KernelContext& context) const;

 private:
  PointwiseSpec spec_;
  Dims sizes_;
  std::vector<Dims> operand_strides_;
  std::vector<Dims> result_strides_;
  std::vector<std::vector<int>> reduced_;  ///< of each result: the axes that it has not
  std::vector<int64_t> elems_;             ///< of each result
};

Points::Points(PointwiseSpec spec)
    : spec_(std::move(spec)),
      sizes_(spec_.region.shape()),
      operand_strides_(strides_along_axes(spec_, spec_.operand_axes)),
      result_strides_(strides_along_axes(spec_, spec_.result_axes)) {
  WEFT_CHECK(sizes_.size() <= kMostAxes, "{} axes", sizes_.size());
  for (const auto& kept : spec_.result_axes) {
    reduced_.push_back(axes_without(sizes_.size(), kept));
    elems_.push_back(points_along(sizes_, kept));
  }
}

int64_t Points::scratch_bytes() const {
  const size_t numbers = spec_.expression.nodes.size() + spec_.operand_axes.size();
  int64_t states = 0;
  for (size_t r = 0; r < spec_.rules.size(); ++r) states += spec_.rules[r] != nullptr ? elems_[r] : 0;
  return static_cast<int64_t>(numbers * sizeof(double)) +
         states * static_cast<int64_t>(sizeof(ReductionState));
}

void Points::run(const KernelContext& context) const {
  const auto& [operands, outputs, scratch] = context;
  for (const View& output : outputs) clear_unused_bits(output);
  auto* numbers = reinterpret_cast<double*>(scratch);
  const std::span<double> elements(numbers, operands.size());
  const std::span<double> values(numbers + operands.size(), spec_.expression.nodes.size());
  auto* states = reinterpret_cast<ReductionState*>(values.data() + values.size());
  auto* next = states;
  for (size_t r = 0; r < spec_.rules.size(); ++r) {
    if (spec_.rules[r] != nullptr) next = std::fill_n(next, elems_[r], spec_.rules[r]->start);
  }
  int64_t local[kMostAxes] = {};
  int64_t global[kMostAxes] = {};
  const size_t axes = sizes_.size();
  for (int64_t point = 0; point < elems_of(sizes_); ++point) {
    int64_t rest = point;
    for (size_t a = axes; a-- > 0; rest /= sizes_[a]) {
      local[a] = rest % sizes_[a];
      global[a] = local[a] + spec_.region.ranges[a].begin;
    }
    const std::span<const int64_t> here(local, axes);
    for (size_t i = 0; i < operands.size(); ++i) {
      elements[i] = element(operands[i], offset_of(here, operand_strides_[i]));
    }
    evaluate(spec_.expression, {elements, std::span(global, axes), spec_.space}, values);
    next = states;
    for (size_t r = 0, output = 0; r < spec_.rules.size(); output += components_of(spec_.rules[r++])) {
      const int64_t at = offset_of(here, result_strides_[r]);
      const double value = values[static_cast<size_t>(spec_.expression.results[r])];
      if (spec_.rules[r] == nullptr) {
        set_element(outputs[output], at, value);
      } else {
        const std::span<const int64_t> position(global, axes);
        spec_.rules[r]->take(next[at], value, position_among(reduced_[r], spec_.space, position));
        next += elems_[r];
      }
    }
  }
  for (size_t r = 0, output = 0; r < spec_.rules.size(); output += components_of(spec_.rules[r++])) {
    if (spec_.rules[r] == nullptr) continue;
    for (int64_t at = 0; at < elems_[r]; ++at, ++states) {
      for (size_t c = 0; c < spec_.rules[r]->components; ++c) {
        set_element(outputs[output + c], at, (*states)[c]);
      }
    }
  }
}

}  // namespace

Kernel pointwise_kernel(PointwiseSpec spec) {
  const auto points = std::make_shared<const Points>(std::move(spec));
  return {[points](const KernelContext& context) { points->run(context); }, points->scratch_bytes()};
}

}  // namespace weft::kernels::naive

namespace weft::reference {

namespace {

/// Copies of the operands in f64 would change nothing.
Kernel bind_pointwise(const Pointwise& op, const BindRequest& /*request*/) {
  return kernels::naive::pointwise_kernel(kernels::spec_of(op));
}

}  // namespace

void register_pointwise(Device& device) { device.add<Pointwise>(bind_pointwise); }

}  // namespace weft::reference
