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
#include "bench/read_memory.h"
#include "weft/graph/device.h"
#include "weft/ops/linear/packed_matmul.h"

namespace {

using namespace weft;  // NOLINT(google-build-using-namespace): a program of one file

/// GPT-2 124M's: terms, columns.
struct Shape {
  int64_t k, n;
};
constexpr Shape kShapes[] = {{768, 2304}, {768, 768}, {768, 3072}, {3072, 768}, {768, 50257}};

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
    copies_ = std::make_unique<Turns>(weight.bytes());
    rest_ = std::make_unique<Arena>(aligned(x_.bytes()) + aligned(y_.bytes()) + kernel_.scratch_bytes);
  }

  bool packs() const { return packs_; }
  int64_t weight_bytes() const { return weight_.bytes(); }
  std::byte* next_weight() const {
    copies_->next();
    return copies_->now();
  }
  void run() const {
    std::byte* weight = next_weight();
    std::byte* y = rest_->data() + aligned(x_.bytes());
    const View inputs[] = {{rest_->data(), x_}, {weight, weight_}};
    const View outputs[] = {{y, y_}};
    kernel_.run({inputs, outputs, y + aligned(y_.bytes())});
  }

 private:
  TensorType x_, w_, y_, weight_;
  Kernel kernel_;
  bool packs_ = false;
  std::unique_ptr<Turns> copies_;
  std::unique_ptr<Arena> rest_;
};

void measure(const Device& cpu, DType dtype, int64_t rows, Shape shape, bool packed, int rounds) {
  const Product product(cpu, dtype, rows, shape, packed);
  const auto reading = [&] { read_memory(product.next_weight(), product.weight_bytes()); };
  const auto computing = [&] { product.run(); };
  const auto repeats = static_cast<int>(std::max<int64_t>(1, kBeyondCaches / 4 / product.weight_bytes()));
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
