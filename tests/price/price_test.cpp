// The laws of prices.
#include "weft/price/price.h"

#include <gtest/gtest.h>

#include <numeric>

#include "weft/graph/op.h"

namespace weft {
namespace {

// Formulas in another order of operations: a few roundings of f64.
constexpr double kRounding = 1e-12;

Machine simple_machine() {
  Machine machine;
  machine.gflops = {{DType::f64, 10}, {DType::f32, 100}, {DType::bf16, 400}};
  machine.memory_gbps = 20;
  machine.launch_us = 1;
  machine.network = {{"node", 4, 1, 8000}, {"network", std::nullopt, 5, 1000}};
  return machine;
}

/// As many operations a point as it is told.
class Arithmetic final : public Op {
 public:
  explicit Arithmetic(double flops_per_point, bool view = false) : flops_(flops_per_point), view_(view) {}
  std::string_view name() const override { return "work"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override { return {inputs[0]}; }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    IndexMap map;
    map.axes.push_back({"n", inputs.empty() ? 1 : inputs[0].elems()});
    return map;
  }
  Traits traits() const override {
    Traits traits;
    traits.flops_per_point = flops_;
    traits.view = view_;
    return traits;
  }

 private:
  double flops_;
  bool view_;
};

class Comm final : public Op {
 public:
  explicit Comm(CommSpec spec) : spec_(std::move(spec)) {}
  std::string_view name() const override { return "comm"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override { return {inputs[0]}; }
  IndexMap index_map(std::span<const TensorType>, std::span<const TensorType>) const override { return {}; }
  const CommSpec* communication() const override { return &spec_; }

 private:
  CommSpec spec_;
};

Price price_of(const Op& op, const TensorType& type, const Machine& machine) {
  const std::vector<TensorType> types{type};
  return price({op, types, types, {}}, machine);
}

std::vector<int> first_ranks(int count) {
  std::vector<int> ranks(static_cast<size_t>(count));
  std::iota(ranks.begin(), ranks.end(), 0);
  return ranks;
}

/// Of `elems` f32 among ranks, each having a part: sizes need not be equal.
Price price_comm(CommKind kind, const std::vector<int64_t>& parts, const std::vector<int>& group,
                 const Machine& machine) {
  CommSpec spec{.kind = kind, .mesh_axes = {0}, .group_size = static_cast<int>(group.size())};
  int64_t elems = 0;
  for (const int64_t part : parts) {
    spec.parts.push_back(Region{{{elems, elems + part}}});
    elems += part;
  }
  const int64_t own = kind == CommKind::all_gather ? parts[0] : elems;
  const std::vector<TensorType> types{{DType::f32, {own}}};
  return price({Comm(spec), types, types, group}, machine);
}

Price price_even(CommKind kind, int64_t elems, const std::vector<int>& group, const Machine& machine) {
  const auto ranks = std::ssize(group);
  return price_comm(kind, std::vector<int64_t>(group.size(), elems / ranks), group, machine);
}

Price price_exchange(const std::vector<int64_t>& sends, const std::vector<int64_t>& receives,
                     const Machine& machine) {
  CommSpec spec{.kind = CommKind::exchange, .mesh_axes = {0}, .group_size = 4};
  for (const int64_t elems : sends) spec.sends.push_back({1, Region{{{0, elems}}}});
  for (const int64_t elems : receives) spec.receives.push_back({1, Region{{{0, elems}}}});
  const std::vector<TensorType> types{{DType::f32, {100}}};
  return price({Comm(spec), types, types, first_ranks(4)}, machine);
}

TEST(Price, IsTheRoofline) {
  const Machine machine = simple_machine();
  // 10^6 elements of f32: 4 MB in, 4 MB out, 0.4 ms at 20 GB/s.
  const TensorType type{DType::f32, {1000000}};
  const Price light = price_of(Arithmetic(1), type, machine);
  EXPECT_EQ(light.bound, Bound::memory);
  EXPECT_NEAR(light.ms, 0.4 + 0.001, kRounding);
  EXPECT_EQ(light.moved_bytes, 8000000);
  EXPECT_EQ(light.flops, 1e6);
  const Price heavy = price_of(Arithmetic(100), type, machine);  // 10^8 flops: 1 ms at 100 Gflop/s
  EXPECT_EQ(heavy.bound, Bound::arithmetic);
  EXPECT_NEAR(heavy.ms, 1 + 0.001, kRounding);
  EXPECT_EQ(heavy.network_bytes, 0);
  EXPECT_EQ(heavy.messages, 0);
}

TEST(Price, BytesThatTheKernelMovesBeyondTheLeastTakeTime) {
  const std::vector<TensorType> types{{DType::f32, {1000000}}};  // the least: 8 MB, 0.4 ms at 20 GB/s
  const Arithmetic op(1);
  const Price more = price({op, types, types, {}, 4000000}, simple_machine());
  EXPECT_EQ(more.least_bytes, 8000000);
  EXPECT_EQ(more.moved_bytes, 12000000);
  EXPECT_NEAR(more.least_ms, 0.4, kRounding);
  EXPECT_NEAR(more.ceiling_ms, 0.6, kRounding);
  EXPECT_NEAR(more.ms, 0.6 + 0.001, kRounding);
}

TEST(Price, CeilingsAreOfTheFirstOperandsDtype) {
  const Machine machine = simple_machine();
  const auto ms = [&](DType dtype) {
    return price_of(Arithmetic(1e4), {dtype, {1000000}}, machine).ms - 0.001;
  };
  EXPECT_NEAR(ms(DType::f64), 1000, 1e-9);
  EXPECT_NEAR(ms(DType::f32), 100, 1e-9);
  EXPECT_NEAR(ms(DType::bf16), 25, 1e-9);
  EXPECT_NEAR(ms(DType::i32), 100, 1e-9);
}

TEST(Price, AMessageOfSeveralOperandsIsThatOfOneAsLarge) {
  const Comm sum(CommSpec{.kind = CommKind::all_reduce, .mesh_axes = {0}, .group_size = 4});
  const std::vector<int> group = first_ranks(4);
  const std::vector<TensorType> two{{DType::f32, {300}}, {DType::f32, {7, 100}}};
  const std::vector<TensorType> one{{DType::f32, {1000}}};
  const Price together = price({sum, two, two, group}, simple_machine());
  const Price alone = price({sum, one, one, group}, simple_machine());
  EXPECT_EQ(together.ms, alone.ms);
  EXPECT_EQ(together.messages, alone.messages);
}

TEST(Price, AViewIsFree) {
  const Price view = price_of(Arithmetic(1, true), {DType::f32, {1000000}}, simple_machine());
  EXPECT_EQ(view.ms, 0);
  EXPECT_EQ(view.bound, Bound::none);
}

TEST(Price, NeverFallsWhenTheWorkGrows) {
  const Machine machine = simple_machine();
  double last = 0;
  for (const double flops : {0.0, 0.5, 1.0, 30.0, 80.0, 1000.0}) {
    const double ms = price_of(Arithmetic(flops), {DType::f32, {1000000}}, machine).ms;
    EXPECT_GE(ms, last) << flops;
    last = ms;
  }
  last = 0;
  for (const int64_t elems : {0, 1, 100, 1000000, 2000000}) {
    const double ms = price_of(Arithmetic(3), {DType::f32, {elems}}, machine).ms;
    EXPECT_GE(ms, last) << elems;
    last = ms;
  }
  for (const CommKind kind : {CommKind::all_reduce, CommKind::reduce_scatter, CommKind::all_gather}) {
    last = 0;
    for (const int64_t elems : {int64_t{0}, int64_t{12}, int64_t{1200}, int64_t{12000000}}) {
      const double ms = price_even(kind, elems, first_ranks(4), machine).ms;
      EXPECT_GE(ms, last) << elems;
      last = ms;
    }
    last = 0;
    for (const int ranks : {1, 2, 3, 4, 6, 12}) {
      const double ms = price_even(kind, 12000, first_ranks(ranks), machine).ms;
      EXPECT_GE(ms, last) << ranks << " ranks";
      last = ms;
    }
  }
}

/// As `simple_machine`, with rates by the size of a group in which noise has a larger one better.
Machine machine_with_groups() {
  Machine machine = simple_machine();
  machine.network = {
      {"node", 16, 4, 2000, {{2, 1, 8000}, {4, 0.5, 9000}, {8, 3, 4000}, {16, 4, 2000}}},
      {"network", std::nullopt, 5, 1000, {{2, 5, 1000}}},
  };
  return machine;
}

TEST(Price, HasTheRatesOfAGroupOfItsSize) {
  const Machine machine = machine_with_groups();
  // 2 messages of 1 us, 4 MB at 8000 MB/s; 6 of the same latency, 6 MB at the same rate.
  EXPECT_NEAR(price_even(CommKind::all_reduce, 1000000, first_ranks(2), machine).ms, 0.002 + 0.5, kRounding);
  EXPECT_NEAR(price_even(CommKind::all_reduce, 1000000, first_ranks(4), machine).ms, 0.006 + 0.75, kRounding);
  // 14 of 3 us, 7 MB at 4000 MB/s.
  EXPECT_NEAR(price_even(CommKind::all_reduce, 1000000, first_ranks(8), machine).ms, 0.042 + 1.75, kRounding);
}

TEST(Price, NeverFallsWhereAGroupOfALevelGrows) {
  const Machine machine = machine_with_groups();
  for (const CommKind kind : {CommKind::all_reduce, CommKind::reduce_scatter, CommKind::all_gather}) {
    for (const int64_t elems : {int64_t{0}, int64_t{720720}}) {
      double last = 0;
      for (int ranks = 1; ranks <= 16; ++ranks) {
        const double ms = price_even(kind, elems, first_ranks(ranks), machine).ms;
        EXPECT_GE(ms, last) << ranks << " ranks, " << elems << " elements";
        last = ms;
      }
    }
  }
}

TEST(Price, NeverFallsWhereAGroupsRatesAreWorse) {
  const Machine good = machine_with_groups();
  for (size_t i = 0; i < good.network[0].groups.size(); ++i) {
    for (const bool slow : {false, true}) {
      Machine worse = good;
      GroupRates& group = worse.network[0].groups[i];
      (slow ? group.mb_s : group.latency_us) *= slow ? 0.5 : 2;
      for (int ranks = 2; ranks <= 16; ++ranks) {
        EXPECT_GE(price_even(CommKind::all_reduce, 720720, first_ranks(ranks), worse).ms,
                  price_even(CommKind::all_reduce, 720720, first_ranks(ranks), good).ms)
            << ranks << " ranks, group " << i;
      }
    }
  }
}

TEST(Price, NeverFallsOnAWorseMachine) {
  const Machine good = simple_machine();
  std::vector<Machine> worse(8, good);
  worse[0].gflops[DType::f32] /= 2;
  worse[1].memory_gbps = 10;
  worse[2].launch_us = 3;
  worse[3].network[0].latency_us = 2;
  worse[4].network[0].mb_s = 4000;
  worse[5].network[1].latency_us = 50;
  worse[6].network[1].mb_s = 10;
  worse[7].network[0].ranks = 2;  // a node holds fewer ranks
  for (size_t i = 0; i < worse.size(); ++i) {
    for (const double flops : {1.0, 1000.0}) {
      const TensorType type{DType::f32, {100000}};
      EXPECT_GE(price_of(Arithmetic(flops), type, worse[i]).ms, price_of(Arithmetic(flops), type, good).ms)
          << i;
    }
    for (const int ranks : {2, 4, 8}) {
      EXPECT_GE(price_even(CommKind::all_reduce, 8000, first_ranks(ranks), worse[i]).ms,
                price_even(CommKind::all_reduce, 8000, first_ranks(ranks), good).ms)
          << i;
    }
  }
}

TEST(Price, ReduceScatterAndAllGatherAreHalfAnAllReduceEach) {
  const Machine machine = simple_machine();
  for (const int ranks : {1, 2, 3, 8}) {
    const std::vector<int> group = first_ranks(ranks);
    const Price whole = price_even(CommKind::all_reduce, 24000, group, machine);
    const Price scatter = price_even(CommKind::reduce_scatter, 24000, group, machine);
    const Price gather = price_even(CommKind::all_gather, 24000, group, machine);
    EXPECT_NEAR(scatter.ms, whole.ms / 2, kRounding * whole.ms) << ranks;
    EXPECT_NEAR(gather.ms, whole.ms / 2, kRounding * whole.ms) << ranks;
    EXPECT_EQ(2 * scatter.messages, whole.messages);
    EXPECT_EQ(whole.messages, 2 * (ranks - 1));
  }
}

TEST(Price, ACollectiveIsLatenciesAndBytes) {
  const Machine machine = simple_machine();
  // 4 ranks of a node, 4 MB: 6 messages of 1 us, 1.5 * 4 MB at 8000 MB/s.
  const Price node = price_even(CommKind::all_reduce, 1000000, first_ranks(4), machine);
  EXPECT_NEAR(node.ms, 0.006 + 0.75, kRounding);
  EXPECT_EQ(node.bound, Bound::network);
  // The same across nodes: 5 us, 1000 MB/s.
  const Price wide = price_even(CommKind::all_reduce, 1000000, {0, 4, 8, 12}, machine);
  EXPECT_NEAR(wide.ms, 0.03 + 6, kRounding * 6);
}

TEST(Price, TheLargestPartSetsThePace) {
  const Machine machine = simple_machine();
  const double even = price_comm(CommKind::all_gather, {100, 100, 100}, first_ranks(3), machine).ms;
  const double uneven = price_comm(CommKind::all_gather, {0, 0, 300}, first_ranks(3), machine).ms;
  EXPECT_GT(uneven, even) << "a rank that sends nothing still waits for the others";
}

TEST(Price, AnExchangeCostsTheMoreOfSendingAndReceiving) {
  const Machine machine = simple_machine();
  const Price sends = price_exchange({1000, 1000}, {}, machine);
  EXPECT_EQ(sends.messages, 2);
  EXPECT_NEAR(sends.ms, 0.002 + 0.001, kRounding);
  EXPECT_EQ(price_exchange({}, {1000, 1000}, machine).ms, sends.ms);
  EXPECT_EQ(price_exchange({1000, 1000}, {500}, machine).ms, sends.ms);
  EXPECT_EQ(price_exchange({1000, 1000, 0}, {}, machine).ms, sends.ms) << "empty messages are not sent";
  EXPECT_EQ(price_exchange({}, {}, machine).ms, 0);
}

TEST(StandIns, NameWhatWasNotMeasured) {
  EXPECT_TRUE(stand_ins(simple_machine(), 100).empty());
  EXPECT_EQ(stand_ins(Machine{}, 1),
            (std::vector<std::string>{"f32 200 Gflop/s", "bf16 400 Gflop/s", "f64 10 Gflop/s",
                                      "memory 30 GB/s", "launch 1 us"}));
  EXPECT_EQ(stand_ins(Machine{}, 2).back(), "network latency 2 us, 5000 MB/s");
  Machine machine = simple_machine();
  machine.network.pop_back();
  EXPECT_TRUE(stand_ins(machine, 4).empty());
  EXPECT_EQ(stand_ins(machine, 5), (std::vector<std::string>{"network beyond node latency 2 us, 5000 MB/s"}));
  machine.network[0].latency_us.reset();
  EXPECT_EQ(stand_ins(machine, 4), (std::vector<std::string>{"node latency 2 us"}));
}

TEST(StandIns, ANetworkBeyondIsNoBetterThanTheWidestKnown) {
  Machine machine = simple_machine();
  machine.network = {{"node", 4, 7, 500}};
  EXPECT_EQ(stand_ins(machine, 8), (std::vector<std::string>{"network beyond node latency 7 us, 500 MB/s"}));
  EXPECT_GE(price_even(CommKind::all_reduce, 8000, {0, 4}, machine).ms,
            price_even(CommKind::all_reduce, 8000, {0, 1}, machine).ms);
}

TEST(StandIns, AreWhatPricesUse) {
  Machine said;
  said.gflops = {{DType::f64, 10}, {DType::f32, 200}, {DType::bf16, 400}};
  said.memory_gbps = 30;
  said.launch_us = 1;
  said.network = {{"network", std::nullopt, 2, 5000}};
  for (const DType dtype : {DType::f64, DType::f32, DType::bf16}) {
    for (const double flops : {1.0, 1e4}) {
      EXPECT_EQ(price_of(Arithmetic(flops), {dtype, {1000}}, Machine{}).ms,
                price_of(Arithmetic(flops), {dtype, {1000}}, said).ms);
    }
  }
  EXPECT_EQ(price_even(CommKind::all_reduce, 8000, first_ranks(4), Machine{}).ms,
            price_even(CommKind::all_reduce, 8000, first_ranks(4), said).ms);
}

}  // namespace
}  // namespace weft
