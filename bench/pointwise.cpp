// Time of pointwise beside the hand-written kernel of the same function, in turn: medians of old / new by
// size. usage: build/bench/pointwise [ROUNDS] [interpreted]
#include "weft/kernels/pointwise.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "weft/base/philox.h"
#include "weft/base/threads.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"
#include "weft/kernels/cross_entropy.h"
#include "weft/kernels/dropout.h"
#include "weft/kernels/elementwise.h"
#include "weft/tensor/bits.h"

namespace {

using namespace weft;  // NOLINT(google-build-using-namespace): a program of one file
using Views = std::vector<View>;

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
    }
  }
};

/// A kernel as it was, and the expression that stands for it.
struct Row {
  std::string name;
  std::string text;
  int operands;
  std::function<void(const Views& in, const View& out)> old;
  bool bias = false;           ///< the second operand is a row of f32
  std::string rule = {};       ///< of a reduction of rows of operand 0 to f32 …
  std::vector<int> kept = {};  ///< … along all axes but these
};

const std::string kInner = "x0 * (0.7978845608028654 + 0.035677408136300125 * (x0 * x0))";

std::vector<Row> rows() {
  return {
      {"add", "x0 + x1", 2, [](const Views& in, const View& out) { kernels::add(in[0], in[1], out); }},
      {"add a bias", "x0 + x1", 2, [](const Views& in, const View& out) { kernels::add(in[0], in[1], out); },
       true},
      {"multiply", "x0 * x1", 2,
       [](const Views& in, const View& out) { kernels::multiply(in[0], in[1], out); }},
      {"scale", "x0 * 0.37", 1, [](const Views& in, const View& out) { kernels::scale(in[0], 0.37, out); }},
      {"fill", "0.75", 0, [](const Views&, const View& out) { kernels::fill(out, 0.75); }},
      {"relu", "max(x0, 0)", 1, [](const Views& in, const View& out) { kernels::relu(in[0], out); }},
      {"relu backward", "select(x0 > 0, x1, 0)", 2,
       [](const Views& in, const View& out) { kernels::relu_backward(in[1], in[0], out); }},
      {"tanh", "tanh(x0)", 1, [](const Views& in, const View& out) { kernels::tanh(in[0], out); }},
      {"tanh backward", "x1 * (1 - x0 * x0)", 2,
       [](const Views& in, const View& out) { kernels::tanh_backward(in[1], in[0], out); }},
      {"gelu (tanh)", "0.5 * x0 * (1 + tanh(" + kInner + "))", 1,
       [](const Views& in, const View& out) { kernels::gelu(in[0], out, true); }},
      {"gelu (erf)", "0.5 * x0 * (1 + erf(x0 * 0.7071067811865476))", 1,
       [](const Views& in, const View& out) { kernels::gelu(in[0], out, false); }},
      {"dropout", "select(random[3, 4, 0](n1) >= 6554, x0 * 1.1111111111111112, 0)", 2,
       [](const Views& in, const View& out) {
         kernels::dropout(in[0], Region::all(out.type.shape), out.type.shape, {3, 4, 3},
                          kernels::DropoutRule::of_rate(0.1), out);
       }},
      {"sum", "x0 * 0.5", 1, [](const Views& in, const View& out) { kernels::reduce_sum(in[0], out, 0.5); },
       false, "sum"},
      {"sum of squares", "x0 * x0", 1,
       [](const Views& in, const View& out) { kernels::sum_squares(in[0], out); }, false, "sum"},
      {"column sums",
       "x0",
       1,
       [](const Views& in, const View& out) { kernels::column_sum(in[0], out); },
       false,
       "sum",
       {1}},
      {"maxima of rows",
       "x0",
       1,
       [](const Views& in, const View& out) { kernels::row_max(in[0], out); },
       false,
       "max",
       {0}},
  };
}

double seconds_of(const std::function<void()>& run, int repeats) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < repeats; ++i) run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / repeats;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Measured {
  double ratio = 0;  ///< old / new
  double old_us = 0;
  double new_us = 0;
};

Measured measure(const Row& row, DType dtype, int64_t elems, int rounds, kernels::PointwiseBodies bodies) {
  constexpr int64_t kWidth = 768;
  const bool draws = row.name == "dropout";
  const bool reduces = !row.rule.empty();
  const Dims shape = row.bias || reduces ? Dims{elems / kWidth, kWidth} : Dims{elems};
  std::vector<Buffer> buffers;
  kernels::PointwiseSpec spec{
      simplify(parse_expression(row.text)), Region::all(shape), shape, {}, {{0}}, {find_reduction(row.rule)}};
  if (row.bias) spec.result_axes = {{0, 1}};
  if (reduces) spec.result_axes = {row.kept};
  for (int i = 0; i < row.operands; ++i) {
    const bool second = i == 1;
    TensorType type{dtype, shape};
    if (second && row.bias) type = {DType::f32, {kWidth}};
    if (second && draws) type = {DType::i64, {}};
    spec.operand_axes.push_back(type.shape.empty()   ? std::vector<int>{}
                                : second && row.bias ? std::vector<int>{1}
                                : reduces            ? std::vector<int>{0, 1}
                                                     : spec.result_axes[0]);
    buffers.emplace_back(type);
    buffers.back().fill(static_cast<uint64_t>(i));
  }
  Dims kept;
  for (const int axis : row.kept) kept.push_back(shape[static_cast<size_t>(axis)]);
  Buffer out(reduces ? TensorType{DType::f32, kept} : TensorType{dtype, shape});
  std::vector<TensorType> types;
  Views in;
  for (Buffer& buffer : buffers) {
    types.push_back(buffer.type);
    in.push_back(buffer.view());
  }
  const kernels::PointwiseKernel kernel(spec, types, std::vector{out.type}, bodies);
  Buffer scratch({DType::u8, {kernel.scratch_bytes()}});
  const View result = out.view();
  std::byte* const room = scratch.view().data;
  const auto old_run = [&] { row.old(in, result); };
  const auto new_run = [&] { kernel.run(in, std::span(&result, 1), room); };
  const int repeats = static_cast<int>(std::max<int64_t>(1, 2'000'000 / elems));
  seconds_of(old_run, repeats);
  seconds_of(new_run, repeats);
  std::vector<double> ratios, old_times, new_times;
  for (int round = 0; round < rounds; ++round) {
    old_times.push_back(seconds_of(old_run, repeats));
    new_times.push_back(seconds_of(new_run, repeats));
    ratios.push_back(old_times.back() / new_times.back());
  }
  return {median(ratios), median(old_times) * 1e6, median(new_times) * 1e6};
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
        scratch_({DType::u8, {kernel_->scratch_bytes()}}) {
    for (size_t i = 0; i < operands_.size(); ++i) {
      operands_[i].fill(i);
      views_.push_back(operands_[i].view());
    }
  }
  double seconds(int repeats) {
    const View out = out_.view();
    return seconds_of([&] { kernel_->run(views_, std::span(&out, 1), scratch_.view().data); }, repeats);
  }
  int64_t bytes() const {
    int64_t bytes = out_.type.bytes();
    for (const Buffer& operand : operands_) bytes += operand.type.bytes();
    return bytes;
  }

 private:
  std::unique_ptr<kernels::PointwiseKernel> prepare(const MaskRow& row, int64_t elems) {
    if (row.reads) operands_.emplace_back(TensorType{DType::f32, {elems}});
    std::vector<TensorType> types;
    for (const Buffer& operand : operands_) types.push_back(operand.type);
    const kernels::PointwiseSpec spec{simplify(parse_expression(row.text)),
                                      Region::all({elems}),
                                      {elems},
                                      std::vector<std::vector<int>>(types.size(), {0}),
                                      {{0}},
                                      {nullptr}};
    return std::make_unique<kernels::PointwiseKernel>(spec, types, std::vector{out_.type});
  }

  std::vector<Buffer> operands_;
  Buffer out_;
  std::unique_ptr<kernels::PointwiseKernel> kernel_;
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
      std::vector<double> ratios, of_bytes, of_bits;
      for (int round = 0; round < rounds + 1; ++round) {
        const double a = bytes.seconds(repeats), b = bits.seconds(repeats);
        if (round == 0) continue;  // warms up
        of_bytes.push_back(a);
        of_bits.push_back(b);
        ratios.push_back(a / b);
      }
      fmt::print("{:14} {:5} {:9} {:10.2f} {:10.2f} {:8.3f} {:10} {:10}\n", row.name, "f32", elems,
                 median(of_bytes) * 1e6, median(of_bits) * 1e6, median(ratios), bytes.bytes(), bits.bytes());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 31;
  const bool interpreted = argc > 2 && std::string(argv[2]) == "interpreted";
  const auto bodies =
      interpreted ? kernels::PointwiseBodies::interpreted_only : kernels::PointwiseBodies::hand_written;
  double logs = 0, least = INFINITY;
  int count = 0;
  fmt::print("{:14} {:5} {:>9} {:>10} {:>10} {:>8}   ({} threads)\n", "", "dtype", "elements", "old us",
             "new us", "old/new", threads());
  for (const Row& row : rows()) {
    for (const DType dtype : {DType::f32, DType::bf16}) {
      // In L1, in L2, and in memory.
      for (const int64_t elems : {int64_t{3072}, int64_t{49152}, int64_t{6291456}}) {
        const Measured m = measure(row, dtype, elems, rounds, bodies);
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
