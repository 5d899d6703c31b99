// Time of pointwise beside the hand-written kernel of the same function, in turn: medians of old / new by
// size. usage: build/bench/pointwise [ROUNDS] [interpreted]
#include "weft/kernels/pointwise.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/interleaved.h"
#include "weft/base/philox.h"
#include "weft/base/threads.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"
#include "weft/graph/device.h"
#include "weft/kernels/cpu/pointwise_forms.h"
#include "weft/kernels/cross_entropy.h"
#include "weft/kernels/dropout.h"
#include "weft/kernels/elementwise.h"
#include "weft/kernels/xent_sums_backward.h"
#include "weft/tensor/bits.h"

namespace {

using namespace weft;  // NOLINT(google-build-using-namespace): a program of one file
using Views = std::vector<View>;
using Operands = std::span<const View>;

struct Buffer {
  TensorType type;
  std::vector<std::byte> bytes;

  explicit Buffer(TensorType t) : type(std::move(t)), bytes(static_cast<size_t>(type.bytes()) + 64) {}
  View view() {
    const auto address = reinterpret_cast<uintptr_t>(bytes.data());
    return {bytes.data() + (64 - address % 64) % 64, type};
  }
  /// Never zeros: uniform in [-2, 2).
  void fill(uint64_t stream) {
    const RandomStream random{7, stream, 0};
    const View to = view();
    for (int64_t i = 0; i < type.elems(); ++i) {
      const auto value = static_cast<float>(4 * random.uniform(static_cast<uint64_t>(i % 65536)) - 2);
      if (type.dtype == DType::f32) to.as<float>()[i] = value;
      if (type.dtype == DType::bf16) to.as<BFloat16>()[i] = BFloat16(value);
      if (type.dtype == DType::i64) to.as<int64_t>()[i] = 3;
      if (type.dtype == DType::u8) to.as<uint8_t>()[i] = value > 0 ? 1 : 0;
      if (type.dtype == DType::bit) store_bit(to.data, i, value > 0);
      if (type.dtype == DType::i32) to.as<int32_t>()[i] = static_cast<int32_t>(i % 900);
    }
  }
};

/// A kernel as it was, and the expression that stands for it.
struct Row {
  std::string name;
  std::string text;
  int operands;
  kernels::PointwiseBody old;
  bool bias = false;           ///< the second operand is a row of f32
  std::string rule = {};       ///< of a reduction of rows of operand 0 to f32 …
  std::vector<int> kept = {};  ///< … along all axes but these
  /// Operands beside operand 0, and results of a reduction, are one number a row: f32, or the i32 `classes`.
  int of_rows = 0;
  int classes = -1;
  int results = 1;
};

const std::string kInner = "x0 * (0.7978845608028654 + 0.035677408136300125 * (x0 * x0))";

/// What a cross entropy makes of its logits.
std::vector<Row> rows_of_classes() {
  return {
      {.name = "class sums",
       .text = "exp(x0 - x1), select(index[1] == n2, x0, 0.0)",
       .operands = 3,
       .old = [](Operands in, Operands out) { kernels::xent_sums(in[0], in[1], in[2], 0, out[0], out[1]); },
       .rule = "sum",
       .kept = {0},
       .of_rows = 2,
       .classes = 2,
       .results = 2},
      {.name = "class gradient",
       .text = "x3 * exp(x0 - x1) + select(index[1] == n2, x4, 0.0)",
       .operands = 5,
       .old = [](Operands in,
                 Operands out) { kernels::xent_sums_backward(in[0], in[3], in[4], in[1], in[2], 0, out[0]); },
       .of_rows = 4,
       .classes = 2},
  };
}

std::vector<Row> rows() {
  return {
      {"add", "x0 + x1", 2, [](Operands in, Operands out) { kernels::add(in[0], in[1], out[0]); }},
      {"add a bias", "x0 + x1", 2, [](Operands in, Operands out) { kernels::add(in[0], in[1], out[0]); },
       true},
      {"multiply", "x0 * x1", 2, [](Operands in, Operands out) { kernels::multiply(in[0], in[1], out[0]); }},
      {"scale", "x0 * 0.37", 1, [](Operands in, Operands out) { kernels::scale(in[0], 0.37, out[0]); }},
      {"fill", "0.75", 0, [](Operands, Operands out) { kernels::fill(out[0], 0.75); }},
      {"relu", "max(x0, 0)", 1, [](Operands in, Operands out) { kernels::relu(in[0], out[0]); }},
      {"relu backward", "select(x0 > 0, x1, 0)", 2,
       [](Operands in, Operands out) { kernels::relu_backward(in[1], in[0], out[0]); }},
      {"tanh", "tanh(x0)", 1, [](Operands in, Operands out) { kernels::tanh(in[0], out[0]); }},
      {"tanh backward", "x1 * (1 - x0 * x0)", 2,
       [](Operands in, Operands out) { kernels::tanh_backward(in[1], in[0], out[0]); }},
      {"gelu (tanh)", "0.5 * x0 * (1 + tanh(" + kInner + "))", 1,
       [](Operands in, Operands out) { kernels::gelu(in[0], out[0], true); }},
      {"gelu (erf)", "0.5 * x0 * (1 + erf(x0 * 0.7071067811865476))", 1,
       [](Operands in, Operands out) { kernels::gelu(in[0], out[0], false); }},
      {"dropout", "select(random[3, 4, 0](n1) >= 6554, x0 * 1.1111111111111112, 0)", 2,
       [](Operands in, Operands out) {
         kernels::dropout(in[0], Region::all(out[0].type.shape), out[0].type.shape, {3, 4, 3},
                          kernels::DropoutRule::of_rate(0.1), out[0]);
       }},
      {"sum", "x0 * 0.5", 1, [](Operands in, Operands out) { kernels::reduce_sum(in[0], out[0], 0.5); },
       false, "sum"},
      {"sum of squares", "x0 * x0", 1, [](Operands in, Operands out) { kernels::sum_squares(in[0], out[0]); },
       false, "sum"},
      {"column sums",
       "x0",
       1,
       [](Operands in, Operands out) { kernels::column_sum(in[0], out[0]); },
       false,
       "sum",
       {1}},
      {"maxima of rows",
       "x0",
       1,
       [](Operands in, Operands out) { kernels::row_max(in[0], out[0]); },
       false,
       "max",
       {0}},
  };
}

constexpr int64_t kWidth = 768;

bool has_rows(const Row& row) { return row.bias || !row.rule.empty() || row.of_rows > 0; }

std::vector<int> all_axes(const Row& row) { return has_rows(row) ? std::vector{0, 1} : std::vector{0}; }

std::vector<int> operand_axes(const Row& row, int i) {
  if (i == 1 && row.bias) return {1};
  if (i == 1 && row.name == "dropout") return {};
  return i > 0 && row.of_rows > 0 ? std::vector{0} : all_axes(row);
}

DType operand_dtype(const Row& row, int i, DType dtype) {
  if (i == row.classes) return DType::i32;
  if (i == 1 && row.name == "dropout") return DType::i64;
  return i > 0 && (row.bias || row.of_rows > 0) ? DType::f32 : dtype;
}

struct Tensors {
  std::vector<Buffer> buffers;
  std::vector<TensorType> types;
  Views views;

  void add(DType dtype, const Dims& space, const std::vector<int>& axes) {
    Dims shape;
    for (const int axis : axes) shape.push_back(space[static_cast<size_t>(axis)]);
    types.push_back({dtype, shape});
    buffers.emplace_back(types.back());
    buffers.back().fill(buffers.size() - 1);
    views.push_back(buffers.back().view());
  }
};

Pointwise op_of(const Row& row, const Dims& shape, DType dtype) {
  const bool reduces = !row.rule.empty();
  const auto results = static_cast<size_t>(row.results);
  Pointwise op;
  op.expression = simplify(parse_expression(row.text));
  for (int i = 0; i < row.operands; ++i) op.operands.push_back(operand_axes(row, i));
  op.results.assign(results, reduces ? row.kept : all_axes(row));
  op.reductions.assign(results, reduces ? row.rule : std::string(kNoReduction));
  op.dtypes.assign(results, reduces ? DType::f32 : dtype);
  op.space = shape;
  op.region = Region::all(shape);
  return op;
}

/// As the cpu binds it, or without the hand-written bodies.
Kernel bind(const Device& cpu, const Pointwise& op, const Tensors& in, const Tensors& out, bool interpreted) {
  if (!interpreted) return cpu.bind({op, in.types, out.types});
  return kernels::pointwise_kernel(kernels::spec_of(op), in.types, out.types,
                                   kernels::PointwiseBodies::interpreted_only);
}

/// Both are called as the executor calls kernels.
Measured measure(const Device& cpu, const Row& row, DType dtype, int64_t elems, int rounds,
                 bool interpreted) {
  const Dims shape = has_rows(row) ? Dims{elems / kWidth, kWidth} : Dims{elems};
  const Pointwise op = op_of(row, shape, dtype);
  Tensors in, out;
  for (int i = 0; i < row.operands; ++i) in.add(operand_dtype(row, i, dtype), shape, operand_axes(row, i));
  for (size_t r = 0; r < op.results.size(); ++r) out.add(op.dtypes[r], shape, op.results[r]);
  const Kernel expression = bind(cpu, op, in, out, interpreted);
  Buffer scratch({DType::u8, {expression.scratch_bytes}});
  const KernelContext context{in.views, out.views, scratch.view().data};
  const auto old_run = [&] { row.old.run(context); };
  const auto new_run = [&] { expression.run(context); };
  const int repeats = static_cast<int>(std::max<int64_t>(1, 2'000'000 / elems));
  return interleaved(old_run, new_run, repeats, rounds);
}

/// A mask that an expression writes or reads, as bytes and as packed bits.
struct MaskRow {
  std::string name;
  std::string text;
  bool reads;  ///< operand 0 is the mask, else the result
};

/// One of the two, with memory of its own.
class MaskRun {
 public:
  MaskRun(const MaskRow& row, DType mask, int64_t elems)
      : operands_{Buffer({row.reads ? mask : DType::f32, {elems}})},
        out_({row.reads ? DType::f32 : mask, {elems}}),
        kernel_(prepare(row, elems)),
        scratch_({DType::u8, {kernel_.scratch_bytes}}) {
    for (size_t i = 0; i < operands_.size(); ++i) {
      operands_[i].fill(i);
      views_.push_back(operands_[i].view());
    }
  }
  void run() {
    const View out = out_.view();
    kernel_.run({views_, std::span(&out, 1), scratch_.view().data});
  }
  int64_t bytes() const {
    int64_t bytes = out_.type.bytes();
    for (const Buffer& operand : operands_) bytes += operand.type.bytes();
    return bytes;
  }

 private:
  Kernel prepare(const MaskRow& row, int64_t elems) {
    if (row.reads) operands_.emplace_back(TensorType{DType::f32, {elems}});
    std::vector<TensorType> types;
    for (const Buffer& operand : operands_) types.push_back(operand.type);
    const kernels::PointwiseSpec spec{simplify(parse_expression(row.text)),
                                      Region::all({elems}),
                                      {elems},
                                      std::vector<std::vector<int>>(types.size(), {0}),
                                      {{0}},
                                      {nullptr}};
    return kernels::pointwise_kernel(spec, types, std::vector{out_.type});
  }

  std::vector<Buffer> operands_;
  Buffer out_;
  Kernel kernel_;
  Buffer scratch_;
  Views views_;
};

void compare_masks(int rounds) {
  fmt::print("{:14} {:5} {:>9} {:>10} {:>10} {:>8} {:>10} {:>10}\n", "", "", "elements", "u8 us", "bit us",
             "u8/bit", "u8 bytes", "bit bytes");
  for (const MaskRow& row :
       {MaskRow{"mask written", "x0 > 0", false}, {"mask read", "select(n0 != 0, x1, 0)", true}}) {
    for (const int64_t elems : {int64_t{3072}, int64_t{49152}, int64_t{6291456}}) {
      MaskRun bytes(row, DType::u8, elems), bits(row, DType::bit, elems);
      const int repeats = static_cast<int>(std::max<int64_t>(1, 2'000'000 / elems));
      const Measured times = interleaved([&] { bytes.run(); }, [&] { bits.run(); }, repeats, rounds);
      fmt::print("{:14} {:5} {:9} {:10.2f} {:10.2f} {:8.3f} {:10} {:10}\n", row.name, "f32", elems,
                 times.old_us, times.new_us, times.ratio, bytes.bytes(), bits.bytes());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 31;
  const bool interpreted = argc > 2 && std::string(argv[2]) == "interpreted";
  DeviceRegistry devices;
  register_all_devices(devices);
  const Device& cpu = devices.find("cpu");
  double logs = 0, least = INFINITY;
  int count = 0;
  fmt::print("{:14} {:5} {:>9} {:>10} {:>10} {:>8}   ({} threads)\n", "", "dtype", "elements", "old us",
             "new us", "old/new", threads());
  std::vector<Row> all = rows();
  for (Row& row : rows_of_classes()) all.push_back(std::move(row));
  for (const Row& row : all) {
    for (const DType dtype : {DType::f32, DType::bf16}) {
      // In L1, in L2, and in memory.
      for (const int64_t elems : {int64_t{3072}, int64_t{49152}, int64_t{6291456}}) {
        const Measured m = measure(cpu, row, dtype, elems, rounds, interpreted);
        fmt::print("{:14} {:5} {:9} {:10.2f} {:10.2f} {:8.3f}\n", row.name, name_of(dtype), elems, m.old_us,
                   m.new_us, m.ratio);
        logs += std::log(m.ratio);
        least = std::min(least, m.ratio);
        ++count;
      }
    }
  }
  fmt::print("geometric mean {:.3f}, least {:.3f}\n", std::exp(logs / count), least);
  compare_masks(rounds);
  return 0;
}
