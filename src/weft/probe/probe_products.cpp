#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "weft/kernels/matmul.h"
#include "weft/probe/probe_memory.h"
#include "weft/probe/probe_parts.h"

namespace weft {

namespace {

constexpr double kMostSeconds = 0.2;  ///< of one product: slow machines get smaller ones
constexpr int64_t kAlignment = 64;

/// A product of weights that are packed, as training has them.
class Product {
 public:
  Product(const ProbeMemory& memory, const kernels::GemmShape& shape)
      : memory_(memory),
        gemm_(shape, true),
        scratch_(static_cast<size_t>(gemm_.scratch_bytes() + kAlignment)) {}

  double gflops(const Communicator& world) {
    const auto address = reinterpret_cast<uintptr_t>(scratch_.data());
    std::byte* aligned = scratch_.data() + (kAlignment - address % kAlignment) % kAlignment;
    const double seconds = slowest_seconds(
        world, [&] { gemm_.run(memory_.first(), memory_.second(), memory_.result(), aligned); });
    const kernels::GemmShape& shape = gemm_.shape();
    return 2e-9 * static_cast<double>(shape.m) * static_cast<double>(shape.n) * static_cast<double>(shape.k) /
           seconds;
  }
  int64_t packed_bytes() const { return gemm_.packed_layout().bytes; }

 private:
  const ProbeMemory& memory_;
  kernels::Gemm gemm_;
  std::vector<std::byte> scratch_;
};

kernels::GemmShape shape_of(DType dtype, int64_t m, int64_t n, int64_t k) {
  kernels::GemmShape shape;
  shape.m = m;
  shape.n = n;
  shape.k = k;
  shape.in = shape.out = dtype;
  return shape;
}

/// A rough rate, the best of several small products: one that is disturbed would make all shapes small.
double rough_gflops(const Communicator& world, const ProbeMemory& memory, DType dtype) {
  Product small(memory, shape_of(dtype, 256, 256, 256));
  constexpr int kTries = 12;
  double best = 0;
  for (int i = 0; i < kTries; ++i) best = std::max(best, small.gflops(world));
  return best;
}

/// Whether its operands fit into the memory, and it takes no longer than it may.
bool fits(const kernels::GemmShape& shape, const ProbeMemory& memory, double gflops) {
  const int64_t most = memory.bytes() / bytes_of(shape.in);
  const double flops = 2.0 * static_cast<double>(shape.m * shape.n) * static_cast<double>(shape.k);
  // A packed b may be padded: some room is left.
  return shape.m * shape.k <= most && shape.n * shape.k <= most / 2 && shape.m * shape.n <= most &&
         flops <= gflops * 1e9 * kMostSeconds;
}

/// Halved along its longest dimension as often as it takes.
kernels::GemmShape that_fits(kernels::GemmShape shape, const ProbeMemory& memory, double gflops) {
  while (!fits(shape, memory, gflops)) {
    const std::array sides = {&shape.m, &shape.n, &shape.k};
    int64_t& longest = **std::ranges::max_element(sides, {}, [](const int64_t* side) { return *side; });
    if (longest <= 64) break;
    longest /= 2;
  }
  return shape;
}

void add_product(const Communicator& world, const ProbeMemory& memory, const kernels::GemmShape& shape,
                 Probe& probe, std::vector<Measurement>& list) {
  const std::string name(name_of(shape.in));
  const std::string key = fmt::format("products.{}.{}x{}x{}", name, shape.m, shape.n, shape.k);
  // A slow machine may have made two shapes one.
  if (std::ranges::find(list, key, &Measurement::key) != list.end()) return;
  const auto product = std::make_shared<Product>(memory, shape);
  if (product->packed_bytes() > memory.bytes()) return;
  Machine& machine = probe.machine;
  list.push_back({key, fmt::format("product in {}, {} x {} x {}", name, shape.m, shape.n, shape.k), "Gflop/s",
                  [&world, product] { return product->gflops(world); },
                  [&machine, shape](double median) {
                    machine.products.push_back({shape.in, shape.m, shape.n, shape.k, median});
                    double& ceiling = machine.gflops[shape.in];
                    ceiling = std::max(ceiling, median);
                  },
                  fmt::format("products in {}", name)});
}

}  // namespace

void add_products(const Communicator& world, const ProbeMemory& memory, Probe& probe,
                  std::vector<Measurement>& list) {
  for (const DType dtype : {DType::f32, DType::bf16}) {
    const double gflops = rough_gflops(world, memory, dtype);
    for (const kernels::GemmShape& shape :
         {shape_of(dtype, 2048, 2048, 2048),    // large
          shape_of(dtype, 4096, 1024, 1024),    // tall: many tokens, a narrow layer
          shape_of(dtype, 128, 3072, 768),      // few rows
          shape_of(dtype, 512, 32768, 768)}) {  // the head of a language model
      add_product(world, memory, that_fits(shape, memory, gflops), probe, list);
    }
  }
  // f64 has a plain kernel: a small product tells its rate as well.
  const double gflops = rough_gflops(world, memory, DType::f64);
  add_product(world, memory, that_fits(shape_of(DType::f64, 512, 512, 512), memory, gflops), probe, list);
}

}  // namespace weft
