#include "weft/run/state_store.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/ops/expect_error.h"
#include "tests/run/small_program.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/run/carry_states.h"
#include "weft/run/executor.h"

namespace weft::testing {
namespace {

const StateKind kMoment{"moment"};

TensorType vector_of(int64_t elems) { return {DType::f64, {elems}}; }

/// A training step in small: the parameters a and b follow the input by way of a moment each; sizes do not
/// divide by the alignment.
Program training() {
  GraphBuilder build;
  for (const std::string name : {"a", "b"}) {
    const TensorType type = vector_of(name == "a" ? 3 : 11);
    const ValueId x = build.input("x." + name, type, {"n"});
    const ValueId weight = build.state(name, type, {}, kParameter);
    const ValueId moment = build.state("moment." + name, type, {}, kMoment);
    const ValueId next = add(build, scale(build, moment, 0.5), x);
    build.update(moment, next);
    build.update(weight, add(build, weight, next));
  }
  return planned(std::move(build));
}

Program evaluation() {
  GraphBuilder build(Segment{"evaluate", Cadence::on_call()});
  build.output("y", scale(build, build.state("b", vector_of(11), {}, kParameter), 3));
  return planned(std::move(build));
}

/// y = x w of f32, large enough that w is read packed, for batches of `rows`.
Program product(int64_t rows) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {rows, 64}}, {"n", "c"});
  const ValueId w = build.state("w", {DType::f32, {48, 64}}, {}, kParameter);
  build.output("y", linear(build, x, w, true));
  return planned(std::move(build));
}

std::string packed_name(const Program& program) {
  for (const std::string& name : program.states) {
    if (program.named.at(name).state_kind == kDerived) return name;
  }
  ADD_FAILURE() << "nothing is packed";
  return {};
}

void step(Executor& executor, double x) {
  for (const std::string name : {"x.a", "x.b"}) {
    const View view = executor.view(name);
    for (int64_t i = 0; i < view.elems(); ++i) view.as<double>()[i] = x * static_cast<double>(i + 1);
  }
  executor.run(executor.program().at("accumulate"));
}

std::vector<std::byte> all_bytes(const StateStore& store) {
  std::vector<std::byte> bytes;
  for (const auto& [name, state] : store.states()) {
    bytes.insert(bytes.end(), state.data, state.data + state.type.bytes());
  }
  return bytes;
}

TEST(StateStore, StatesOfAKindLieTogetherAndAligned) {
  StateStore store;
  Executor executor(training(), store, Communicator::world());
  EXPECT_EQ(executor.new_states(), (std::vector<std::string>{"a", "b", "moment.a", "moment.b"}));
  for (const StateKind& kind : {kParameter, kMoment}) {
    const auto memory = store.memory_of(kind);
    ASSERT_EQ(memory.size(), 1U);
    EXPECT_EQ(memory[0].size(), 64U + 128U) << "24 and 88 bytes, each to the next 64";
    const std::string prefix = kind == kMoment ? "moment." : "";
    EXPECT_EQ(store.view(prefix + "a").data, memory[0].data());
    EXPECT_EQ(store.view(prefix + "b").data, memory[0].data() + 64);
  }
  EXPECT_TRUE(store.memory_of(kBuffer).empty());
  EXPECT_EQ(store.bytes(), 2 * (64 + 128));
  EXPECT_EQ(store.bytes(), executor.program().state_bytes);
  for (const std::byte byte : all_bytes(store)) EXPECT_EQ(byte, std::byte{0});
}

TEST(StateStore, ProgramsShareStatesAndHaveInputsOfTheirOwn) {
  StateStore store;
  Executor trains(training(), store, Communicator::world());
  EXPECT_EQ(store.missing_bytes(evaluation()), 0);
  Executor evaluates(evaluation(), store, Communicator::world());
  Executor other_batch(training(), store, Communicator::world());
  EXPECT_TRUE(evaluates.new_states().empty());
  EXPECT_EQ(evaluates.view("b").data, trains.view("b").data);
  EXPECT_NE(other_batch.view("x.a").data, trains.view("x.a").data);
  step(trains, 1);
  step(other_batch, 1);
  // moment: x, then 1.5 x; the weight is their sum.
  const SegmentId segment = evaluates.program().at("evaluate");
  evaluates.run(segment);
  EXPECT_EQ(values(evaluates.output(segment, "y"))[1], 3 * (2 + 1.5 * 2));
}

TEST(StateStore, MemoryOutlivesAStoreThatAProgramIsAttachedTo) {
  auto store = std::make_unique<StateStore>();
  Executor executor(training(), *store, Communicator::world());
  store.reset();
  step(executor, 2);
  EXPECT_EQ(values(executor.view("a")), (std::vector<double>{2, 4, 6}));
}

TEST(StateStore, GrowsByWhatAnotherProgramAdds) {
  StateStore store;
  Executor evaluates(evaluation(), store, Communicator::world());
  EXPECT_EQ(store.bytes(), 128);
  const std::byte* b = store.view("b").data;
  Executor trains(training(), store, Communicator::world());
  EXPECT_EQ(trains.new_states(), (std::vector<std::string>{"a", "moment.a", "moment.b"}));
  EXPECT_EQ(store.view("b").data, b);
  EXPECT_EQ(store.memory_of(kParameter).size(), 2U);
  EXPECT_EQ(store.memory_of(kMoment).size(), 1U);
}

TEST(StateStore, NamesTheStateThatAProgramSeesDifferently) {
  StateStore store;
  store.attach(training());
  GraphBuilder longer;
  longer.output("y", scale(longer, longer.state("b", vector_of(12), {}, kParameter), 3));
  expect_user_error(
      [&] { store.attach(planned(std::move(longer))); },
      "state b: the store holds [0:11] of f64[11] as parameter, and the program needs [0:12] of "
      "f64[12] as parameter");
  GraphBuilder buffer;
  buffer.output("y", scale(buffer, buffer.state("a", vector_of(3), {}, kBuffer), 3));
  expect_user_error([&] { store.attach(planned(std::move(buffer))); },
                    "and the program needs [0:3] of f64[3] as buffer");
  Program elsewhere = evaluation();
  elsewhere.named.at("b").where.global_type.shape = {22};
  elsewhere.named.at("b").where.region = {{{11, 22}}};
  expect_user_error([&] { store.attach(elsewhere); }, "state b: the store holds [0:11]");
  EXPECT_EQ(store.states().size(), 4U);
}

TEST(StateStore, DerivedStatesAreSharedWhereTheyAreTheSameAndEndWithTheirPrograms) {
  StateStore store;
  const std::string name = packed_name(product(32));
  auto one = std::make_unique<Executor>(product(32), store, Communicator::world());
  EXPECT_FALSE(store.contains(name));
  EXPECT_EQ(store.bytes(), 48 * 64 * 4) << "derived states are not counted";
  auto same = std::make_unique<Executor>(product(32), store, Communicator::world());
  EXPECT_EQ(one->view(name).data, same->view(name).data);
  EXPECT_EQ(store.missing_bytes(product(32)), 0);
  one.reset();
  EXPECT_EQ(store.missing_bytes(product(32)), 0) << "the other still has it";
  same.reset();
  EXPECT_GT(store.missing_bytes(product(32)), 0);
  EXPECT_EQ(store.memory_of(kParameter).size(), 1U) << "other states stay";
}

/// A number that each run adds x to, in a state of this kind.
Program counting(const StateKind& kind) {
  GraphBuilder build;
  const ValueId kept = build.state("kept", vector_of(1), {}, kind);
  const ValueId next = add(build, kept, build.input("x", vector_of(1), {"n"}));
  build.update(kept, next);
  build.output("sum", next);
  return planned(std::move(build));
}

double counted(Executor& executor, double x) {
  *executor.view("x").as<double>() = x;
  const SegmentId segment = executor.program().at("accumulate");
  executor.run(segment);
  return values(executor.output(segment, "sum"))[0];
}

TEST(StateStore, APrivateStateIsOneProgramsOwnAndEndsWithIt) {
  StateStore store;
  Executor one(counting(kPrivate), store, Communicator::world());
  auto other = std::make_unique<Executor>(counting(kPrivate), store, Communicator::world());
  EXPECT_EQ(counted(one, 1), 1);
  EXPECT_EQ(counted(*other, 10), 10);
  EXPECT_EQ(counted(one, 1), 2);
  EXPECT_EQ(counted(*other, 10), 20);
  EXPECT_TRUE(store.states().empty());
  EXPECT_TRUE(one.new_states().empty()) << "nothing waits for initial values";
  EXPECT_EQ(store.bytes(), 0);
  EXPECT_EQ(store.snapshot().bytes(), 0);
  EXPECT_TRUE(plan_carrying(store, counting(kPrivate), {}).added.empty());
  EXPECT_EQ(store.missing_bytes(counting(kPrivate)), 64) << "every Program needs its own";
  const std::vector<std::shared_ptr<Arena>> memory = store.attach(counting(kPrivate)).memory;
  ASSERT_EQ(memory.size(), 1U);
  EXPECT_EQ(memory[0].use_count(), 1) << "the store holds none of it";
}

TEST(StateStore, AStateIsNotPrivateInOneProgramAndSharedInAnother) {
  StateStore store;
  store.attach(counting(kBuffer));
  expect_user_error([&] { store.attach(counting(kPrivate)); },
                    "state kept: the store holds [0:1] of f64[1] as buffer, and the program needs [0:1] of "
                    "f64[1] as private");
}

TEST(StateStore, ASnapshotBringsBackEveryBit) {
  StateStore store;
  Executor executor(training(), store, Communicator::world());
  for (int i = 0; i < 3; ++i) step(executor, 0.1 * i);
  const std::vector<std::byte> before = all_bytes(store);
  const StateSnapshot snapshot = store.snapshot();
  EXPECT_EQ(snapshot.bytes(), store.bytes());
  const auto go_on = [&] {
    for (int i = 3; i < 6; ++i) step(executor, 0.1 * i);
    return all_bytes(store);
  };
  const std::vector<std::byte> after = go_on();
  EXPECT_NE(after, before);
  store.restore(snapshot);
  EXPECT_EQ(all_bytes(store), before);
  EXPECT_EQ(go_on(), after) << "the same steps again";
}

TEST(StateStore, ASnapshotLeavesDerivedStatesToRefresh) {
  StateStore store;
  Executor executor(product(32), store, Communicator::world());
  const View w = executor.view("w");
  const View packed = executor.view(packed_name(executor.program()));
  const auto bytes = [](const View& view) {
    return std::vector<std::byte>(view.data, view.data + view.bytes());
  };
  for (int64_t i = 0; i < w.elems(); ++i) w.as<float>()[i] = static_cast<float>(i);
  executor.refresh();
  const std::vector<std::byte> right = bytes(packed);
  const StateSnapshot snapshot = store.snapshot();
  EXPECT_EQ(snapshot.bytes(), w.bytes());
  std::memset(w.data, 0, static_cast<size_t>(w.bytes()));
  executor.refresh();
  EXPECT_NE(bytes(packed), right);
  store.restore(snapshot);
  EXPECT_NE(bytes(packed), right) << "it follows when it is made anew";
  executor.refresh();
  EXPECT_EQ(bytes(packed), right);
}

TEST(StateStore, ASnapshotOfOtherStatesIsRefused) {
  StateStore store;
  store.attach(evaluation());
  const StateSnapshot snapshot = store.snapshot();
  store.attach(training());
  expect_internal_error([&] { store.restore(snapshot); }, "the snapshot is of a store with other states");
  expect_internal_error([&] { store.at("c"); }, "the store has no state named c");
}

TEST(StateStore, StatesAndArenaTogetherMustFitBeforeEitherIsTaken) {
  // Each would fit alone.
  const int64_t most = available_memory() * 6 / 10;
  GraphBuilder build;
  build.output("y", scale(build, build.state("small", vector_of(3), {}, kParameter), 3));
  build.output("all", build.state("large", vector_of(most / 8), {}, kParameter));
  Program program = planned(std::move(build));
  program.arena_bytes = most;
  StateStore store;
  expect_user_error([&] { Executor(std::move(program), store, Communicator::world()); },
                    "not enough memory: the plan needs");
  EXPECT_TRUE(store.states().empty());
}

TEST(CarryStates, RefusesWhatDoesNotFit) {
  StateStore store;
  store.attach(training());
  const Program program = training();
  expect_user_error(
      [&] {
        plan_carrying(store, program, {{"c", "a"}});
      },
      "replan: there is no state c to become a");
  expect_user_error(
      [&] {
        plan_carrying(store, program, {{"a", "typo"}});
      },
      "replan: the new program has no state typo for a to become");
  expect_user_error(
      [&] {
        plan_carrying(store, program, {{"moment.b", "b"}});
      },
      "replan: states b and moment.b would both become b");
  expect_user_error(
      [&] {
        plan_carrying(store, program, {{"a", "b"}, {"b", "a"}});
      },
      "replan: state a is [0:3] of f64[3], and b of the new program is [0:11] of f64[11]");
  expect_user_error(
      [&] {
        plan_carrying(store, program, {{"a", "x.a"}});
      },
      "replan: state a is [0:3] of f64[3], and x.a");
}

TEST(CarryStates, CountsWhatBecomesOfEachState) {
  StateStore store;
  store.attach(training());
  const Carrying same = plan_carrying(store, training(), {});
  EXPECT_TRUE(same.in_place);
  EXPECT_EQ(to_string(same), "4 states carried over, 0 new, 0 left out");
  const Carrying fewer = plan_carrying(store, evaluation(), {});
  EXPECT_FALSE(fewer.in_place);
  EXPECT_EQ(to_string(fewer), "1 states carried over, 0 new, 3 left out: a, moment.a, moment.b");
  const Carrying renamed = plan_carrying(store, training(), {{"b", "moment.b"}, {"moment.b", "b"}});
  EXPECT_FALSE(renamed.in_place) << "all are there, under other names";
  store.view("b").as<double>()[4] = 5;
  StateStore next;
  next.attach(training());
  carry_states(renamed, store, next);
  EXPECT_EQ(values(next.view("moment.b"))[4], 5);
  EXPECT_EQ(values(next.view("b"))[4], 0);
}

}  // namespace
}  // namespace weft::testing
