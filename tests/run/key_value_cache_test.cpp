// Of run/, ops/linear/cached_attention.h: a cache of keys and values as states: tokens one at a time give
// what attention gives over all of them, and a token's step moves its own rows only.
#include <gtest/gtest.h>

#include "tests/run/small_program.h"
#include "weft/base/check.h"
#include "weft/ops/linear/attention.h"
#include "weft/ops/linear/cached_attention.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/shape/gather.h"
#include "weft/ops/shape/tensor_scatter.h"
#include "weft/run/executor.h"

namespace weft::testing {
namespace {

constexpr double kScale = 0.4;

struct Sizes {
  int64_t batch, length, prompt, heads, width;
  TensorType qkv(DType dtype, int64_t tokens) const { return {dtype, {batch, tokens, 3, heads, width}}; }
  TensorType cache(DType dtype) const { return {dtype, {batch, length, heads, width}}; }
  int64_t row_elems() const { return 3 * heads * width; }
};

const std::vector<std::string> kQkvDims{"batch", "sequence", "three", "heads", "width"};

/// The graph of one layer's attention: the segments "whole" (no cache), "prompt" and "token".
class CacheGraph {
 public:
  CacheGraph(const Sizes& sizes, DType dtype) : sizes_(sizes), dtype_(dtype) {
    whole();
    prompt();
    token();
  }
  Graph build() && { return std::move(build_).build(); }

 private:
  SegmentId on_call(const std::string& name) { return build_.segment({name, Cadence::on_call()}); }

  /// Derived: checkpoints have no caches, and their memory ends with the Program.
  ValueId cache(const std::string& name) { return build_.state(name, sizes_.cache(dtype_), {}, kPrivate); }

  /// The cache with part 1 or 2 of qkv from `index` on, which is the state's next value.
  ValueId remembered(const std::string& name, ValueId qkv, int64_t part, ValueId index) {
    const ValueId next = tensor_scatter(build_, cache(name), gather(build_, qkv, 2, part), index);
    build_.update(cache(name), next);
    return next;
  }

  void whole() {
    const BuilderScope scope = build_.in(on_call("whole"));
    const ValueId qkv = build_.input("all", sizes_.qkv(dtype_, sizes_.length), kQkvDims);
    build_.output("y", attention(build_, qkv, true, kScale));
  }

  void prompt() {
    const BuilderScope scope = build_.in(on_call("prompt"));
    const ValueId qkv = build_.input("given", sizes_.qkv(dtype_, sizes_.prompt), kQkvDims);
    const ValueId start = fill(build_, {DType::i64, {}}, 0);
    remembered("keys", qkv, 1, start);
    remembered("values", qkv, 2, start);
    build_.output("y", attention(build_, qkv, true, kScale));
  }

  void token() {
    const BuilderScope scope = build_.in(on_call("token"));
    const ValueId qkv = build_.input("next", sizes_.qkv(dtype_, 1), kQkvDims);
    const ValueId position = build_.input("position", {DType::i64, {}}, {});
    const ValueId keys = remembered("keys", qkv, 1, position);
    const ValueId values = remembered("values", qkv, 2, position);
    build_.output("y", cached_attention(build_, gather(build_, qkv, 2, 0), keys, values, position, kScale));
  }

  Sizes sizes_;
  DType dtype_;
  GraphBuilder build_;
};

Program program_of(const Sizes& sizes, DType dtype, const std::string& device = "cpu") {
  return make_plan(CacheGraph(sizes, dtype).build(), device_named(device), {}).program;
}

/// Feeds one sequence to each way of computing its attention.
class Decoding {
 public:
  Decoding(const Sizes& sizes, DType dtype, const std::string& device)
      : sizes_(sizes), executor_(program_of(sizes, dtype, device), store_, Communicator::world()) {
    const int64_t elems = sizes.batch * sizes.length * sizes.row_elems();
    sequence_ = random_values(5, 0, elems, -1.5, 1.5);
  }

  std::vector<double> whole() { return output("whole", "all", 0, sizes_.length); }
  /// Its results stand at the first tokens of the whole's.
  std::vector<double> prompt() { return output("prompt", "given", 0, sizes_.prompt); }
  std::vector<double> token(int64_t position) {
    *executor_.view("position").as<int64_t>() = position;
    return output("token", "next", position, 1);
  }
  /// Of results of `count` tokens those of batch entry b's token t.
  std::vector<double> at(const std::vector<double>& results, int64_t count, int64_t b, int64_t t) const {
    const int64_t row = sizes_.heads * sizes_.width;
    const auto begin = results.begin() + (b * count + t) * row;
    return {begin, begin + row};
  }
  void expect_token(const std::vector<double>& got, int64_t got_count, int64_t got_at,
                    const std::vector<double>& all, int64_t position, double tolerance) const {
    for (int64_t b = 0; b < sizes_.batch; ++b) {
      const std::vector<double> one = at(got, got_count, b, got_at);
      const std::vector<double> want = at(all, sizes_.length, b, position);
      for (size_t i = 0; i < one.size(); ++i) {
        ASSERT_NEAR(one[i], want[i], tolerance) << "position " << position << ", batch entry " << b;
      }
    }
  }

 private:
  std::vector<double> output(const std::string& segment, const std::string& input, int64_t first,
                             int64_t count) {
    std::vector<double> values;
    for (int64_t b = 0; b < sizes_.batch; ++b) {
      const auto begin = sequence_.begin() + (b * sizes_.length + first) * sizes_.row_elems();
      values.insert(values.end(), begin, begin + count * sizes_.row_elems());
    }
    from_doubles(values, executor_.view(input));
    const SegmentId id = executor_.program().at(segment);
    executor_.run(id);
    return to_doubles(executor_.output(id, "y"));
  }

  Sizes sizes_;
  StateStore store_;
  Executor executor_;
  std::vector<double> sequence_;
};

const Sizes kOdd[] = {{1, 1, 1, 1, 1}, {2, 9, 4, 3, 5}, {3, 71, 33, 5, 17}, {1, 130, 65, 2, 64}};

TEST(KeyValueCache, TokensOneAtATimeGiveWhatAttentionGivesOverAllOfThem) {
  for (const std::string device : {"cpu", "reference"}) {
    for (const DType dtype : {DType::f64, DType::f32}) {
      for (const Sizes& sizes : kOdd) {
        SCOPED_TRACE(device + " " + to_string(sizes.cache(dtype)));
        Decoding run(sizes, dtype, device);
        const std::vector<double> all = run.whole();
        for (int64_t t = 0; t < sizes.length; ++t) {
          run.expect_token(run.token(t), 1, 0, all, t, dtype == DType::f64 ? 1e-12 : 1e-5);
        }
      }
    }
  }
}

TEST(KeyValueCache, GoesOnAfterAPrompt) {
  for (const DType dtype : {DType::f64, DType::f32, DType::bf16}) {
    // bf16: results of about 1 are rounded once on both sides, to 2^-8 each.
    const double tolerance = dtype == DType::f64 ? 1e-12 : dtype == DType::f32 ? 1e-5 : 1.0 / 64;
    for (const Sizes& sizes : kOdd) {
      SCOPED_TRACE(to_string(sizes.cache(dtype)));
      Decoding run(sizes, dtype, "cpu");
      const std::vector<double> all = run.whole(), given = run.prompt();
      for (int64_t t = 0; t < sizes.prompt; ++t) {
        run.expect_token(given, sizes.prompt, t, all, t, tolerance);
      }
      for (int64_t t = sizes.prompt; t < sizes.length; ++t) {
        run.expect_token(run.token(t), 1, 0, all, t, tolerance);
      }
    }
  }
}

/// Refreshing makes what follows from parameters, and a cache follows from tokens.
TEST(KeyValueCache, StaysThroughARefreshAndOutOfTheStoresStates) {
  const Sizes sizes = kOdd[1];
  StateStore store;
  Executor executor(program_of(sizes, DType::f64), store, Communicator::world());
  EXPECT_TRUE(store.states().empty());
  from_doubles(std::vector<double>(static_cast<size_t>(sizes.cache(DType::f64).elems()), 7),
               executor.view("keys"));
  executor.refresh();
  EXPECT_EQ(to_doubles(executor.view("keys"))[0], 7);
  for (const SegmentProgram& code : executor.program().segments) EXPECT_FALSE(code.refreshes);
}

TEST(KeyValueCache, APositionBehindTheCacheIsAnError) {
  Decoding run({1, 4, 2, 1, 3}, DType::f32, "cpu");
  try {
    run.token(4);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "tensor_scatter: got the row 4, expected one in [0, 3].");
  }
}

/// The states are read and written where they lie; what lies in the arena is of one token.
TEST(KeyValueCache, IsWrittenOverTheStatesAndCopiedNowhere) {
  const Sizes sizes{2, 4096, 3, 4, 16};
  const Program program = program_of(sizes, DType::f32);
  const SegmentProgram& code = program.segment(program.at("token"));
  std::map<std::string, int> ops;
  for (const Instruction& instruction : code.instructions) {
    ++ops[std::string(instruction.op->name())];
    for (const Slot& slot : instruction.outputs) {
      if (slot.state < 0) {
        EXPECT_LE(slot.type.bytes(), sizes.cache(DType::f32).bytes() / sizes.length);
      }
    }
    if (instruction.op->name() != "tensor_scatter") continue;
    EXPECT_GE(instruction.outputs[0].state, 0);
    EXPECT_EQ(instruction.outputs[0].state, instruction.inputs[0].state);
    EXPECT_EQ(instruction.scratch_bytes, 0);
  }
  EXPECT_EQ(ops,
            (std::map<std::string, int>{{"pointwise", 3}, {"tensor_scatter", 2}, {"cached_attention", 1}}));
  EXPECT_EQ(program.state_bytes, 2 * sizes.cache(DType::f32).bytes());
}

/// Counted by the kernel: pages of the caches that no row was written to and none read from are not in
/// memory.
TEST(KeyValueCache, TouchesNothingButTheRowsThatItNeeds) {
  const Sizes sizes{1, 1 << 17, 1, 4, 64};  // 128 MiB each
  StateStore store;
  Program program = program_of(sizes, DType::f32);
  const SegmentId token = program.at("token");
  Executor executor(std::move(program), store, Communicator::world());
  for (int64_t position = 0; position < 3; ++position) {
    *executor.view("position").as<int64_t>() = position;
    executor.run(token);
  }
  EXPECT_LT(executor.resident_bytes(), sizes.cache(DType::f32).bytes() / 4) << "huge pages are of 2 MiB";
}

/// x times the weights of queries, keys and values, attention over the cache, and the product with the
/// output's.
Graph layer(int64_t batch) {
  GraphBuilder build;
  const TensorType cache{DType::f32, {batch, 8, 4, 5}};
  const ValueId x = build.input("x", {DType::f32, {batch, 1, 6}}, {"batch", "sequence", "c"});
  const ValueId position = build.input("position", {DType::i64, {}}, {});
  const ValueId in = build.state("in", {DType::f32, {3, 4, 5, 6}}, {}, kParameter);
  const ValueId out = build.state("out", {DType::f32, {6, 4, 5}}, {}, kParameter);
  const ValueId qkv = matmul(build, x, in, {.m = 2, .n = 3, .k = 1, .transpose_b = true});
  std::vector<ValueId> caches;
  for (const int64_t part : {1, 2}) {
    const ValueId state = build.state(part == 1 ? "keys" : "values", cache, {}, kPrivate);
    caches.push_back(tensor_scatter(build, state, gather(build, qkv, 2, part), position));
    build.update(state, caches.back());
  }
  const ValueId mixed =
      cached_attention(build, gather(build, qkv, 2, 0), caches[0], caches[1], position, kScale);
  build.output("y", matmul(build, mixed, out, {.m = 2, .n = 1, .k = 2, .transpose_b = true}));
  return std::move(build).build();
}

/// Megatron's split: each rank has some heads of the caches, and the last product is summed.
TEST(KeyValueCache, IsSplitByHeadsAndByBatch) {
  for (const std::string axis : {"tensor", "data"}) {
    PlanOptions options;
    options.mesh = Mesh({{axis, 2}});
    const Program program = make_plan(layer(2), device_named("cpu"), options).program;
    const Dims own = axis == "tensor" ? Dims{2, 8, 2, 5} : Dims{1, 8, 4, 5};
    EXPECT_EQ(program.named.at("keys").slot.type.shape, own);
    EXPECT_EQ(program.named.at("values").slot.type.shape, own);
    int communications = 0, in_place = 0;
    for (const Instruction& instruction : program.segment(program.at("accumulate")).instructions) {
      if (instruction.kind == InstructionKind::comm_start) ++communications;
      if (instruction.op->name() == "tensor_scatter" && instruction.outputs[0].state >= 0) ++in_place;
    }
    EXPECT_EQ(communications, 1) << "of the result: a sum, or its batch gathered";
    EXPECT_EQ(in_place, 2);
  }
}

}  // namespace
}  // namespace weft::testing
