#include "weft/probe/probe.h"

#include <fmt/format.h>

#include <cstring>

#include "weft/base/environment.h"
#include "weft/base/threads.h"
#include "weft/graph/kernel.h"
#include "weft/kernels/matmul.h"
#include "weft/probe/probe_parts.h"

namespace weft {

namespace {

/// Ones, not zeros: some processors are quicker with zeros.
void fill_with_ones(DType dtype, int64_t elems, std::byte* memory) {
  if (dtype == DType::f64) {
    std::fill_n(reinterpret_cast<double*>(memory), elems, 1.0);
  } else if (dtype == DType::f32) {
    std::fill_n(reinterpret_cast<float*>(memory), elems, 1.0F);
  } else {
    std::fill_n(reinterpret_cast<BFloat16*>(memory), elems, BFloat16(1.0F));
  }
}

double gemm_gflops(const Communicator& world, DType dtype) {
  // f64 has a plain kernel: a smaller product tells its rate as well.
  const int64_t size = dtype == DType::f64 ? 384 : 768;
  kernels::GemmShape shape;
  shape.batch = 1;
  shape.m = shape.n = shape.k = size;
  shape.in = shape.out = dtype;
  const kernels::Gemm gemm(shape);
  const auto bytes = static_cast<size_t>(size * size * bytes_of(dtype));
  std::vector<std::byte> a(bytes);
  fill_with_ones(dtype, size * size, a.data());
  std::vector<std::byte> b = a;
  std::vector<std::byte> out(bytes);
  std::vector<std::byte> scratch(static_cast<size_t>(gemm.scratch_bytes()) + 64);
  const auto address = reinterpret_cast<uintptr_t>(scratch.data());
  std::byte* aligned = scratch.data() + (64 - address % 64) % 64;
  const double seconds = median_seconds(world, [&] { gemm.run(a.data(), b.data(), out.data(), aligned); });
  return 2.0 * static_cast<double>(size * size * size) / seconds * 1e-9;
}

/// Bytes copied in a second: each is read once and written once.
double copied_bytes_s(const Communicator& world) {
  constexpr int64_t kBytes = int64_t{1} << 28;
  std::vector<std::byte> from(kBytes, std::byte{1});
  std::vector<std::byte> to(kBytes);
  const double seconds = median_seconds(world, [&] {
    parallel_for(kBytes, 1 << 20, [&](int64_t begin, int64_t end) {
      std::memcpy(to.data() + begin, from.data() + begin, static_cast<size_t>(end - begin));
    });
  });
  return static_cast<double>(kBytes) / seconds;
}

/// What the executor does for an instruction whose kernel wakes all threads for nothing: the kernel's call,
/// and the clock before and after.
double launch_seconds(const Communicator& world) {
  constexpr int kCalls = 2000;
  const Kernel kernel{[](const KernelContext&) { parallel_for(threads(), 1, [](int64_t, int64_t) {}); }, 0};
  using Clock = std::chrono::steady_clock;
  std::chrono::nanoseconds spent{};  // the executor's ledger
  const double seconds = median_seconds(world, [&] {
    for (int call = 0; call < kCalls; ++call) {
      const Clock::time_point start = Clock::now();
      kernel.run({});
      spent += Clock::now() - start;
    }
  });
  return seconds / kCalls;
}

}  // namespace

Probe probe_machine(const Communicator& world, const ProbeOptions& options) {
  Probe probe;
  Machine& machine = probe.machine;
  machine.name = "probed";
  const auto say = [&](const std::string& what) {
    if (options.on_progress) options.on_progress(what);
  };
  for (const auto& [name, folder] : options.folders) {  // first, because they may be wrong
    say(fmt::format("files in {}", folder.string()));
    probe_storage(world, name, folder, probe);
  }
  for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
    say(fmt::format("products of matrices in {}", name_of(dtype)));
    machine.gflops[dtype] = gemm_gflops(world, dtype);
  }
  say("copies in memory");
  const double copied = copied_bytes_s(world);
  machine.memory_gbps = 2 * copied * 1e-9;
  machine.storage[kMemoryCopy].read = RateTable({{1.0, copied * 1e-6}});
  say("the launch of instructions");
  machine.launch_us = launch_seconds(world) * 1e6;
  say("messages between ranks");
  probe_network(world, host_name(), probe);
  for (const char* name : {kFileSystem, kLocalDisk}) {
    if (!options.folders.contains(name))
      probe.not_measured.push_back(fmt::format("{}: no folder given", name));
  }
  return probe;
}

}  // namespace weft
