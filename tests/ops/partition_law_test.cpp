// Of ops/, graph/index_map.h: the law that partitioning rests on: an output made in parts along any axis that
// an index map lets split, each from the regions that the map says it needs, equals the whole; parts of a
// reduced axis combine to it. Checked for every node of every case, forward and backward.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/ops/case_graph.h"

namespace weft::testing {
namespace {

/// Which output dimension an axis is the major one of.
struct SplitDim {
  size_t output = 0;
  size_t dim = 0;
};

std::optional<SplitDim> output_dim_of(const IndexMap& map, int axis) {
  for (size_t o = 0; o < map.outputs.size(); ++o) {
    for (size_t d = 0; d < map.outputs[o].size(); ++d) {
      const IndexDim& dim = map.outputs[o][d];
      if (!dim.terms.empty() && dim.terms.front().axis == axis) return SplitDim{o, d};
    }
  }
  return std::nullopt;
}

class Law {
 public:
  Law(const Node& node, std::vector<View> inputs, std::vector<View> outputs)
      : op_(*node.op),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)),
        input_types_(types_of(inputs_)),
        output_types_(types_of(outputs_)),
        map_(op_.index_map(input_types_, output_types_)) {}

  void check_all() {
    for (size_t axis = 0; axis < map_.axes.size(); ++axis) {
      for (const int64_t parts : {2, 3}) {
        const Axis& a = map_.axes[axis];
        if (a.kind == AxisKind::whole || (a.kind == AxisKind::even && a.size % parts != 0)) continue;
        SCOPED_TRACE(std::string(op_.name()) + " " + attribute_text(op_) + " axis " + a.name + " in " +
                     std::to_string(parts));
        check(static_cast<int>(axis), parts);
      }
    }
  }

 private:
  void check(int axis, int64_t parts) {
    std::vector<std::vector<double>> made;
    for (size_t o = 0; o < outputs_.size(); ++o) {
      // What no part writes stays NaN and is found; what is combined starts from its neutral element.
      const double start = map_.reduces(axis, o) ? neutral(op_.traits().combine_of(o)) : std::nan("");
      made.emplace_back(static_cast<size_t>(outputs_[o].elems()), start);
    }
    gathered_.assign(outputs_.size(), {});
    points_.assign(outputs_.size(), {});
    for (int64_t part = 0; part < parts; ++part) run_part(axis, parts, part, made);
    join(made);
    for (size_t o = 0; o < outputs_.size(); ++o) {
      const std::vector<double> whole = to_doubles(outputs_[o]);
      for (size_t e = 0; e < whole.size(); ++e) {
        // Sums in another order: f64 rounding of at most a few thousand terms near one.
        ASSERT_NEAR(made[o][e], whole[e], 1e-10 * (1 + std::abs(whole[e])))
            << "output " << o << "[" << e << "]";
      }
    }
  }

  static double neutral(Combine combine) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return combine == Combine::max ? -kInfinity : combine == Combine::min ? kInfinity : 0;
  }

  /// What is gathered becomes whole as the op says.
  void join(std::vector<std::vector<double>>& made) const {
    GraphBuilder build;
    std::vector<std::optional<ValueId>> stacked(outputs_.size());
    bool any = false;
    for (size_t o = 0; o < outputs_.size(); ++o) {
      if (gathered_[o].empty()) continue;
      Dims shape = output_types_[o].shape;
      shape.insert(shape.begin(), std::ssize(points_[o]));
      stacked[o] = build.input("parts" + std::to_string(o), {output_types_[o].dtype, shape},
                               std::vector<std::string>(shape.size(), "d"));
      any = true;
    }
    if (!any) return;
    const std::vector<std::optional<ValueId>> whole = op_.join_parts(build, {stacked, points_});
    const Graph graph = std::move(build).build();
    Interpreter run(graph);
    for (size_t o = 0; o < outputs_.size(); ++o) {
      if (stacked[o]) run.set(*stacked[o], gathered_[o]);
    }
    run.run();
    for (size_t o = 0; o < outputs_.size(); ++o) {
      if (stacked[o]) made[o] = run.get(whole[o].value());
    }
  }

  std::vector<Range> axis_ranges(int axis, int64_t parts, int64_t part,
                                 const std::optional<SplitDim>& split) const {
    std::vector<Range> ranges;
    for (const Axis& a : map_.axes) ranges.push_back({0, a.size});
    Range& range = ranges[static_cast<size_t>(axis)];
    if (split) {
      const Range wanted = split_range(output_types_[split->output].shape[split->dim], parts, part);
      range = major_axis_range(map_, map_.outputs[split->output][split->dim], wanted);
    } else {
      range = split_range(range.end, parts, part);
    }
    return ranges;
  }

  void run_part(int axis, int64_t parts, int64_t part, std::vector<std::vector<double>>& made) {
    const std::optional<SplitDim> split = output_dim_of(map_, axis);
    const std::vector<Range> ranges = axis_ranges(axis, parts, part, split);
    count_points(ranges);
    std::vector<Region> in;
    std::vector<Region> out;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      in.push_back(touched_region(map_.inputs[i], ranges, input_types_[i].shape));
    }
    for (size_t o = 0; o < outputs_.size(); ++o) {
      out.push_back(touched_region(map_.outputs[o], ranges, output_types_[o].shape));
      for (size_t d = 0; d < out[o].ranges.size(); ++d) {
        // An output dimension of several terms is owned in part, and the positions that no term reaches in
        // full.
        const bool splits =
            split && !map_.outputs[o][d].terms.empty() && map_.outputs[o][d].terms.front().axis == axis;
        const int64_t size = output_types_[o].shape[d];
        out[o].ranges[d] = splits ? split_range(size, parts, part) : Range{0, size};
      }
    }
    run_local({input_types_, output_types_, in, out}, axis, made);
  }

  /// Along the axes that each output lacks.
  void count_points(const std::vector<Range>& ranges) {
    for (size_t o = 0; o < outputs_.size(); ++o) {
      int64_t points = 1;
      for (size_t a = 0; a < ranges.size(); ++a) {
        if (map_.reduces(static_cast<int>(a), o)) points *= ranges[a].size();
      }
      points_[o].push_back(points);
    }
  }

  void run_local(const LocalRegions& regions, int axis, std::vector<std::vector<double>>& made) {
    const OpPtr localized = op_.localize(regions);
    const Op& op = localized ? *localized : op_;
    std::vector<Tensor> in;
    std::vector<Tensor> out;
    std::vector<View> in_views;
    std::vector<View> out_views;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      in.emplace_back(TensorType{input_types_[i].dtype, regions.inputs[i].shape()});
      in_views.push_back(in.back().view());
      copy_region(inputs_[i], Region::all(input_types_[i].shape), in_views[i], regions.inputs[i],
                  regions.inputs[i]);
    }
    for (size_t o = 0; o < outputs_.size(); ++o) {
      out.emplace_back(TensorType{output_types_[o].dtype, regions.outputs[o].shape()});
      out_views.push_back(out.back().view());
    }
    ASSERT_EQ(op.infer(types_of(in_views)), types_of(out_views)) << "the local types do not fit";
    op.index_map(types_of(in_views), types_of(out_views));
    run_op(op, in_views, out_views);
    for (size_t o = 0; o < outputs_.size(); ++o) combine(o, axis, out_views[o], regions.outputs[o], made[o]);
  }

  void combine(size_t o, int axis, const View& local, const Region& region, std::vector<double>& made) {
    const std::vector<double> part = to_doubles(local);
    if (map_.reduces(axis, o)) {
      const Combine how = op_.traits().combine_of(o);
      if (how == Combine::gather) gathered_[o].insert(gathered_[o].end(), part.begin(), part.end());
      for (size_t e = 0; e < part.size(); ++e) {
        made[e] = how == Combine::max   ? std::max(made[e], part[e])
                  : how == Combine::min ? std::min(made[e], part[e])
                                        : made[e] + part[e];
      }
      return;
    }
    Tensor whole(TensorType{DType::f64, output_types_[o].shape});
    Tensor piece(TensorType{DType::f64, region.shape()});
    from_doubles(made, whole.view());
    from_doubles(part, piece.view());
    copy_region(piece.view(), region, whole.view(), Region::all(output_types_[o].shape), region);
    made = to_doubles(whole.view());
  }

  const Op& op_;
  std::vector<View> inputs_;
  std::vector<View> outputs_;
  std::vector<TensorType> input_types_;
  std::vector<TensorType> output_types_;
  IndexMap map_;
  std::vector<std::vector<double>> gathered_;  ///< by output: of all parts, one after the other
  std::vector<std::vector<int64_t>> points_;   ///< by output: of each part
};

TEST(EveryOp, PartsAlongAnyAxisMakeTheWhole) {
  const OpRegistry registry = all_ops();
  for_every_case(registry, 12, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    SCOPED_TRACE(name + " seed " + std::to_string(seed));
    const CaseGraph made = case_graph(op_case, dtypes_of(op_case));
    Interpreter run(made.graph);
    feed(run, made, seed);
    run.run();
    for (const Node& node : made.graph.nodes()) {
      Law(node, run.views(node.inputs), run.views(node.outputs)).check_all();
    }
  });
}

}  // namespace
}  // namespace weft::testing
