// What loading from peers does to the collectives of training: an all-reduce of 1 MiB a step, alone, beside a
// loader without a budget, and beside one with. One line a setting: median and 90th percentile of the
// all-reduce.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "weft/base/byte_size.h"
#include "weft/data/load/array_assembler.h"
#include "weft/data/load/loader.h"
#include "weft/data/source/open_source.h"
#include "weft/data/stream/shuffle_sampler.h"
#include "weft/data/tier/memory_tier.h"

using namespace weft;

namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kRecordBytes = 100'000;
constexpr int64_t kSamples = 800;
constexpr int64_t kBatch = 160;
constexpr int64_t kSteps = 30;  // measured, after the first epoch
constexpr int64_t kFloats = int64_t{1} << 18;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// One .npy file of kSamples rows.
std::filesystem::path make_rows(int rank) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("weft-budget-{}-{}.npy", getpid(), rank);
  std::string header =
      fmt::format("{{'descr': '|u1', 'fortran_order': False, 'shape': ({}, {}), }}", kSamples, kRecordBytes);
  header.resize(118 - 1, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  file << "\x93NUMPY\x01" << '\0' << static_cast<char>(118) << '\0' << header;
  const std::string row(static_cast<size_t>(kRecordBytes), 'x');
  for (int64_t sample = 0; sample < kSamples; ++sample) file << row;
  return path;
}

struct Times {
  std::vector<double> all_reduce_ms;
  double stall_ms = 0;
};

/// Of the steps after the first epoch, when every record has its home and the fetcher runs far ahead: it then
/// asks most of the network.
Times step_times(const Communicator& world, const Source& source, bool loads, int64_t budget) {
  const int64_t epochs = 1 + (kSteps * kBatch + kSamples - 1) / kSamples;
  const auto stream = std::make_shared<AccessStream>(AccessStream::Options{
      std::make_shared<ShuffleSampler>(kSamples, 3), kBatch, epochs, world.size(), LastBatch::drop});
  const auto memory = make_memory_tier(2 * kSamples * kRecordBytes / world.size());
  ArrayAssembler assembler(source, {});
  std::optional<Loader> loader;
  if (loads) {
    LoaderOptions options;
    options.stream = stream;
    options.rank = world.rank();
    options.tiers = {memory.get()};
    options.peers = world;
    options.network_budget = budget;
    options.lookahead = kSteps;
    loader.emplace(source, assembler, std::move(options));
  }
  std::vector<float> gradient(static_cast<size_t>(kFloats), 1.0F);
  Times times;
  for (int64_t step = 0; step < stream->steps(); ++step) {
    const Batch* batch = loader ? loader->next() : nullptr;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the step's compute
    world.barrier();
    const Clock::time_point start = Clock::now();
    world.all_reduce(gradient.data(), kFloats, Element::f32, Reduce::sum).wait();
    if (step < stream->steps_per_epoch()) continue;
    times.all_reduce_ms.push_back(ms_since(start));
    if (batch != nullptr) times.stall_ms += batch->stall_ms;
  }
  return times;
}

}  // namespace

int main(int argc, char** argv) {
  const CommSession session(&argc, &argv);
  const Communicator world = Communicator::world();
  const int64_t budget = parse_bytes(argc > 1 ? argv[1] : "20MiB", "BUDGET");
  const std::filesystem::path path = make_rows(world.rank());
  const auto source = open_source({.path = path, .fields = {}, .split = {}}).source;
  struct Setting {
    const char* name;
    bool loads;
    int64_t budget;
  };
  for (const Setting& setting : {Setting{"alone", false, 0}, Setting{"loading, no budget", true, 0},
                                 Setting{"loading, budget", true, budget}}) {
    Times all = step_times(world, *source, setting.loads, setting.budget);
    std::vector<double>& times = all.all_reduce_ms;
    std::sort(times.begin(), times.end());
    if (world.rank() == 0) {
      fmt::print(
          "{:20} all-reduce: median {:6.1f} ms, 90th percentile {:6.1f}; steps waited {:.0f} ms for data\n",
          setting.name, times[times.size() / 2], times[times.size() * 9 / 10], all.stall_ms);
    }
  }
  std::filesystem::remove(path);
}
