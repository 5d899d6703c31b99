#include "weft/probe/probe_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/base/host_share.h"
#include "weft/base/threads.h"
#include "weft/probe/probe_parts.h"

namespace weft {

namespace {

constexpr int64_t kPage = 4096;
constexpr int64_t kPiece = int64_t{1} << 20;
constexpr int64_t kTouched = int64_t{1} << 26;  ///< bytes of a first touch

/// Of each array: many ranks share the memory of a host, as they share its caches.
int64_t bytes_of_an_array(const Communicator& world, int64_t free) {
  constexpr int64_t kOfHost = int64_t{1} << 31;
  constexpr int64_t kLeast = int64_t{1} << 26;
  constexpr int64_t kMost = int64_t{1} << 28;
  auto bytes = static_cast<double>(std::clamp(kOfHost / host_share().ranks, kLeast, kMost));
  world.all_reduce(&bytes, 1, Element::f64, Reduce::min).wait();
  const auto each = static_cast<int64_t>(bytes);
  if (free < 4 * each) {
    user_error("probe: each rank needs {} of memory to measure in, and {} are free", format_bytes(4 * each),
               format_bytes(free));
  }
  return each;
}

/// Of so many bytes that all threads go through by `body`.
template <class Body>
double gb_s(const Communicator& world, double bytes, const Body& body) {
  return bytes * 1e-9 / slowest_seconds(world, body);
}

double copied(const Communicator& world, const ProbeMemory& memory) {
  return gb_s(world, 2.0 * static_cast<double>(memory.bytes()), [&] {
    parallel_for(memory.bytes(), kPiece, [&](int64_t begin, int64_t end) {
      std::memcpy(memory.result() + begin, memory.first() + begin, static_cast<size_t>(end - begin));
    });
  });
}

double triad(const Communicator& world, const ProbeMemory& memory) {
  const auto* b = reinterpret_cast<const float*>(memory.first());
  const auto* c = reinterpret_cast<const float*>(memory.second());
  auto* a = reinterpret_cast<float*>(memory.result());
  const auto elems = memory.bytes() / int64_t{sizeof(float)};
  return gb_s(world, 3.0 * static_cast<double>(memory.bytes()), [&] {
    parallel_for(elems, kPiece, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) a[i] = b[i] + 3.0F * c[i];
    });
  });
}

double touched_first(const Communicator& world) {
  const Pages fresh(kTouched);
  return gb_s(world, static_cast<double>(kTouched), [&] {
    parallel_for(kTouched / kPage, kPiece / kPage, [&](int64_t begin, int64_t end) {
      for (int64_t page = begin; page < end; ++page) fresh.data()[page * kPage] = std::byte{1};
    });
  });
}

}  // namespace

Pages::Pages(int64_t bytes) : bytes_(bytes) {
  void* mapped =
      mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) user_error("probe: {} of memory cannot be mapped", format_bytes(bytes));
  data_ = static_cast<std::byte*>(mapped);
  madvise(data_, static_cast<size_t>(bytes), MADV_HUGEPAGE);
}

Pages::~Pages() { munmap(data_, static_cast<size_t>(bytes_)); }

ProbeMemory::ProbeMemory(const Communicator& world, int64_t free)
    : ProbeMemory(bytes_of_an_array(world, free)) {}

ProbeMemory::ProbeMemory(int64_t bytes) : arrays_{Pages(bytes), Pages(bytes), Pages(bytes)} {
  // As bf16 these are ones, as f32 and f64 numbers of an ordinary size: some processors are quicker with
  // zeros, and all are slower with numbers that are none.
  constexpr uint16_t kOne = 0x3f80;
  for (const Pages& pages : arrays_) {
    auto* words = reinterpret_cast<uint16_t*>(pages.data());
    parallel_for(bytes / 2, kPiece,
                 [&](int64_t begin, int64_t end) { std::fill(words + begin, words + end, kOne); });
  }
}

void add_memory(const Communicator& world, const ProbeMemory& memory, Probe& probe,
                std::vector<Measurement>& list) {
  Machine& machine = probe.machine;
  list.push_back({"memory_gbps", "copy in memory", "GB/s", [&] { return copied(world, memory); },
                  [&](double median) {
                    machine.memory_gbps = median;
                    machine.storage[kMemoryCopy].read = RateTable({{1.0, median * 500}});
                  },
                  "copy in memory"});
  list.push_back({"triad_gbps", "triad in memory, a = b + s c", "GB/s", [&] { return triad(world, memory); },
                  [&](double median) { machine.triad_gbps = median; }, "triad"});
  list.push_back({"first_touch_gbps", "first touch of memory", "GB/s", [&] { return touched_first(world); },
                  [&](double median) { machine.first_touch_gbps = median; }, "first touch"});
}

}  // namespace weft
