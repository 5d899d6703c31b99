// Time of the ops beside products that generating a token takes, at the sizes of GPT-2 124M, beside that of
// reading what they must read, in turn.
// usage: build/bench/token_ops [ROUNDS]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "bench/interleaved.h"
#include "bench/read_memory.h"
#include "weft/graph/device.h"
#include "weft/ops/linear/cached_attention.h"
#include "weft/ops/shape/gather.h"
#include "weft/ops/shape/tensor_scatter.h"

namespace {

using namespace weft;  // NOLINT(google-build-using-namespace): a program of one file

constexpr int64_t kHeads = 12, kHead = 64;

/// A graph of one node; its inputs are named by their order, integers are `number`.
struct Row {
  std::string name;
  Graph graph;
  int64_t number = 0;
  int64_t read_bytes = 0;  ///< of floating inputs, in the order of memory
  bool in_place = false;   ///< the result lies over the first input
};

/// The node with its operands in memory: floating ones in turn, one after the other.
class Call {
 public:
  Call(const Device& cpu, const Row& row) : node_(row.graph.nodes()[0]) {
    const std::vector<TensorType> in = row.graph.input_types(node_), out = row.graph.output_types(node_);
    kernel_ = cpu.bind({*node_.op, in, out});
    int64_t bytes = 0;
    for (const TensorType& type : in) {
      if (is_floating(type.dtype)) bytes += aligned(type.bytes());
    }
    turns_ = std::make_unique<Turns>(bytes);
    rest_ = std::make_unique<Arena>(aligned(out[0].bytes()) + kernel_.scratch_bytes);
    number_ = row.number;
    for (const TensorType& type : in) inputs_.push_back({reinterpret_cast<std::byte*>(&number_), type});
    outputs_.push_back({rest_->data(), out[0]});
    scratch_ = rest_->data() + aligned(out[0].bytes());
    in_place_ = row.in_place;
  }

  std::byte* next() {
    turns_->next();
    return turns_->now();
  }
  void run() {
    std::byte* at = next();
    if (in_place_) outputs_[0].data = at;
    for (View& view : inputs_) {
      if (!is_floating(view.type.dtype)) continue;
      view.data = at;
      at += aligned(view.bytes());
    }
    kernel_.run({inputs_, outputs_, scratch_});
  }

 private:
  const Node& node_;
  Kernel kernel_;
  std::unique_ptr<Turns> turns_;
  std::unique_ptr<Arena> rest_;
  std::vector<View> inputs_, outputs_;
  std::byte* scratch_ = nullptr;
  int64_t number_ = 0;
  bool in_place_ = false;
};

Row attention_row(DType dtype, int64_t length, int64_t rows) {
  GraphBuilder build;
  const TensorType cache{dtype, {1, length, kHeads, kHead}};
  const std::vector<std::string> dims(4, "d");
  const ValueId keys = build.input("keys", cache, dims), values = build.input("values", cache, dims);
  const ValueId query = build.input("query", {dtype, {1, 1, kHeads, kHead}}, dims);
  const ValueId position = build.input("position", {DType::i64, {}}, {});
  build.output("y", cached_attention(build, query, keys, values, position, 0.125));
  return {fmt::format("cached_attention, {} rows of {}", rows, length), std::move(build).build(), rows - 1,
          2 * rows * kHeads * kHead * bytes_of(dtype)};
}

Row scatter_row(DType dtype, int64_t length, int64_t rows) {
  GraphBuilder build;
  const std::vector<std::string> dims(4, "d");
  const ValueId cache = build.input("cache", {dtype, {1, length, kHeads, kHead}}, dims);
  const ValueId keys = build.input("keys", {dtype, {1, rows, kHeads, kHead}}, dims);
  const ValueId index = build.input("index", {DType::i64, {}}, {});
  build.output("y", tensor_scatter(build, cache, keys, index));
  return {fmt::format("tensor_scatter, {} rows into {}", rows, length), std::move(build).build(), 0,
          rows * kHeads * kHead * bytes_of(dtype), true};
}

Row keys_row(DType dtype, int64_t length) {
  GraphBuilder build;
  const ValueId qkv =
      build.input("qkv", {dtype, {1, length, 3, kHeads, kHead}}, std::vector(5, std::string("d")));
  build.output("y", gather(build, qkv, 2, 1));
  return {fmt::format("gather keys of {} tokens", length), std::move(build).build(), 0,
          3 * length * kHeads * kHead * bytes_of(dtype)};
}

Row last_row(DType dtype, int64_t length) {
  GraphBuilder build;
  const ValueId x = build.input("x", {dtype, {1, length, kHeads * kHead}}, std::vector(3, std::string("d")));
  build.output("y", gather(build, x, 1, build.input("position", {DType::i64, {}}, {})));
  return {fmt::format("gather one of {} rows", length), std::move(build).build(), 7,
          length * kHeads * kHead * bytes_of(dtype)};
}

void measure(const Device& cpu, DType dtype, const Row& row, int rounds) {
  Call call(cpu, row);
  const auto reading = [&] { read_memory(call.next(), row.read_bytes); };
  const auto computing = [&] { call.run(); };
  const auto repeats = static_cast<int>(std::clamp<int64_t>(20'000'000 / row.read_bytes, 1, 1000));
  const Measured times = interleaved(reading, computing, repeats, rounds);
  fmt::print("{:5} {:36} {:9.1f} {:9.1f} {:8.1f} {:8.2f}\n", name_of(dtype), row.name, times.old_us,
             times.new_us, static_cast<double>(row.read_bytes) / times.new_us / 1e3, 1 / times.ratio);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 15;
  DeviceRegistry devices;
  register_all_devices(devices);
  const Device& cpu = devices.find("cpu");
  fmt::print("{:5} {:36} {:>9} {:>9} {:>8} {:>8}   ({} threads)\n", "", "", "read us", "us", "GB/s",
             "us/read", threads());
  for (const DType dtype : {DType::f32, DType::bf16}) {
    for (const int64_t rows : {16, 200, 1024}) measure(cpu, dtype, attention_row(dtype, 1024, rows), rounds);
    measure(cpu, dtype, attention_row(dtype, 16384, 16384), rounds);
    for (const int64_t rows : {1, 1024}) measure(cpu, dtype, scatter_row(dtype, 1024, rows), rounds);
    for (const int64_t length : {1, 1024}) measure(cpu, dtype, keys_row(dtype, length), rounds);
    measure(cpu, dtype, last_row(dtype, 1024), rounds);
  }
  return 0;
}
