// Time of generating one token with GPT-2 124M over a cache of keys and values, beside that of reading what
// it must: every weight once, and the valid rows of the caches. Both in turn. usage: build/bench/token_step
// [ROUNDS] [f32|bf16] [ops]      ops: the time by op
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "bench/interleaved.h"
#include "bench/read_memory.h"
#include "weft/ops/linear/cached_attention.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/norm/layer_norm.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/shape/embedding.h"
#include "weft/ops/shape/gather.h"
#include "weft/ops/shape/tensor_scatter.h"
#include "weft/plan/pipeline.h"
#include "weft/run/executor.h"

namespace {

using namespace weft;  // NOLINT(google-build-using-namespace): a program of one file

constexpr int64_t kLayers = 12, kHeads = 12, kHead = 64, kWidth = 768, kContext = 1024, kVocabulary = 50257;

class TokenGraph {
 public:
  explicit TokenGraph(DType dtype) : dtype_(dtype) {}

  Graph build() && {
    const BuilderScope scope = build_.in(build_.segment({"token", Cadence::on_call()}));
    position_ = build_.input("position", {DType::i64, {}}, {});
    const ValueId token = build_.input("token", {DType::i32, {1, 1}}, {"batch", "sequence"});
    const ValueId table = weight("wte", {kVocabulary, kWidth});
    ValueId x = add(build_, embedding(build_, table, token, dtype_),
                    gather(build_, weight("wpe", {kContext, kWidth}), 0, position_));
    for (int64_t layer = 0; layer < kLayers; ++layer) {
      prefix_ = fmt::format("h.{}.", layer);
      x = add(build_, x, attend(norm(x, "ln_1")));
      x = add(build_, x, perceive(norm(x, "ln_2")));
    }
    prefix_.clear();
    build_.output("logits", linear(build_, norm(x, "ln_f"), table, true));
    return std::move(build_).build();
  }

 private:
  ValueId weight(const std::string& name, Dims shape) {
    return build_.state(prefix_ + name, {DType::f32, std::move(shape)}, {}, kParameter);
  }

  ValueId norm(ValueId x, const std::string& name) {
    return layer_norm(build_, x, weight(name + ".weight", {kWidth}), weight(name + ".bias", {kWidth}));
  }

  ValueId biased(ValueId x, const std::string& name, Dims shape) {
    return add(build_, x, weight(name, std::move(shape)));
  }

  /// The cache with part 1 or 2 of qkv at the position, which is its next value.
  ValueId remembered(const std::string& name, ValueId qkv, int64_t part) {
    const TensorType type{dtype_, {1, kContext, kHeads, kHead}};
    const ValueId cache = build_.state(prefix_ + name, type, {}, kPrivate);
    const ValueId next = tensor_scatter(build_, cache, gather(build_, qkv, 2, part), position_);
    build_.update(cache, next);
    return next;
  }

  ValueId attend(ValueId x) {
    ValueId qkv = matmul(build_, x, weight("attn.qkv.weight", {3, kHeads, kHead, kWidth}),
                         {.m = 2, .n = 3, .k = 1, .transpose_b = true});
    qkv = biased(qkv, "attn.qkv.bias", {3, kHeads, kHead});
    const ValueId keys = remembered("keys", qkv, 1), values = remembered("values", qkv, 2);
    const double scale = 1 / std::sqrt(static_cast<double>(kHead));
    const ValueId mixed = cached_attention(build_, gather(build_, qkv, 2, 0), keys, values, position_, scale);
    const ValueId out = weight("attn.proj.weight", {kWidth, kHeads, kHead});
    return biased(matmul(build_, mixed, out, {.m = 2, .n = 1, .k = 2, .transpose_b = true}), "attn.proj.bias",
                  {kWidth});
  }

  ValueId perceive(ValueId x) {
    const ValueId up = linear(build_, x, weight("mlp.fc.weight", {4 * kWidth, kWidth}), true);
    const ValueId inner = gelu(build_, biased(up, "mlp.fc.bias", {4 * kWidth}), GeluKind::tanh);
    return biased(linear(build_, inner, weight("mlp.proj.weight", {kWidth, 4 * kWidth}), true),
                  "mlp.proj.bias", {kWidth});
  }

  GraphBuilder build_;
  DType dtype_;
  ValueId position_;
  std::string prefix_;
};

/// What the segment reads of memory that lives from token to token: weights, or what was made of them.
std::set<std::string> weights_read(const Program& program, SegmentId token) {
  std::set<std::string> names;
  for (const Instruction& instruction : program.segment(token).instructions) {
    if (instruction.op->name() != "matmul" && instruction.op->name() != "packed_matmul") continue;
    names.insert(program.states.at(static_cast<size_t>(instruction.inputs[1].state)));
  }
  return names;
}

void print_ops(const Executor& executor, SegmentId token) {
  std::map<std::string, LedgerEntry> by_op;
  const auto& instructions = executor.program().segment(token).instructions;
  for (size_t i = 0; i < instructions.size(); ++i) {
    const LedgerEntry& entry = executor.ledger(token)[i];
    LedgerEntry& sum = by_op[instructions[i].op->title()];
    sum.calls += entry.calls;
    sum.nanoseconds += entry.nanoseconds;
  }
  for (const auto& [title, entry] : by_op) {
    const int64_t tokens = executor.ledger(token)[0].calls;
    fmt::print("  {:60} {:4} a token {:9.1f} us\n", title.substr(0, 60), entry.calls / tokens,
               static_cast<double>(entry.nanoseconds) / static_cast<double>(tokens) / 1e3);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 15;
  const DType dtype = argc > 2 && std::string_view(argv[2]) == "bf16" ? DType::bf16 : DType::f32;
  DeviceRegistry devices;
  register_all_devices(devices);
  const Plan plan = make_plan(TokenGraph(dtype).build(), devices.find("cpu"), {});
  StateStore store;
  Executor executor(plan.program, store, Communicator::world());
  const SegmentId token = executor.program().at("token");
  for (const std::string& name : executor.program().states) {
    const View view = executor.view(name);
    std::fill_n(view.data, view.bytes(), std::byte{0});
  }
  executor.refresh();
  int64_t weight_bytes = 0;
  const std::set<std::string> weights = weights_read(executor.program(), token);
  for (const std::string& name : weights) weight_bytes += executor.view(name).bytes();
  fmt::print("{} {:.0f} MB of weights a token, arena {:.2f} MB, states {:.0f} MB ({} threads)\n",
             name_of(dtype), static_cast<double>(weight_bytes) / 1e6,
             static_cast<double>(executor.program().arena_bytes) / 1e6,
             static_cast<double>(executor.program().state_bytes) / 1e6, threads());
  for (const int64_t position : {int64_t{0}, kContext / 2, kContext - 1}) {
    const int64_t cache_bytes = (position + 1) * kHeads * kHead * bytes_of(dtype);
    *executor.view("position").as<int64_t>() = position;
    const auto reading = [&] {
      for (const std::string& name : weights)
        read_memory(executor.view(name).data, executor.view(name).bytes());
      for (int64_t layer = 0; layer < kLayers; ++layer) {
        for (const char* cache : {"keys", "values"}) {
          read_memory(executor.view(fmt::format("h.{}.{}", layer, cache)).data, cache_bytes);
        }
      }
    };
    const Measured times = interleaved(
        reading, [&] { executor.run(token); }, 1, rounds);
    fmt::print(
        "position {:4}: reading {:7.2f} ms, token {:7.2f} ms, {:.2f} of the reading, {:.0f} tokens/s\n",
        position, times.old_us / 1e3, times.new_us / 1e3, 1 / times.ratio, 1e6 / times.new_us);
  }
  if (argc > 3) print_ops(executor, token);
  return 0;
}
