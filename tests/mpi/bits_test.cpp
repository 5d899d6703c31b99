// Packed bits whose parts begin and end within bytes: gathered, and exchanged, between real processes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/ops/interpreter.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/parallel/strategies/by_hand.h"
#include "weft/plan/pipeline.h"
#include "weft/run/executor.h"

namespace weft::testing {
namespace {

bool is_set(int64_t at) { return (at * at + at / 3) % 5 < 2; }

/// The state "mask" [13, 5], divided along `state_dim`, is turned over by a node that is divided along its
/// first axis and one along its second. Outputs are whole.
Graph turned_twice() {
  GraphBuilder build;
  const ValueId mask = build.state("mask", {DType::bit, {13, 5}}, {}, kBuffer);
  const ValueId once = pointwise(build, {mask}, "1 - n0", DType::bit);
  const ValueId twice = pointwise(build, {once}, "n0 == 0", DType::bit);
  build.output("once", once);
  build.output("twice", twice);
  return std::move(build).build();
}

void set_part(const View& view, const Region& part) {
  int64_t at = 0;
  for (int64_t row = part.ranges[0].begin; row < part.ranges[0].end; ++row) {
    for (int64_t column = part.ranges[1].begin; column < part.ranges[1].end; ++column) {
      store_bit(view.data, at++, is_set(row * 5 + column));
    }
  }
}

TEST(PackedBits, AreWholeWhereverPartsOfThemLay) {
  const Communicator world = Communicator::world();
  const Mesh mesh({{"a", world.size()}});
  const Graph graph = turned_twice();
  for (const size_t state_dim : {0, 1}) {
    const ByHand strategy(
        [](const Graph&, NodeId id, const IndexMap& map) {
          std::vector<std::vector<int>> axes(map.axes.size());
          axes[id.at() % 2].push_back(0);
          return axes;
        },
        [&](const Graph&, ValueId) {
          Placement placement = Placement::replicate(2);
          placement.sharded[state_dim].push_back(0);
          return placement;
        });
    PlanOptions options;
    options.mesh = mesh;
    options.rank = world.rank();
    options.strategy = &strategy;
    StateStore store;
    Executor executor(make_plan(graph, device_named("cpu"), options).program, store, world);
    const SegmentId segment = executor.program().at("accumulate");
    const NamedSlot& state = executor.program().named.at("mask");
    set_part(executor.view("mask"), state.where.region);
    executor.run(segment);
    for (const auto& [name, expected] : {std::pair{"once", false}, {"twice", true}}) {
      const View whole = executor.output(segment, name);
      ASSERT_EQ(whole.type, (TensorType{DType::bit, {13, 5}}));
      for (int64_t i = 0; i < whole.elems(); ++i) {
        ASSERT_EQ(load_bit(whole.data, i), is_set(i) == expected) << name << " element " << i;
      }
    }
    if (world.size() == 1) continue;
    int64_t handed = 0;
    for (const auto& [axes, bytes] : executor.network_bytes()) handed += bytes;
    int64_t planned = 0;
    for (const auto& [axes, bytes] : planned_network_bytes(executor.program().segment(segment)))
      planned += bytes;
    EXPECT_EQ(handed, planned);
    // At most two gathers and an exchange of nine bytes and a few of padding.
    EXPECT_LE(handed, 64);
  }
}

}  // namespace
}  // namespace weft::testing
