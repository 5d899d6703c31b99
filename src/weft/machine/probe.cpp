#include "weft/machine/probe.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <vector>

#include "weft/base/threads.h"
#include "weft/kernels/matmul.h"

namespace weft {

namespace {

template <class Body>
double median_seconds(Body&& body) {
  constexpr int kRuns = 7;
  std::vector<double> seconds;
  body();  // warm up: first touch, primitive creation
  for (int run = 0; run < kRuns; ++run) {
    const auto began = std::chrono::steady_clock::now();
    body();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + kRuns / 2, seconds.end());
  return seconds[kRuns / 2];
}

double gemm_gflops(DType dtype) {
  constexpr int64_t kSize = 768;
  kernels::GemmShape shape;
  shape.batch = 1;
  shape.m = shape.n = shape.k = kSize;
  shape.in = shape.out = dtype;
  const kernels::Gemm gemm(shape);
  const auto bytes = static_cast<size_t>(kSize * kSize * bytes_of(dtype));
  // Ones, not zeros: some processors are quicker with zeros.
  std::vector<std::byte> a(bytes);
  if (dtype == DType::f32) {
    std::fill_n(reinterpret_cast<float*>(a.data()), kSize * kSize, 1.0F);
  } else {
    std::fill_n(reinterpret_cast<BFloat16*>(a.data()), kSize * kSize, BFloat16(1.0F));
  }
  std::vector<std::byte> b = a;
  std::vector<std::byte> out(bytes);
  std::vector<std::byte> scratch(static_cast<size_t>(gemm.scratch_bytes()) + 64);
  const auto address = reinterpret_cast<uintptr_t>(scratch.data());
  std::byte* aligned = scratch.data() + (64 - address % 64) % 64;
  const double seconds = median_seconds([&] { gemm.run(a.data(), b.data(), out.data(), aligned); });
  return 2.0 * static_cast<double>(kSize * kSize * kSize) / seconds * 1e-9;
}

double copy_gbps() {
  constexpr int64_t kBytes = int64_t{1} << 28;
  std::vector<std::byte> from(kBytes, std::byte{1});
  std::vector<std::byte> to(kBytes);
  const double seconds = median_seconds([&] {
    parallel_for(kBytes, 1 << 20, [&](int64_t begin, int64_t end) {
      std::memcpy(to.data() + begin, from.data() + begin, static_cast<size_t>(end - begin));
    });
  });
  return 2.0 * static_cast<double>(kBytes) / seconds * 1e-9;
}

}  // namespace

Machine probe_machine() {
  Machine machine;
  machine.name = "probed";
  machine.f32_gflops = gemm_gflops(DType::f32);
  machine.bf16_gflops = gemm_gflops(DType::bf16);
  machine.memory_gbps = copy_gbps();
  return machine;
}

}  // namespace weft
