#include "weft/kernels/pointwise_layout.h"

#include "weft/base/check.h"

namespace weft::kernels {

namespace {

/// The position that a node reads: along its axis, or row-major along the axes of its random bits.
Affine position_of(const ScalarNode& node, const PointwiseSpec& spec) {
  Affine affine{0, Dims(spec.space.size(), 0)};
  std::vector<int> axes = node.axes;
  if (node.kind == ScalarNode::Kind::index) axes = {node.number};
  int64_t step = 1;
  for (size_t i = axes.size(); i-- > 0;) {
    const auto axis = static_cast<size_t>(axes[i]);
    affine.strides[axis] = step;
    affine.offset += step * spec.region.ranges[axis].begin;
    step *= spec.space[axis];
  }
  return affine;
}

/// Axes from the outermost: those of the result, or else the operand, that has most, within the others.
std::vector<int> iteration_order(const PointwiseSpec& spec) {
  std::vector<std::vector<int>> lists = spec.result_axes;
  lists.insert(lists.end(), spec.operand_axes.begin(), spec.operand_axes.end());
  const std::vector<int> most = *std::max_element(
      lists.begin(), lists.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  std::vector<int> order;
  for (int axis = 0; axis < static_cast<int>(spec.space.size()); ++axis) {
    if (std::find(most.begin(), most.end(), axis) == most.end()) order.push_back(axis);
  }
  order.insert(order.end(), most.begin(), most.end());
  return order;
}

class Arranger {
 public:
  Arranger(const PointwiseSpec& spec, std::span<const ScalarNode> positions) {
    for (Dims& strides : strides_along_axes(spec, spec.operand_axes)) all_.push_back({0, std::move(strides)});
    for (Dims& strides : strides_along_axes(spec, spec.result_axes)) all_.push_back({0, std::move(strides)});
    for (const ScalarNode& node : positions) all_.push_back(position_of(node, spec));
    const Dims sizes = spec.region.shape();
    for (const int axis : iteration_order(spec)) {
      const auto a = static_cast<size_t>(axis);
      if (sizes[a] == 1) continue;
      kept_.push_back(a);
      sizes_.push_back(sizes[a]);
    }
    for (Affine& affine : all_) {
      Dims strides;
      for (const size_t a : kept_) strides.push_back(affine.strides[a]);
      affine.strides = std::move(strides);
    }
  }

  PointLayout run(size_t operands, size_t results) {
    for (size_t a = sizes_.size(); a-- > 1;) {
      if (joins(a)) join(a);
    }
    if (sizes_.empty()) {
      sizes_ = {1};
      for (Affine& affine : all_) affine.strides = {0};
    }
    PointLayout layout;
    layout.sizes = sizes_;
    const auto first = all_.begin();
    const auto of_results = first + static_cast<std::ptrdiff_t>(operands);
    const auto of_positions = of_results + static_cast<std::ptrdiff_t>(results);
    layout.operands.assign(first, of_results);
    layout.results.assign(of_results, of_positions);
    layout.positions.assign(of_positions, all_.end());
    return layout;
  }

 private:
  /// Whether axes a - 1 and a can be one.
  bool joins(size_t a) const {
    return std::all_of(all_.begin(), all_.end(), [&](const Affine& affine) {
      return affine.strides[a - 1] == affine.strides[a] * sizes_[a];
    });
  }

  void join(size_t a) {
    const auto at = static_cast<std::ptrdiff_t>(a);
    sizes_[a - 1] *= sizes_[a];
    sizes_.erase(sizes_.begin() + at);
    for (Affine& affine : all_) affine.strides.erase(affine.strides.begin() + at - 1);
  }

  std::vector<Affine> all_;
  std::vector<size_t> kept_;
  Dims sizes_;
};

}  // namespace

bool Affine::is_constant() const {
  return std::all_of(strides.begin(), strides.end(), [](int64_t stride) { return stride == 0; });
}

bool PointLayout::is_dense(const Affine& affine) const {
  int64_t step = 1;
  for (size_t a = sizes.size(); a-- > 0; step *= sizes[a]) {
    if (sizes[a] != 1 && affine.strides[a] != step) return false;
  }
  return true;
}

PointLayout layout_points(const PointwiseSpec& spec, std::span<const ScalarNode> positions) {
  return Arranger(spec, positions).run(spec.operand_axes.size(), spec.result_axes.size());
}

}  // namespace weft::kernels
