#include "weft/train/launch.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include "weft/base/check.h"
#include "weft/base/memory.h"
#include "weft/base/threads.h"

namespace weft {

namespace {

/// Ranks of this job on this host, as the launcher says.
int local_ranks() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE"}) {
    if (const char* text = std::getenv(name); text != nullptr) return std::max(1, std::atoi(text));
  }
  return 1;
}

int local_rank() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"}) {
    if (const char* text = std::getenv(name); text != nullptr) return std::max(0, std::atoi(text));
  }
  return 0;
}

}  // namespace

Mesh mesh_of(const ParallelSection& parallel) {
  std::vector<MeshAxis> axes;
  const auto add = [&](const char* name, int64_t size) {
    if (size > 1) axes.push_back({name, static_cast<int>(size)});
  };
  add("data", parallel.data);
  add("depth", parallel.depth);
  add("height", parallel.height);
  add("width", parallel.width);
  add("tensor", parallel.tensor);
  return Mesh(std::move(axes));
}

void check_ranks(const Mesh& mesh, int ranks) {
  if (mesh.ranks() == ranks) return;
  if (mesh.ranks() == 1) {
    user_error("[parallel] splits nothing and this job has {} ranks: set parallel.data={}, or start one rank",
               ranks, ranks);
  }
  user_error("[parallel] {} needs {} ranks and this job has {}: start it with `mpirun -n {} weft …`",
             mesh.to_string(), mesh.ranks(), ranks, mesh.ranks());
}

int share_of_cores() {
  const int mine = available_cores();
  const auto all = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  // A launcher that binds ranks has divided the cores already.
  return mine < all ? mine : std::max(1, mine / local_ranks());
}

int threads_for(const Recipe& recipe) {
  const int share = share_of_cores();
  if (recipe.run.threads == 0) return share;
  if (recipe.run.threads > share && !recipe.parallel.oversubscribe) {
    user_error(
        "run.threads={}: this rank has {} core{}; set parallel.oversubscribe = true to share cores all the "
        "same",
        recipe.run.threads, share, share == 1 ? "" : "s");
  }
  return static_cast<int>(recipe.run.threads);
}

void check_memory(int64_t bytes) {
  const int64_t available = available_memory();
  const int ranks = local_ranks();
  if (bytes <= available / ranks) return;
  constexpr double kGiB = 1 << 30;
  user_error(
      "not enough memory: the plan needs {:.2f} GiB{} and {:.2f} GiB are available; a smaller data.batch, "
      "more "
      "optimizer.accumulate or more hosts need less",
      static_cast<double>(bytes) / kGiB,
      ranks > 1 ? fmt::format(" on each of the {} ranks of this host", ranks) : std::string(),
      static_cast<double>(available) / kGiB);
}

int64_t free_memory_of_this_rank() { return available_memory() / local_ranks(); }

void use_cores(const Recipe& recipe) {
  const int count = threads_for(recipe);
  set_threads(count);
  if (!recipe.run.pin) return;
  // A launcher that binds ranks has given this one cores of its own.
  const bool bound = available_cores() < static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  if (bound || local_ranks() * count <= available_cores()) pin_threads(bound ? 0 : local_rank() * count);
}

}  // namespace weft
