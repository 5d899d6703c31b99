// Time of a product of few rows beside that of reading its weight, in turn: what generating a token costs
// beside what it must. Copies of the weight take turns, so that it comes from memory as it does between the
// layers of a model.
// usage: build/bench/few_rows [ROUNDS] [ROWS] [packed]     packed: as pack_weights would lay it out
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "bench/interleaved.h"
#include "weft/base/alignment.h"
#include "weft/base/threads.h"
#include "weft/graph/device.h"
#include "weft/ops/packed_matmul.h"
#include "weft/run/arena.h"

namespace {

using namespace weft;  // NOLINT(google-build-using-namespace): a program of one file

/// Weights in memory, beyond every cache.
constexpr int64_t kWeightBytes = 320'000'000;

/// GPT-2 124M's: terms, columns.
struct Shape {
  int64_t k, n;
};
constexpr Shape kShapes[] = {{768, 2304}, {768, 768}, {768, 3072}, {3072, 768}, {768, 50257}};

/// Eight sums at once, so that loads and not additions are waited for.
uint64_t read(const std::byte* from, int64_t bytes) {
  const auto* words = reinterpret_cast<const uint64_t*>(from);
  uint64_t sums[8] = {};
  for (int64_t i = 0; i + 8 <= bytes / 8; i += 8) {
    for (int j = 0; j < 8; ++j) sums[j] += words[i + j];
  }
  uint64_t all = 0;
  for (const uint64_t sum : sums) all += sum;
  return all;
}

/// What the reading found, so that it is not left out.
volatile uint64_t seen;

void read_in_parallel(const std::byte* from, int64_t bytes) {
  parallel_for(bytes / 64, 1024, [&](int64_t begin, int64_t end) {
    const uint64_t sum = read(from + begin * 64, (end - begin) * 64);
    seen = sum;
  });
}

/// The product as a plan binds it, with its weight in the form that it reads.
class Product {
 public:
  Product(const Device& cpu, DType dtype, int64_t rows, Shape shape, bool packed)
      : x_{dtype, {rows, shape.k}}, w_{dtype, {shape.n, shape.k}}, y_{dtype, {rows, shape.n}} {
    OpPtr op = std::make_shared<Matmul>(MatmulDims{.transpose_b = true}, dtype);
    TensorType weight = w_;
    const std::vector<TensorType> plain{x_, w_};
    const std::vector<TensorType> out{y_};
    if (const std::optional<PackedForm> form = cpu.packed_form({*op, plain, out}); form && packed) {
      packs_ = true;
      weight = form->pack->infer(std::vector{w_})[0];
      op = form->op;
    }
    const std::vector<TensorType> in{x_, weight};
    kernel_ = cpu.bind({*op, in, out});
    weight_ = weight;
    copies_ = kWeightBytes / aligned(weight.bytes());
    arena_ = std::make_unique<Arena>(copies_ * aligned(weight.bytes()) + aligned(x_.bytes()) +
                                     aligned(y_.bytes()) + kernel_.scratch_bytes);
    std::fill_n(arena_->data(), arena_->bytes(), std::byte{0});
    rest_ = arena_->data() + copies_ * aligned(weight.bytes());
  }

  bool packs() const { return packs_; }
  int64_t weight_bytes() const { return weight_.bytes(); }
  const std::byte* weight() const { return arena_->data() + at_ * aligned(weight_.bytes()); }
  void next() { at_ = (at_ + 1) % copies_; }
  void run() const {
    std::byte* y = rest_ + aligned(x_.bytes());
    const View inputs[] = {{rest_, x_}, {const_cast<std::byte*>(weight()), weight_}};
    const View outputs[] = {{y, y_}};
    kernel_.run({inputs, outputs, y + aligned(y_.bytes())});
  }

 private:
  TensorType x_, w_, y_, weight_;
  Kernel kernel_;
  bool packs_ = false;
  int64_t copies_ = 0;
  int64_t at_ = 0;
  std::unique_ptr<Arena> arena_;
  std::byte* rest_ = nullptr;
};

void measure(const Device& cpu, DType dtype, int64_t rows, Shape shape, bool packed, int rounds) {
  Product product(cpu, dtype, rows, shape, packed);
  const auto reading = [&] {
    product.next();
    read_in_parallel(product.weight(), product.weight_bytes());
  };
  const auto computing = [&] {
    product.next();
    product.run();
  };
  const auto repeats = static_cast<int>(std::max<int64_t>(1, kWeightBytes / 4 / product.weight_bytes()));
  const Measured times = interleaved(reading, computing, repeats, rounds);
  fmt::print("{:5} {:3} x {:4} -> {:5} {:7} {:9.1f} {:9.1f} {:8.1f} {:8.2f}\n", name_of(dtype), rows, shape.k,
             shape.n, product.packs() ? "packed" : "plain", times.old_us, times.new_us,
             static_cast<double>(product.weight_bytes()) / times.new_us / 1e3, 1 / times.ratio);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 15;
  const int64_t rows = argc > 2 ? std::atoi(argv[2]) : 1;
  const bool packed = argc > 3 && std::string_view(argv[3]) == "packed";
  DeviceRegistry devices;
  register_all_devices(devices);
  const Device& cpu = devices.find("cpu");
  fmt::print("{:5} {:20} {:7} {:>9} {:>9} {:>8} {:>8}   ({} threads)\n", "", "", "weight", "read us", "us",
             "GB/s", "us/read", threads());
  for (const DType dtype : {DType::f32, DType::bf16}) {
    for (const Shape shape : kShapes) measure(cpu, dtype, rows, shape, packed, rounds);
  }
  return 0;
}
