#include "weft/train/session/launch.h"

#include <span>
#include <string>
#include <vector>

#include "weft/base/check.h"
#include "weft/base/cores.h"
#include "weft/base/host_share.h"
#include "weft/base/memory.h"
#include "weft/base/plural.h"
#include "weft/base/stack.h"
#include "weft/base/threads.h"

namespace weft {

Mesh mesh_of(const ParallelSection& parallel) {
  std::vector<MeshAxis> axes;
  const auto add = [&](const char* name, int64_t size) {
    if (size > 1) axes.push_back({name, static_cast<int>(size)});
  };
  add("data", parallel.data);
  add("sequence", parallel.sequence);
  add("depth", parallel.depth);
  add("height", parallel.height);
  add("width", parallel.width);
  add("tensor", parallel.tensor);
  return Mesh(std::move(axes));
}

namespace {

Mesh mesh_beside_data(ParallelSection parallel) {
  parallel.data = 1;
  return mesh_of(parallel);
}

}  // namespace

int64_t data_parts(const ParallelSection& parallel, int64_t ranks, std::string_view option) {
  const Mesh others = mesh_beside_data(parallel);
  if (ranks % others.ranks() != 0) {
    user_error("{} {}: the mesh's axes beside data ({}) take {} ranks, which does not divide it", option,
               ranks, others.to_string(), others.ranks());
  }
  return ranks / others.ranks();
}

int ranks_of_a_part(const ParallelSection& parallel) { return mesh_beside_data(parallel).ranks(); }

void check_ranks(const Mesh& mesh, int ranks) {
  if (mesh.ranks() == ranks) return;
  if (mesh.ranks() == 1) {
    user_error("[parallel] splits nothing and this job has {} ranks: set parallel.data={}, or start one rank",
               ranks, ranks);
  }
  user_error("[parallel] {} needs {} ranks and this job has {}: start it with `weft launch -n {} …`",
             mesh.to_string(), mesh.ranks(), ranks, mesh.ranks());
}

int threads_for(const Recipe& recipe) {
  const int share = share_of_cores();
  if (recipe.run.threads == 0) return share;
  if (recipe.run.threads > share && !recipe.parallel.oversubscribe) {
    user_error(
        "run.threads={}: this rank has {}; set parallel.oversubscribe = true to share cores all the "
        "same",
        recipe.run.threads, plural(share, "core"));
  }
  return static_cast<int>(recipe.run.threads);
}

void check_memory(int64_t bytes) {
  const int64_t available = available_memory();
  const int ranks = host_share().ranks;
  if (bytes <= available / ranks) return;
  constexpr double kGiB = 1 << 30;
  user_error(
      "not enough memory: the plan needs {:.2f} GiB{} and {:.2f} GiB are available; a smaller data.batch, "
      "more optimizer.accumulate or more hosts need less",
      static_cast<double>(bytes) / kGiB,
      ranks > 1 ? fmt::format(" on each of the {} ranks of this host", ranks) : std::string(),
      static_cast<double>(available) / kGiB);
}

void use_cores(const Recipe& recipe) {
  check_stack();
  const int count = threads_for(recipe);
  set_threads(count);
  if (!recipe.run.pin) return;
  const HostShare& host = host_share();
  const std::vector<int>& cores = cores_of_process();
  if (int64_t{host.sharers} * count > std::ssize(cores)) return;
  // Ranks that share cores divide them by their numbers; one alone takes any that no other job has.
  const auto wanted = static_cast<size_t>(count);
  const std::span<const int> all(cores);
  const std::span<const int> mine =
      host.sharers == 1 ? all : all.subspan(static_cast<size_t>(host.place) * wanted, wanted);
  const std::vector<int> claimed = claim_cores(mine, count);
  if (!claimed.empty()) pin_threads(claimed);
}

}  // namespace weft
