#include "weft/cli/data_bench.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/cli/job_recipe.h"
#include "weft/datasets/streaming.h"
#include "weft/report/progress.h"
#include "weft/train/session/launch.h"
#include "weft/train/session/session.h"

namespace weft {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// This rank's part of the inputs of a step, as the plan places them.
struct Inputs {
  std::vector<Region> regions;
  std::vector<std::vector<std::byte>> memory;
  std::vector<View> views;

  Inputs(const Program& program, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const Region& region = program.named.at(name).where.region;
      const TensorType type{program.named.at(name).where.global_type.dtype, region.shape()};
      memory.emplace_back(static_cast<size_t>(std::max<int64_t>(1, type.bytes())));
      views.push_back({memory.back().data(), type});
      regions.push_back(region);
    }
  }
};

/// Whence the bytes of an epoch came, between `before` and `now`.
std::string bytes_by_origin(const LoadStats& now, const LoadStats& before) {
  std::string text = "rank 0 read:";
  for (size_t i = 0; i < kOrigins; ++i) {
    int64_t bytes = now.from[i].bytes - before.from[i].bytes;
    if (i == static_cast<size_t>(Origin::source))
      bytes += now.read_for_peers.bytes - before.read_for_peers.bytes;
    text += fmt::format("  {} {}", name_of(static_cast<Origin>(i)), format_bytes(bytes));
  }
  return text;
}

/// Enough for a rate: some thousands of small records, few of large ones.
int64_t samples_to_try(const LoadStats& stats) {
  constexpr int64_t kMost = 2000;
  constexpr int64_t kBytes = int64_t{1} << 30;
  LoadStats::Traffic all;
  for (const LoadStats::Traffic& from : stats.from) {
    all.records += from.records;
    all.bytes += from.bytes;
  }
  if (all.bytes == 0) return kMost;
  return std::clamp<int64_t>(kBytes / std::max<int64_t>(1, all.bytes / all.records), 1, kMost);
}

void print_digest(int64_t number, std::span<const View> tensors) {
  fmt::print("batch {}", number);
  for (const View& tensor : tensors) {
    fmt::print(" {:08x}", crc32_z(0, reinterpret_cast<const Bytef*>(tensor.data),
                                  static_cast<z_size_t>(tensor.bytes())));
  }
  fmt::print("\n");
}

Recipe recipe_of_job(const DataBenchOptions& options) {
  Arguments named;
  named.recipe = options.recipe;
  named.set = options.set;
  return job_recipe(named).recipe;
}

}  // namespace

int run_data_bench(const DataBenchOptions& options) {
  const Recipe recipe = recipe_of_job(options);
  const Communicator world = Communicator::world();
  check_ranks(mesh_of(recipe.parallel), world.size());
  set_threads(threads_for(recipe));
  TrainingData data = open_data(recipe, world);
  const bool first = world.rank() == 0;
  PlanOptions planning;
  planning.rank = world.rank();
  Inputs inputs(plan_recipe(recipe, data.facts, std::move(planning)).program, batch_inputs(data.facts));
  const int64_t batch = recipe.microbatch_rows();
  const int64_t epoch_steps = std::max<int64_t>(1, data.epoch_batches);
  const int64_t steps = options.steps > 0 ? std::min(options.steps, epoch_steps) : epoch_steps;
  LoadStats before;
  double decode_ms = 0;
  for (int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    world.barrier();
    const Clock::time_point start = Clock::now();
    for (int64_t step = 0; step < steps; ++step) {
      std::vector<View> lent = inputs.views;
      if (!data.train->lend(epoch * epoch_steps + step, lent, inputs.regions)) {
        data.train->fill(epoch * epoch_steps + step, inputs.views, inputs.regions);
        lent = inputs.views;
      }
      if (options.digest && first) print_digest(epoch * epoch_steps + step, lent);
      if (options.compute_ms > 0)
        std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(options.compute_ms));
      for (const std::string& notice : data.train->notices()) Progress::say(notice);
    }
    world.barrier();
    const double took = seconds_since(start);
    const std::optional<LoadStats> stats = data.train->stats();
    const LoadStats now = stats.value_or(LoadStats{});
    decode_ms = now.decode_ms - before.decode_ms;
    if (first) {
      fmt::print("epoch {}  {:.2f} s  {:.0f} samples/s  waited {:.2f} s\n  {}\n", epoch, took,
                 static_cast<double>(steps * batch) / took, (now.stall_ms - before.stall_ms) * 1e-3,
                 stats ? bytes_by_origin(now, before) : "nothing is read: all samples are in memory");
      std::fflush(stdout);
    }
    before = now;
  }
  if (!options.naive) return 0;
  const int64_t rows = inputs.regions[1].ranges[0].size();
  const int64_t tried = std::min(steps * rows, samples_to_try(before));
  world.barrier();
  const std::optional<double> naive = data.train->naive_seconds(tried);
  if (first && naive) {
    const int workers = decoding_threads(recipe.data.loading);
    const double compute_ms = static_cast<double>(steps) * options.compute_ms;
    const double bound = std::max(compute_ms, decode_ms / static_cast<double>(workers)) * 1e-3;
    fmt::print("bound: {:.1f} s an epoch, {:.0f} samples/s, if no file had to be read\n", bound,
               static_cast<double>(steps * batch) / bound);
    fmt::print("naive: {:.0f} samples/s, {} threads that read when a step asks\n",
               static_cast<double>(tried * recipe.parallel.data) / *naive, threads());
  }
  world.barrier();
  return 0;
}

}  // namespace weft
