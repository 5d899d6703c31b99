#pragma once
// Small random graphs, forward, backward and update, and random assignments of them: any of these must
// compute on a mesh what one rank computes.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "weft/graph/op_registry.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/norm/layer_norm.h"
#include "weft/ops/norm/softmax.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/dropout.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/reduce/column_sum.h"
#include "weft/ops/reduce/mean_spatial.h"
#include "weft/ops/reduce/reduce.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/ops/shape/concat.h"
#include "weft/ops/shape/pad.h"
#include "weft/ops/shape/reshape.h"
#include "weft/ops/shape/slice.h"
#include "weft/ops/shape/transpose.h"
#include "weft/ops/window/average_pool.h"
#include "weft/ops/window/convolution.h"
#include "weft/parallel/strategies/by_hand.h"

namespace weft::testing {

/// Grows a graph from inputs "x0", "x1" [N, S, C] and "step" op by op, each on values drawn from those that
/// there are. Parameters "w0", "w1", … are updated by their gradients; the state "running" starts at zero and
/// adds up one of the values.
class RandomGraph {
 public:
  explicit RandomGraph(uint64_t seed, DType dtype = DType::f64) : random_(seed), dtype_(dtype) {}

  Graph build() {
    const TensorType type{dtype_, {random_.between(1, 5), random_.between(2, 6), random_.between(1, 6)}};
    for (const char* name : {"x0", "x1"}) values_.push_back(build_.input(name, type, {"batch", "time", "c"}));
    step_ = build_.input("step", {DType::i64, {}}, {});
    const int64_t ops = random_.between(4, 9);
    for (int64_t i = 0; i < ops; ++i) values_.push_back(grow(pick()));
    learn();
    run_up(values_.back());
    return std::move(build_).build();
  }

 private:
  using Grower = ValueId (RandomGraph::*)(ValueId);

  ValueId pick() {
    return values_[static_cast<size_t>(random_.between(0, static_cast<int64_t>(values_.size()) - 1))];
  }
  /// A value of the same type as `like`.
  ValueId pick_like(ValueId like) {
    std::vector<ValueId> alike;
    std::copy_if(values_.begin(), values_.end(), std::back_inserter(alike),
                 [&](ValueId id) { return shape(id) == shape(like); });
    return alike[static_cast<size_t>(random_.between(0, static_cast<int64_t>(alike.size()) - 1))];
  }
  const Dims& shape(ValueId id) const { return build_.type(id).shape; }
  ValueId parameter(const Dims& dims) {
    parameters_.push_back(build_.state(fmt::format("w{}", parameters_.size()), {dtype_, dims},
                                       {Initializer::Kind::uniform, 1}, kParameter));
    return parameters_.back();
  }

  ValueId grow(ValueId x) {
    static constexpr Grower kAny[] = {
        &RandomGraph::contraction, &RandomGraph::norm,    &RandomGraph::curve,        &RandomGraph::soft,
        &RandomGraph::sum,         &RandomGraph::product, &RandomGraph::turned,       &RandomGraph::bias,
        &RandomGraph::folded,      &RandomGraph::dropped, &RandomGraph::standardized, &RandomGraph::weighed,
        &RandomGraph::beyond,      &RandomGraph::masked,  &RandomGraph::cut,          &RandomGraph::joined};
    static constexpr Grower kSpatial[] = {&RandomGraph::window, &RandomGraph::pooled, &RandomGraph::scores,
                                          &RandomGraph::spatial_mean};
    if (shape(x).size() == 3 && random_.between(0, 2) == 0) {
      return (this->*kSpatial[random_.between(0, std::ssize(kSpatial) - 1)])(x);
    }
    return (this->*kAny[random_.between(0, std::ssize(kAny) - 1)])(x);
  }

  ValueId contraction(ValueId x) {
    return linear(build_, x, parameter({shape(x).back(), random_.between(1, 6)}));
  }
  ValueId norm(ValueId x) {
    const Dims columns{shape(x).back()};
    const ValueId gamma = parameter(columns);
    // A large epsilon: nearly constant rows do not blow roundings up.
    return layer_norm(build_, x, gamma, parameter(columns), 0.1);
  }
  ValueId curve(ValueId x) {
    return random_.coin() ? tanh(build_, x) : gelu(build_, scale(build_, x, 0.7), GeluKind::erf);
  }
  ValueId soft(ValueId x) { return softmax(build_, x); }
  /// Often of sums that are owed on a mesh.
  ValueId sum(ValueId x) {
    std::vector<ValueId> terms{x, pick_like(x)};
    if (random_.coin()) terms.push_back(contraction_like(x));
    return add_n(build_, terms);
  }
  ValueId contraction_like(ValueId x) {
    return linear(build_, x, parameter({shape(x).back(), shape(x).back()}));
  }
  ValueId product(ValueId x) { return tanh(build_, multiply(build_, x, pick_like(x))); }
  ValueId turned(ValueId x) {
    std::vector<int> order(shape(x).size());
    for (size_t d = 0; d < order.size(); ++d) order[d] = static_cast<int>(d);
    for (size_t d = order.size(); d-- > 1;) {
      std::swap(order[d], order[static_cast<size_t>(random_.between(0, static_cast<int64_t>(d)))]);
    }
    return transpose(build_, x, order);
  }
  /// A sum over the leading dimensions, added to all of them.
  ValueId bias(ValueId x) {
    return add(build_, x, scale(build_, column_sum(build_, tanh(build_, x), 1), 0.1));
  }
  ValueId folded(ValueId x) {
    Dims dims = shape(x);
    if (dims.size() < 2) return scale(build_, x, 0.5);
    const auto at = static_cast<size_t>(random_.between(0, static_cast<int64_t>(dims.size()) - 2));
    dims[at] *= dims[at + 1];
    dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    const ValueId merged = tanh(build_, reshape(build_, x, dims));
    return random_.coin() ? merged : reshape(build_, merged, shape(x));
  }
  /// Some axes of a value, and those that are left.
  std::pair<std::vector<int>, std::vector<int>> some_axes(ValueId x) {
    std::pair<std::vector<int>, std::vector<int>> axes;
    for (int axis = 0; axis < std::ssize(shape(x)); ++axis) {
      (random_.coin() ? axes.first : axes.second).push_back(axis);
    }
    return axes;
  }
  ValueId standardized(ValueId x) {
    const auto [gone, kept] = some_axes(x);
    const std::vector<ValueId> moments = reduce(build_, "moments", {x}, "x0", gone);
    return pointwise_beside(build_, x, {{moments[0], kept}, {moments[1], kept}},
                            "(x0 - x1) * rsqrt(x2 * 0.1 + 0.1)");
  }
  ValueId weighed(ValueId x) {
    const auto [gone, kept] = some_axes(x);
    const std::vector<ValueId> pair = reduce(build_, "max_exp_sum", {x}, "x0 * 0.5", gone);
    return pointwise_beside(build_, x, {{pair[0], kept}, {pair[1], kept}}, "exp(x0 * 0.5 - x1) / x2");
  }
  ValueId beyond(ValueId x) {
    const auto [gone, kept] = some_axes(x);
    if (random_.coin()) {
      const std::vector<ValueId> found = reduce(build_, "argmax", {x}, "x0", gone);
      return pointwise_beside(build_, x, {{found[0], kept}, {found[1], kept}},
                              "x0 - 0.5 * x1 + 0.125 * real(n2)");
    }
    const ValueId extreme = reduce(build_, random_.coin() ? "max" : "min", {x}, "x0", gone)[0];
    return pointwise_beside(build_, x, {{extreme, kept}}, "x0 - 0.5 * x1");
  }
  /// By packed bits, beside the share of them along some axes.
  ValueId masked(ValueId x) {
    const auto [gone, kept] = some_axes(x);
    const ValueId mask = pointwise(build_, {x}, "x0 > 0.3173", DType::bit);
    const ValueId count = reduce(build_, "sum", {mask}, "n0", gone)[0];
    std::vector<int> all(shape(x).size());
    std::iota(all.begin(), all.end(), 0);
    return pointwise_beside(build_, x, {{mask, all}, {count, kept}},
                            "select(n1 != 0, x0, 0.3173) * rsqrt(real(2 + n2))");
  }
  /// A box of x; sometimes where it lay in x, with zeros around it.
  ValueId cut(ValueId x) {
    const Dims dims = shape(x);
    Region box;
    Dims low;
    Dims high;
    for (const int64_t size : dims) {
      const int64_t begin = random_.between(0, (size - 1) / 2);
      box.ranges.push_back({begin, random_.between(begin + 1, size)});
      low.push_back(begin);
      high.push_back(size - box.ranges.back().end);
    }
    const ValueId taken = tanh(build_, slice(build_, x, box));
    return random_.coin() ? taken : pad(build_, taken, low, high);
  }
  /// A value and a part of one like it, one behind the other; sometimes as much of both as one has.
  ValueId joined(ValueId x) {
    const int axis = static_cast<int>(random_.between(0, std::ssize(shape(x)) - 1));
    const ValueId like = pick_like(x);
    const int64_t size = shape(x)[static_cast<size_t>(axis)];
    const ValueId part = slice(build_, like, axis, 0, random_.between(1, size));
    std::vector<ValueId> parts{x, part};
    if (random_.coin()) std::swap(parts[0], parts[1]);
    const ValueId whole = concat(build_, parts, axis);
    if (random_.coin() && size < 6) return whole;
    const int64_t begin = random_.between(0, shape(whole)[static_cast<size_t>(axis)] - size);
    return slice(build_, whole, axis, begin, begin + size);
  }
  ValueId dropped(ValueId x) { return dropout(build_, x, step_, 0.3, 5, values_.size()); }
  ValueId window(ValueId x) {
    const int64_t kernel = random_.between(1, std::min<int64_t>(3, shape(x)[1]));
    WindowOptions options;
    options.stride = {random_.between(1, 2)};
    options.pad_low = {random_.between(0, kernel - 1)};
    options.pad_high = {random_.between(0, kernel - 1)};
    return convolution(build_, x, parameter({random_.between(1, 4), shape(x)[2], kernel}), options);
  }
  ValueId pooled(ValueId x) {
    const int64_t kernel = random_.between(1, std::min<int64_t>(3, shape(x)[1]));
    return average_pool(build_, x, {kernel}, {.stride = {random_.between(1, 2)}});
  }
  /// Every position of a row times every other.
  ValueId scores(ValueId x) {
    return tanh(build_, matmul(build_, x, pick_like(x), {.batch = 1, .transpose_b = true}));
  }
  ValueId spatial_mean(ValueId x) { return mean_spatial(build_, x); }

  void learn() {
    std::vector<ValueId> losses;
    for (size_t i = values_.size() - 2; i < values_.size(); ++i) {
      build_.output(fmt::format("y{}", i), values_[i]);
      losses.push_back(reduce_sum(build_, multiply(build_, values_[i], values_[i]), 0.1));
    }
    const ValueId loss = add_n(build_, losses);
    build_.output("loss", loss);
    std::vector<ValueId> targets = parameters_;
    targets.push_back(values_[0]);
    const auto found = gradients(build_, loss, targets);
    for (size_t t = 0; t < targets.size(); ++t) {
      if (!found[t]) continue;
      build_.output(fmt::format("gradient{}", t), *found[t]);
      if (t == parameters_.size()) continue;
      build_.update(targets[t], add(build_, targets[t], scale(build_, *found[t], -0.01)));
    }
  }

  void run_up(ValueId term) {
    const ValueId running = build_.state("running", build_.type(term), {}, kBuffer);
    build_.output("twice", scale(build_, running, 2));
    build_.update(running, add_n(build_, std::vector{running, term}));
    const BuilderScope scope = build_.in(build_.segment({"clear", Cadence::each_step()}));
    build_.update(running, fill(build_, build_.type(term), 0));
  }

  CaseRandom random_;
  DType dtype_;
  GraphBuilder build_;
  std::vector<ValueId> values_;
  std::vector<ValueId> parameters_;
  ValueId step_;
};

/// Splits every node over random mesh axes in a random order, wherever its index map allows it, and lays
/// every input and state out at random; what starts at zero may be partial.
class RandomSplits {
 public:
  RandomSplits(const Mesh& mesh, uint64_t seed) : mesh_(mesh), seed_(seed) {}

  ByHand strategy() const {
    return ByHand([this](const Graph&, NodeId id, const IndexMap& map) { return node(id, map); },
                  [this](const Graph& graph, ValueId id) { return value(graph.value(id), id); });
  }

 private:
  std::vector<int> shuffled_axes(CaseRandom& random) const {
    std::vector<int> axes;
    for (int m = 0; m < mesh_.axes(); ++m) {
      axes.insert(axes.begin() + static_cast<std::ptrdiff_t>(random.between(0, m)), m);
    }
    return axes;
  }

  std::vector<std::vector<int>> node(NodeId id, const IndexMap& map) const {
    CaseRandom random(seed_ * 1009 + id.at());
    std::vector<std::vector<int>> axes(map.axes.size());
    for (const int m : shuffled_axes(random)) {
      if (map.axes.empty() || random.between(0, 3) == 0) continue;
      const auto a = static_cast<size_t>(random.between(0, static_cast<int64_t>(map.axes.size()) - 1));
      const Axis& axis = map.axes[a];
      const int64_t parts = mesh_.group_size(axes[a]) * mesh_.axis(m).size;
      if (axis.kind == AxisKind::whole || (axis.kind == AxisKind::even && axis.size % parts != 0)) continue;
      axes[a].push_back(m);
    }
    return axes;
  }

  Placement value(const Value& value, ValueId id) const {
    CaseRandom random(seed_ * 2003 + id.at());
    Placement placement = Placement::replicate(value.type.shape.size());
    for (const int m : shuffled_axes(random)) {
      // One past the dimensions: partial; past that: replicated.
      const auto dims = static_cast<int64_t>(placement.sharded.size());
      const int64_t choice = random.between(0, dims + 1);
      if (choice < dims) placement.sharded[static_cast<size_t>(choice)].push_back(m);
      if (choice == dims && value.name == "running") placement.partial.push_back(m);
    }
    std::sort(placement.partial.begin(), placement.partial.end());
    return placement;
  }

  Mesh mesh_;
  uint64_t seed_;
};

}  // namespace weft::testing
