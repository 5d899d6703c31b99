// The law of partition: every op, on random shapes and random meshes, gives on all ranks together what it
// gives on one, and so do its gradients.
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "tests/ops/interpreter.h"
#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/cast.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/parallel/strategies/named_axes.h"
#include "weft/plan/pipeline.h"
#include "weft/run/executor.h"

namespace weft {
namespace {

constexpr int kCasesPerOp = 6;

struct Built {
  Graph graph;
  std::vector<std::string> dimensions;  ///< names of the inputs' dimensions: what a mesh axis may split
  std::map<std::string, int64_t> integer_bound;
  double low = -2;
  double high = 2;
};

Built build_case(const OpCase& op_case) {
  Built built;
  built.low = op_case.low;
  built.high = op_case.high;
  GraphBuilder build;
  std::vector<ValueId> inputs;
  std::vector<ValueId> targets;
  for (size_t i = 0; i < op_case.inputs.size(); ++i) {
    std::vector<std::string> names;
    for (size_t d = 0; d < op_case.inputs[i].shape.size(); ++d) names.push_back(fmt::format("x{}.{}", i, d));
    built.dimensions.insert(built.dimensions.end(), names.begin(), names.end());
    const std::string name = fmt::format("x{}", i);
    if (i < op_case.integer_bound.size()) built.integer_bound[name] = op_case.integer_bound[i];
    inputs.push_back(build.input(name, op_case.inputs[i], names));
    if (op_case.differentiable[i]) targets.push_back(inputs.back());
  }
  const std::vector<ValueId> results = op_case.build(build, inputs);
  for (size_t r = 0; r < results.size(); ++r) {
    // Positions are compared as numbers.
    const bool real = is_floating(build.type(results[r]).dtype);
    build.output(fmt::format("y{}", r),
                 real ? results[r] : pointwise(build, {results[r]}, "real(n0)", DType::f64));
  }
  if (!targets.empty()) {
    std::vector<ValueId> sums;
    for (const ValueId id : results) {
      if (!is_floating(build.type(id).dtype)) continue;
      // Squares: a loss whose gradient differs from element to element, without more inputs.
      sums.push_back(reduce_sum(build, multiply(build, id, id)));
    }
    const ValueId loss = sums.size() == 1 ? sums[0] : add_n(build, sums);
    const auto found = gradients(build, loss, targets);
    for (size_t t = 0; t < found.size(); ++t) {
      if (found[t]) build.output(fmt::format("dx{}", t), *found[t]);
    }
  }
  built.graph = std::move(build).build();
  return built;
}

void fill_inputs(const Executor& executor, const Built& built, uint64_t seed) {
  for (const auto& [name, named] : executor.program().named) {
    if (named.kind != ValueKind::input) continue;
    const View view = executor.view(name);
    const Dims local = strides_of(named.where.region.shape());
    const Dims global = strides_of(named.where.global_type.shape);
    const RandomStream stream{seed, static_cast<uint64_t>(name.back()), 5};
    const auto bound = built.integer_bound.find(name);
    for (int64_t i = 0; i < view.elems(); ++i) {
      int64_t rest = i;
      int64_t at = 0;
      for (size_t d = 0; d < local.size(); ++d) {
        at += (rest / local[d] + named.where.region.ranges[d].begin) * global[d];
        rest %= local[d];
      }
      const double u = stream.uniform(static_cast<uint64_t>(at));
      const int64_t limit = bound != built.integer_bound.end() ? bound->second : 0;
      if (view.type.dtype == DType::f64) view.as<double>()[i] = built.low + (built.high - built.low) * u;
      if (view.type.dtype == DType::i32) {
        view.as<int32_t>()[i] = static_cast<int32_t>(u * static_cast<double>(limit));
      }
      if (view.type.dtype == DType::i64) {
        view.as<int64_t>()[i] = 1 + static_cast<int64_t>(u * static_cast<double>(limit));  // a step, from 1
      }
    }
  }
}

/// Outputs of one run by name. Collective over `world`.
std::map<std::string, std::vector<double>> outputs_on(const Built& built, const Mesh& mesh,
                                                      const NamedAxesOptions& axes, const Communicator& world,
                                                      uint64_t seed) {
  PlanOptions options;
  options.mesh = mesh;
  const NamedAxes strategy(axes);
  options.strategy = &strategy;
  options.rank = world.rank();
  StateStore store;
  Executor executor(make_plan(built.graph, testing::device_named("cpu"), options).program, store, world);
  const SegmentId segment = executor.program().at("accumulate");
  fill_inputs(executor, built, seed);
  executor.run(segment);
  std::map<std::string, std::vector<double>> results;
  for (const GraphOutput& output : built.graph.outputs()) {
    const View view = executor.output(segment, output.name);
    if (view.type.dtype != DType::f64) continue;
    results[output.name] = {view.as<double>(), view.as<double>() + view.elems()};
  }
  // What MPI is handed is what was planned, group by group.
  const auto planned = planned_network_bytes(executor.program().segment(segment));
  for (const auto& [group, handed] : executor.network_bytes()) {
    EXPECT_EQ(handed, planned.contains(group) ? planned.at(group) : 0)
        << "over the axes " << fmt::format("{}", fmt::join(group, ","));
  }
  return results;
}

/// Meshes of 1 to 3 axes whose sizes make up `ranks`.
Mesh random_mesh(int ranks, CaseRandom& random) {
  std::vector<MeshAxis> axes;
  int left = ranks;
  while (left > 1 && axes.size() < 3) {
    int size = axes.size() == 2 || random.coin() ? left : 2;
    if (left % size != 0) size = left;
    axes.push_back({fmt::format("m{}", axes.size()), size});
    left /= size;
  }
  return Mesh(std::move(axes));
}

/// Splits each mesh axis over a random input dimension; tells whether the graph allows it.
bool choose(const Built& built, const Mesh& mesh, CaseRandom& random, NamedAxesOptions& options) {
  if (built.dimensions.empty()) return false;
  for (int m = 0; m < mesh.axes(); ++m) {
    const auto pick =
        static_cast<size_t>(random.between(0, static_cast<int64_t>(built.dimensions.size()) - 1));
    options.input_dimension[mesh.axis(m).name] = built.dimensions[pick];
  }
  try {
    NamedAxes(options).assign(built.graph, mesh, Machine{});
  } catch (const UserError&) {
    return false;
  }
  return true;
}

TEST(Partition, EveryOpGivesOnAnyMeshWhatItGivesOnOneRank) {
  const Communicator world = Communicator::world();
  const Communicator alone = world.split(world.rank(), 0);
  OpRegistry registry;
  register_all_ops(registry);
  int split = 0;
  for (const std::string& name : registry.ops_with_cases()) {
    for (uint64_t seed = 1; seed <= kCasesPerOp; ++seed) {
      CaseRandom random(seed * 1000 + name.size());
      const Built built = build_case(registry.draw_case(name, random));
      const Mesh mesh = random_mesh(world.size(), random);
      NamedAxesOptions options;
      bool possible = false;
      for (int attempt = 0; attempt < 6 && !possible; ++attempt)
        possible = choose(built, mesh, random, options);
      if (!possible) continue;
      ++split;
      SCOPED_TRACE(fmt::format("{} seed {} mesh {}", name, seed, mesh.to_string()));
      const auto whole = outputs_on(built, Mesh(), {}, alone, seed);
      const auto parts = outputs_on(built, mesh, options, world, seed);
      for (const auto& [output, expected] : whole) {
        const std::vector<double>& got = parts.at(output);
        ASSERT_EQ(got.size(), expected.size()) << output;
        for (size_t i = 0; i < got.size(); ++i) {
          // Sums come in another order: a few roundings of f64, relative to sums of up to some thousand
          // terms.
          ASSERT_NEAR(got[i], expected[i], 1e-9 * (1 + std::abs(expected[i]))) << output << " element " << i;
        }
      }
    }
  }
  EXPECT_GT(split, 50) << "most ops must have something to split";
}

}  // namespace
}  // namespace weft
